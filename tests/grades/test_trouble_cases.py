"""Cases of trouble that schools had with other systems, each with the grade that is right (tests/data/cases/grades)."""

from pathlib import Path
from typing import Any

import pytest

from tests.grades.bundle import Answer, ask

DATA = Path(__file__).parents[1] / "data/cases/grades"
DAY = "2025-12-19"
SHOWN = ("current", "current_letter", "final", "letter")


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    def answer(case: str, extract: str = "extract", add: str = "", day: str = DAY) -> Answer:
        policy = (DATA / case / "grading.toml").read_text()
        (tmp_path / "grading.toml").write_text(add.replace("{policy}", policy) if "{policy}" in add else policy + add)
        return ask(
            capsys, monkeypatch, DATA / case / extract, "--policy", tmp_path / "grading.toml", "--as-of", day, "--json"
        )

    return answer


def grades(said: Answer) -> dict[tuple[str, str], tuple[str | None, ...]]:
    assert said.code == 0, said.err
    return {(c["student"], c["class"]): tuple(c[key] for key in SHOWN) for c in said.json["courses"]}


def both(percent: str, letter: str | None) -> tuple[str | None, ...]:
    return (percent, letter, percent, letter)


@pytest.mark.parametrize("extract", ["extract", "kind"])
def test_work_of_before_a_student_came_or_in_a_gap_is_not_theirs(answer: Any, extract: str) -> None:
    assert grades(answer("01-late-joiner", extract)) == {
        ("s1", "alg"): both("90.00", "A"),
        ("s2", "alg"): both("90.00", "A"),
    }


def test_a_move_to_another_section_is_one_line(answer: Any) -> None:
    said = answer("02-section-change")
    assert grades(said) == {
        ("s1", "alg2"): both("91.00", "A"), ("s2", "alg1"): both("80.00", "B"), ("s3", "alg2"): both("80.00", "B"),
    }  # fmt: skip
    assert said.course("alg2", "s1")["moved_from"] == "alg1"
    assert said.course("alg2", "s1")["final_possible"] == "500"


def test_sections_stay_apart_where_the_policy_says_so(answer: Any) -> None:
    found = grades(answer("02-section-change", add='merge_sections = "never"\n{policy}'))
    assert found["s1", "alg1"] == both("90.00", None)  # left, so without a letter
    assert found["s1", "alg2"] == both("95.00", "A")


def test_who_left_has_the_work_due_till_then_and_no_letter(answer: Any) -> None:
    said = answer("02-section-change", "leaver")
    assert grades(said)["s1", "alg"] == both("90.00", None)
    assert said.course("alg", "s1")["left"] == "2025-10-09"
    assert ("s1", "alg") not in grades(answer("02-section-change", "leaver", add="drop_window = 60\n{policy}"))


def test_a_letter_is_that_of_the_percentage_beside_it(answer: Any) -> None:
    assert set(grades(answer("03-letter-vs-printed")).values()) == {both("90", "A")}
    exact = grades(answer("03-letter-vs-printed", add='scale_by = "exact"\n{policy}'))
    assert both("90", "B") in exact.values()


def test_a_category_of_extra_credit_never_lowers(answer: Any) -> None:
    found = grades(answer("04-extra-credit-category", add="extra_credit = true\n"))
    assert found == {("s1", "m"): both("95.00", "A"), ("s2", "m"): both("95.00", "A")}


def test_weights_over_a_hundred_without_a_word_of_extra_credit_are_pointed_out(answer: Any) -> None:
    said = answer("04-extra-credit-category")
    assert "weights of [category] total 110" in said.err
    assert "extra_credit = true" in said.err


def test_what_the_school_has_not_marked_is_no_zero(answer: Any) -> None:
    said = answer("20-ungraded-by-teacher")
    assert [c["letter"] for c in said.json["courses"]] == ["A", "A", "C"]
    assert {c["to_mark"] for c in said.json["courses"]} == {1}


def test_the_day_of_a_score_says_nothing_about_lateness(answer: Any) -> None:
    assert grades(answer("21-late-by-score-date"))["s1", "m"] == both("90.00", "A")
    assert grades(answer("21-late-by-score-date", add="by_score_date = true\n"))["s1", "m"] == both("60.00", "D")


def test_marks_that_begin_at_one(answer: Any) -> None:
    low = grades(answer("22-low-is-good", add='better = "low"\n{policy}'))
    assert (low["s1", "m"], low["s2", "m"]) == (both("100.00", "A"), both("20.00", "F"))
    high = grades(answer("22-low-is-good", "min1max5", add='better = "high"\n{policy}'))
    assert high["s2", "m"] == both("50.00", "F")


def test_a_bonus_alone_in_its_category_adds_points(answer: Any) -> None:
    assert grades(answer("23-zero-point-bonus"))["s1", "m"] == both("93.00", "A")


def test_a_bonus_that_cannot_be_placed_is_an_error_of_the_policy_with_its_line(answer: Any) -> None:
    said = answer("23-zero-point-bonus", add='aggregate = "mean"\n')
    assert said.code == 1
    refusal = said.err.splitlines()[-1]
    assert "line item b1 is worth 0 and has a score" in refusal
    assert "grading.toml line 13 [category.Bonus] aggregate" in refusal


def test_a_period_in_which_nothing_counts_is_no_zero(answer: Any) -> None:
    found = grades(answer("29-excused-whole-period"))
    assert found["s2", "alg"] == both("90.00", "A")  # excused from all of quarter 1
    assert found["s1", "art"] == both("84.00", "B")  # taught in quarter 2 only
    early = grades(answer("29-excused-whole-period", "midterm-six-days-into-quarter-2", day="2025-10-24"))
    assert {values[3] for values in early.values()} == {"A"}  # 45 and F when an empty quarter 2 counted as 0
