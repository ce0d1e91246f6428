"""Numeric cases of other gradebooks through the public path: a bundle and a policy in, `termpost grades --json` out."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.grades.bundle import Answer, Bundle, ask
from tests.grades.cases import CASES, HEAD, NOT_EXPRESSIBLE, Case

SCALE = CASES["S01"]["scale"]
PAIRS = [(score, letter) for score, letter in CASES["S01"]["expected_pairs"] if score >= 0]  # no score is negative
ASKED = [name for name in CASES if name not in NOT_EXPRESSIBLE and name != "S01"]
PEER_DEFECT = {"X02", "X03"}  # Canvas's way of dropping at both ends lets a point more lower the grade


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patched:
        yield patched


def build(compat: str) -> tuple[Bundle, str]:
    bundle = Bundle(version="1.2" if compat else "1.1")
    policy = HEAD + "".join(Case(bundle, CASES[name], compat).policy for name in ASKED)
    steps = "".join(f'"{letter}" = "{lower}"\n' for letter, lower in SCALE)
    bundle.category("scale", "Scale")
    for number, (score, _) in enumerate(PAIRS):
        bundle.klass(f"S01-{number}")
        bundle.item(f"S01-{number}", f"S01-{number}", "scale", 100)
        bundle.mark(f"S01-{number}", score)
        policy += f'[class."S01-{number}"]\nscale_by = "exact"\n[class."S01-{number}".scale]\n{steps}'
    return bundle, policy


_answers: dict[str, Answer] = {}


@pytest.fixture
def answers(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> dict[str, Answer]:
    """One extract and one command for all cases: as 1.1 by our rules, as 1.2 by Canvas's."""
    if not _answers:
        for compat in ("", "canvas"):
            folder = tmp_path_factory.mktemp("cases")
            bundle, policy = build(compat)
            (folder / "grading.toml").write_text(policy)
            _answers[compat] = ask(
                capsys, monkeypatch, bundle.write(folder / "x"), "--policy", folder / "grading.toml", "--json"
            )
    return _answers


def same(found: str | None, expected: Any) -> bool:
    return found is None if expected is None else found is not None and Decimal(found) == Decimal(str(expected))


def differences(case: dict[str, Any], course: dict[str, Any]) -> list[str]:
    """What the answer has otherwise than the case expects."""
    expected, wrong = case["expected"], []
    for total in ("current", "final"):
        said = expected.get(total)
        if isinstance(said, dict):
            for key, column in (("score", "points"), ("possible", "possible")):
                if key in said and not same(course[f"{total}_{column}"], said[key]):
                    wrong.append(f"{total} {key}: {course[f'{total}_{column}']}, expected {said[key]}")
            if said.get("possible") == 0 and course[total] is not None:
                wrong.append(f"{total}: {course[total]}, expected no grade")
        elif total in expected and not same(course[total], said):
            wrong.append(f"{total}: {course[total]}, expected {said}")
    return wrong


def test_nothing_of_the_bundle_was_quarantined(answers: dict[str, Answer]) -> None:
    for answer in answers.values():
        assert answer.code == 0
    assert all(
        "total" in line and "extra credit" in line for line in answer.err.splitlines()
    )  # what overweighs is said


@pytest.mark.parametrize("compat", ["", "canvas"])
@pytest.mark.parametrize("name", [n for n in ASKED if "expected" in CASES[n] and CASES[n]["kind"] in (
    "category", "course", "grading_periods")])  # fmt: skip
def test_a_case_of_points_and_weights(answers: dict[str, Answer], name: str, compat: str) -> None:
    wrong = differences(CASES[name], answers[compat].course(name))
    if compat == "" and name in PEER_DEFECT:
        # three in the middle: both students have 42 of 91 and are told 46.15, whatever the lowest mark is
        course = answers[compat].course(name)
        assert (course["current_points"], course["current_possible"], course["current"]) == ("42", "91", "46.15")
    elif (compat, name) == ("", "P07"):  # a period in which nothing counts is no 0
        assert answers[compat].course(name)["final"] == str(CASES[name]["periods"][1]["final"])
    elif (compat, name) == ("", "C24"):  # all pieces are worth 0: extra credit, of which nothing is dropped
        course = answers[compat].course(name)
        assert (course["current_points"], course["current_possible"], course["current"]) == ("35", "0", None)
    else:
        assert wrong == []


@pytest.mark.parametrize("name", [n for n in ASKED if CASES[n]["kind"] == "late_policy"])
def test_a_case_of_late_work(answers: dict[str, Answer], name: str) -> None:
    course, case = answers[""].course(name), CASES[name]
    assert same(course["current_points"], case["input"]["score"] - case["expected"]["points_deducted"])
    assert course["current_points"] == course["final_points"]


def test_a_case_of_missing_work(answers: dict[str, Answer]) -> None:
    course, expected = answers[""].course("L12"), CASES["L12"]["expected"]
    assert same(course["current_points"], expected["points_for_missing"])
    assert same(course["current_possible"], expected["points_for_missing"] + expected["points_deducted"])


@pytest.mark.parametrize("number", range(len(PAIRS)))
def test_a_case_of_letters(answers: dict[str, Answer], number: int) -> None:
    assert answers[""].course(f"S01-{number}")["letter"] == PAIRS[number][1]


@pytest.mark.parametrize("name", ["M10", "M11", "M13", "M15"])
def test_a_case_of_moodle_s_limits(answers: dict[str, Answer], name: str) -> None:
    course, said = answers[""].course(name), CASES[name]["input"]
    kept = CASES[name]["expected"]["kept"]
    assert same(course["current_points"], sum(kept))
    places = CASES[name]["expected"].get("kept_index", [])
    if places:
        assert same(course["current_possible"], sum(said["max"][place] for place in places))
    if not kept:
        assert course["current"] is None


@pytest.mark.parametrize("name", ["M18", "M19", "M22"])
def test_a_case_of_moodle_s_averages(answers: dict[str, Answer], name: str) -> None:
    worth = 30 if CASES[name]["input"]["aggregation"] == "sum" else CASES[name]["input"]["category_max"]
    grade = Decimal(answers[""].course(name)["current"]) * worth / 100
    assert grade == CASES[name]["expected"]["grade"]


def test_every_mark_0_is_0_and_not_empty(answers: dict[str, Answer]) -> None:
    course = answers[""].course("X07")
    assert (course["current"], course["final"]) == ("0.00", "0.00")


def test_every_case_is_asked_or_has_its_reason_in_the_docs() -> None:
    text = (Path(__file__).parents[2] / "docs/grading.md").read_text()
    for name in NOT_EXPRESSIBLE:
        assert f"`{name}`" in text
    assert len(CASES) == 49
    assert len(ASKED) + len(NOT_EXPRESSIBLE) + 1 == 49
