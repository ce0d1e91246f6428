"""The median of a class: exact, of classes that are large enough, and never one that can be told from the rest."""

from decimal import Decimal
from typing import Any

import pytest
from termpost.schemas.settings.sections.privacy_settings import PrivacySettings
from termpost.tasks.summarise.medians import keep_as_asked, keep_medians, section_medians

from tests.tasks.summarise.small_lake import AUTUMN, SmallLake, known


def medians(classes: dict[str, tuple[int, dict[str, Any]]], small_cell: int = 3, **rules: Any) -> dict[str, Decimal]:
    """Of classes with so many students, who have 50, 51, 52, …"""
    small = SmallLake()
    small.extract("x")
    for class_id, (students, columns) in classes.items():
        small.graded("x", class_id, {f"{class_id}-{n}": str(50 + n) for n in range(students)}, **columns)
    summaries = small.summarise("x", **rules)
    found = keep_medians(small.lake, summaries, small_cell, known(AUTUMN))
    kept = small.rows("SELECT class_id FROM lake.out_section_median ORDER BY 1")
    assert [class_id for (class_id,) in kept] == sorted(found)
    return {str(class_id): median for class_id, median in found.items()}


C, S = {"course_id": "algebra"}, {"subject": "Maths"}


@pytest.mark.parametrize(
    ("classes", "shown"),
    [
        ({"a": (3, C)}, ["a"]),
        ({"a": (2, C)}, []),
        ({"a": (4, C), "b": (2, C)}, []),  # b would be hidden alone
        ({"a": (4, C), "b": (2, C), "c": (5, C)}, ["c"]),  # so the smallest that is shown is hidden too
        ({"d": (4, C), "b": (2, C), "c": (4, C)}, ["d"]),  # of equal ones the first
        ({"a": (4, C), "b": (2, C), "c": (1, C)}, ["a"]),  # two are hidden already
        ({"a": (4, C), "b": (2, {"course_id": "art"})}, ["a"]),
        ({"a": (4, C | S), "b": (2, {"course_id": "art"} | S)}, ["a"]),  # a course goes before a subject
        ({"a": (4, S), "b": (2, S)}, []),
        ({"a": (4, {"title": "Maths"}), "b": (2, {"title": "Maths"})}, []),
        ({"a": (4, {"title": "Maths"}), "b": (2, {"title": "Art"})}, ["a"]),
        ({"a": (4, C), "b": (0, C)}, ["a"]),  # of nobody there is nothing to tell
    ],
)
def test_which_classes_are_shown(classes: dict[str, Any], shown: list[str]) -> None:
    assert sorted(medians(classes)) == shown


@pytest.mark.parametrize(("students", "median"), [(3, "51"), (4, "51.5"), (5, "52"), (6, "52.5")])
def test_of_an_even_number_the_mean_of_the_two_in_the_middle(students: int, median: str) -> None:
    assert medians({"a": (students, {})})["a"] == Decimal(median)


def test_the_mean_of_two_is_exact_to_the_last_digit() -> None:
    small = SmallLake()
    small.extract("x")
    small.graded("x", "a", {"ann": "50.000001", "bob": "50.000002"})
    summaries = small.summarise("x", rounding={"places": 6})
    assert keep_medians(small.lake, summaries, 2, known(AUTUMN)) == {"a": Decimal("50.0000015")}


@pytest.mark.parametrize(("kind", "median"), [("midterm", "80"), ("final", "80")])
def test_students_without_a_grade_do_not_count(kind: str, median: str) -> None:
    """Two with 80 of 100, and work that nobody has a mark for; a third has no mark at all, which is never 0."""
    small = SmallLake()
    small.extract("x")
    small.graded("x", "a", {"ann": "80", "bob": "80", "cleo": None})
    small.item("x", "second", "a")
    summaries = small.summarise("x", kind=kind)
    assert keep_medians(small.lake, summaries, 2, known(AUTUMN)) == {"a": Decimal(median)}
    assert section_medians(small.lake, summaries, 3) == {}
    found = keep_medians(small.lake, summaries, 3, known(AUTUMN))
    assert found == {}


def test_another_setting_never_shows_what_was_kept_under_the_old_one() -> None:
    small = SmallLake()
    small.extract("x")
    small.graded("x", "a", {"ann": "80", "bob": "60"})
    summaries = small.summarise("x")
    for _ in range(2):
        assert keep_medians(small.lake, summaries, 2, known(AUTUMN)) == {"a": Decimal(70)}
    assert small.rows("SELECT small_cell, measure, median_percent FROM lake.out_section_median") == [(2, "final", "70")]
    assert small.summarise("x") == summaries  # the summaries are kept, whatever the setting
    assert keep_medians(small.lake, summaries, 3, known(AUTUMN)) == {}
    assert section_medians(small.lake, summaries, 2) == {"a": Decimal(70)}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [({"small_cell": 2}, 0), ({"class_median": True}, 0), ({"class_median": True, "small_cell": 2}, 1)],
)
def test_only_where_the_settings_ask(asked: dict[str, Any], kept: int) -> None:
    small = SmallLake()
    small.extract("x")
    small.graded("x", "a", {"ann": "80", "bob": "60"})
    keep_as_asked(small.lake, small.summarise("x"), PrivacySettings(**asked), known(AUTUMN))
    assert small.rows("SELECT count(*) FROM lake.out_section_median") == [(kept,)]
