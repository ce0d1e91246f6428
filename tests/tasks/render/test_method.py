"""What a report says about how its grades came about: each rule of the policy, and nothing that it does not do."""

from typing import Any

import pytest
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.render.grading_method_text import method_of

MARKED = "Missing work counts as zero; work that the school has still to mark does not."
CURRENT = "The grade so far counts marked work only; missing work does not lower it yet."
PLAIN = "All points earned are divided by all points possible. Each percentage is rounded to 2 decimal places."
ABOVE = "A mark above 100% counts in full."


def text(titles: dict[str, str] | None = None, kind: str = "final", **rules: Any) -> str:
    said = translator_for("en")
    policy = GradingPolicy.model_validate({"version": "t", **rules})
    return said.paragraph([said.message(sentence) for sentence in method_of(policy, titles or {}, kind)])


def test_a_plain_policy_says_how_much_is_divided_and_what_counts() -> None:
    assert text() == f"{PLAIN} {MARKED} {ABOVE}"
    assert text(max_percent=100) == f"{PLAIN} {MARKED}"
    assert text(kind="midterm") == f"{PLAIN} {CURRENT} {ABOVE}"


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"rounding": {"places": 1, "mode": "down"}}, "cut off after 1 decimal place."),
        ({"rounding": {"places": 0}}, "rounded to a whole number."),
        ({"category": {"Exam": {"weight": 60}, "Quiz": {"weight": 40}}}, "share of the grade: Exam 60% and Quiz 40%."),
        ({"aggregate": "weighted"}, "a share of the grade, as in the gradebook."),
        ({"category": {"Homework": {"drop_lowest": 1}}}, " In Homework the lowest mark does not count."),
        (
            {"category": {"Homework": {"drop_lowest": 2}, "Quiz": {"drop_highest": 1}}},
            " In Homework the 2 lowest marks do not count. In Quiz the highest mark does not count.",
        ),
        ({"category": {"Quiz": {"keep_highest": 3}}}, " In Quiz only the 3 highest marks count."),
        ({"category": {"Quiz": {"keep_highest": 1}}}, " In Quiz only the highest mark counts."),
        (
            {"category": {"Exam": {"weight": 1, "aggregate": "median"}}},
            " In Exam the middle one of the single percentages counts (the median).",
        ),
        (
            {"period": {"q1": {"weight": 40}, "q2": {"weight": "60"}}},
            (" Each grading period has a grade of its own, rounded by itself, and counts for a share of the whole: "
            "q1 40% and q2 60%."),
        ),
        ({"period": {"q1": {"weight": 40}}, "periods_round_first": False}, " has a grade of its own and counts"),
        ({"late": {"percent_per_interval": 10}}, " Late work loses 10% of the points possible for each day begun."),
        (
            {"late": {"percent_per_interval": "2.5", "interval": "hour", "floor_percent": 50}},
            "2.5% of the points possible for each hour begun. Being late takes no mark below 50%.",
        ),
        ({"missing": {"deduct_percent": 100}}, " Missing work counts with 0% of its points."),
        ({"compat": "canvas"}, " Work that was due and has no mark counts as zero."),
        ({"missing": {"deduct_percent": "40"}}, " Missing work counts with 60% of its points."),
        (
            {"category": {"Quiz": {"extra_credit": ["bonus"]}}},
            " Extra credit adds points but not to what is possible, so a percentage can be above 100.",
        ),
        (
            {"category": {"Quiz": {"item_weights": {"final-quiz": "2"}}}},
            " In Quiz some pieces of work count more than others.",
        ),
        (
            {"retake": [{"suffix": " retake", "rule": "latest"}]},
            " Where work was retaken, the retake counts in place of the first attempt.",
        ),
        (
            {"retake": [{"suffix": " r", "rule": "better"}, {"original": "a", "retake": "b", "rule": "mean"}]},
            " Where work was retaken, the better attempt counts. Where work was retaken, the average of the attempts",
        ),
        (
            {"category": {"Exam": {"weight": 1, "aggregate": "most_recent"}}},
            " In Exam only the most recent mark counts.",
        ),
        (
            {"category": {"Exam": {"weight": 1, "aggregate": "mode"}}},
            " In Exam the percentage that comes up most often counts.",
        ),
        (
            {"category": {"Exam": {"weight": 1, "aggregate": "decaying"}}},
            " In Exam the most recent mark counts 65%, and what the earlier marks had come to counts the rest.",
        ),
        ({"floor": {"mark_percent": 50}}, " No mark of work that was done counts with less than 50%."),
        (
            {"floor": {"mark_percent": 50, "missing": True}},
            " Missing work counts with 50%; work that the school has still to mark does not count.",
        ),
        (
            {"floor": {"mark_percent": 50, "missing": True}, "missing": {"deduct_percent": 100}, "compat": "canvas"},
            " Missing work counts with 50% of its points. Other work that was due and has no mark counts with 50%.",
        ),
        (
            {"floor": {"mark_percent": 50, "missing": True}, "compat": "canvas"},
            " Work that was due and has no mark counts with 50%.",
        ),
        ({"floor": {"category_percent": "49.5"}}, " No category counts with less than 49.5%."),
        (
            {"floor": {"period_percent": 50}, "period": {"q1": {"weight": 1}}},
            " No grading period counts with less than 50%.",
        ),
        ({"category": {"Effort": {"beside": True}}}, " Marks in Effort count in no grade."),
        ({"show_of": "20", "rounding": {"places": 1}}, "Grades are points of 20, rounded to 1 decimal place."),
        ({"show_of": "10", "rounding": {"places": 0, "mode": "down"}}, "Grades are points of 10, cut off to whole"),
        ({"omit": {"line_items": ["practice"]}}, " Practice does not count."),
        ({"class": {"c-1": {"rounding": {"places": 0}}}}, " Some classes have rules of their own."),
    ],
)  # fmt: skip
def test_each_rule_has_its_sentence_and_only_where_it_is_on(rules: dict[str, Any], said: str) -> None:
    found = text(**rules)
    assert said in found
    assert said not in text()
    assert not {"  ", ".,", ",,"} & {found[i : i + 2] for i in range(len(found))}


def test_what_missing_work_counts_is_said_beside_what_the_rest_does() -> None:
    rule: dict[str, Any] = {"missing": {"deduct_percent": "40"}}
    current = "Missing work counts with 60% of its points. Besides, the grade so far counts marked work only."
    assert current in text(kind="midterm", **rule)
    besides = "60% of its points. Other work that was due and has no mark counts as zero."
    assert besides in text(compat="canvas", **rule)
    assert "zero" not in text(**rule)


def test_a_rule_without_an_effect_is_not_said() -> None:
    assert text(late={"floor_percent": 50}, period={"q1": {}}, category={"Exam": {"never_drop": ["x"]}}) == text()
    assert text(aggregate="points", category={"Exam": {"aggregate": "mean"}}) == text()
    assert text(late={"percent_per_interval": 0}) == text()


def test_what_a_policy_names_by_id_is_said_by_title() -> None:
    made = text({"cat-7": "Tests", "2021-q1": "First quarter"}, category={"cat-7": {"weight": 1, "drop_lowest": 1}},
                period={"2021-q1": {"weight": 1}})  # fmt: skip
    assert "of the grade: Tests 1%." in made
    assert "In Tests the lowest" in made
    assert "of the whole: First quarter 1%." in made


def test_a_title_with_braces_is_said_as_it_stands() -> None:
    assert "In {n} {x} the lowest mark" in text(category={"{n} {x}": {"drop_lowest": 1}})
