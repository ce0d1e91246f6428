"""Which reports are shown and what is to look at twice: rules that a few odd values cannot bend."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from termpost.schemas.base.refs import Cycle, CycleId, ExtractId, SchoolId, SessionId, Summaries
from termpost.schemas.documents.prepared import PreparedReport, PreparedSchool
from termpost.tasks.papers.prepared import SchoolCycle
from termpost.tasks.papers.proof.facts import Above, ClassFacts, SchoolFacts, StudentFacts, StudentTrend
from termpost.tasks.papers.proof.outliers import far_from, outliers
from termpost.tasks.papers.proof.samples import Candidate, choose

CUTOFF = date(2021, 12, 10)


def candidate(number: int, *, courses: int = 5, missing: int = 0, mean: int = 80, resolved: bool = False) -> Candidate:
    report = PreparedReport(
        report=f"r{number * 7919 % 1000}", version=1, student=f"p{number}", own_language="en", renditions=()
    )
    return Candidate(report, StudentFacts(f"p{number}", courses, missing, 0, Fraction(mean)), f"{number:04}", resolved)


def facts(**changes: object) -> SchoolFacts:
    cycle = Cycle(CycleId("c"), SchoolId("s"), SessionId("t"), "final", CUTOFF)
    prepared = PreparedSchool(
        cycle="c", school="s", extract_id="x", policy="p", cutoff=CUTOFF, reports=(), holds=(),
    )  # fmt: skip
    school = SchoolCycle(prepared, Summaries(cycle, ExtractId("x"), "p", 0), "School", "Fall")
    empty = SchoolFacts(school, (), (), (), (), (), None, (), {}, {})
    return replace(empty, **changes)  # type: ignore[arg-type]


def found(one: SchoolFacts) -> list[tuple[str, str | None, str | None]]:
    return [(outlier.rule, outlier.ref, outlier.class_id) for outlier in outliers(one)]


def of_class(class_id: str, mean: int | None, *, students: int = 10, lowest: int = 50, highest: int = 90) -> ClassFacts:
    graded = 0 if mean is None else students
    low, high = (None, None) if mean is None else (Decimal(lowest), Decimal(highest))
    return ClassFacts(
        class_id, students, graded, None if mean is None else Fraction(mean), low, high, students - graded
    )


def test_the_samples_are_telling_and_each_stands_for_one_rule() -> None:
    some = [candidate(n) for n in range(20)]
    some[3] = candidate(3, courses=9, missing=30)
    some[5] = candidate(5, missing=12)
    some[8] = candidate(8, resolved=True)
    some[13] = candidate(13, mean=20)
    chosen = choose(some, "2021-fall")
    assert [(sample.why, sample.candidate.number) for sample in chosen[:4]] == [
        ("most_courses", "0003"), ("most_missing", "0005"), ("accepted", "0008"), ("lowest", "0013"),
    ]  # fmt: skip
    assert chosen[4].why == "drawn"
    assert len({sample.candidate.number for sample in chosen}) == 5


def test_the_same_students_are_chosen_whatever_their_references_and_order() -> None:
    some = [candidate(n) for n in range(30)]
    renamed = [
        replace(c, report=replace(c.report, report=f"x{n}", student=f"y{n}")) for n, c in enumerate(reversed(some))
    ]
    assert [s.candidate.number for s in choose(some, "c")] == [s.candidate.number for s in choose(renamed, "c")]
    assert [s.candidate.number for s in choose(some, "c")] != [s.candidate.number for s in choose(some, "another")]


def test_a_rule_that_nobody_fits_leaves_its_place_to_a_drawn_one() -> None:
    chosen = choose([candidate(n) for n in range(9)], "c")
    assert [sample.why for sample in chosen] == ["most_courses", "lowest", "drawn", "drawn", "drawn"]
    assert [sample.why for sample in choose([candidate(1)], "c")] == ["most_courses"]
    assert choose([], "c") == []


def test_far_is_three_robust_deviations_and_never_less_than_the_floor() -> None:
    spread = [Fraction(n) for n in range(0, 90, 10)]  # median 40, distances 0 10 10 20 20 30 30 40 40
    assert far_from(spread, 10) == (Fraction(40), 3 * 20 * Fraction(14826, 10000))
    assert far_from([Fraction(7)] * 8, 10) == (Fraction(7), Fraction(10))
    assert far_from([Fraction(7)] * 7, 10) is None


def test_a_mean_that_changed_far_more_or_less_than_usual_is_found() -> None:
    trends = [StudentTrend(f"p{n}", 3, Decimal(change)) for n, change in enumerate([0, 1, 1, 2, 2, 3, -30, 30, 12])]
    assert found(facts(trends=tuple(trends))) == [("mean_changed", "p6", None), ("mean_changed", "p7", None)]


def test_many_missing_pieces_are_found_and_few_are_not() -> None:
    students = [StudentFacts(f"p{n}", 5, missing, 0, None) for n, missing in enumerate([0, 0, 1, 0, 0, 1, 0, 5, 6])]
    assert found(facts(students=tuple(students))) == [("many_missing", "p8", None)]


def test_a_class_far_from_the_others_is_found() -> None:
    classes = [of_class(f"c{n}", mean) for n, mean in enumerate([80, 81, 79, 80, 82, 78, 80, 60])]
    assert found(facts(classes=tuple(classes))) == [("class_mean_far", None, "c7")]


@pytest.mark.parametrize(
    ("one", "rule"),
    [
        (of_class("c", None), "class_no_grade"),
        (of_class("c", 85, lowest=85, highest=85), "class_all_equal"),
        (of_class("c", 85, lowest=85, highest=85, students=4), None),
        (of_class("c", 85), None),
    ],
)
def test_a_class_without_a_grade_or_with_equal_ones_is_found(one: ClassFacts, rule: str | None) -> None:
    assert found(facts(classes=(one,))) == ([(rule, None, "c")] if rule else [])


def test_above_a_hundred_is_found() -> None:
    assert found(facts(above=(Above("p1", "c1", Decimal("104.5")),))) == [("above_hundred", "p1", "c1")]
