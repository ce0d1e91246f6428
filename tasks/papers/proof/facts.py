"""What the proof pack is made of: one school of a prepared cycle, as the lake, the manifest and the log have it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.findings import HoldSource
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.documents.prepared import Hold, Unreported
from termpost.tasks.documents.register_order import register_order
from termpost.tasks.home.home import Home
from termpost.tasks.lake.sql import sql
from termpost.tasks.papers.prepared import PACKAGE, SchoolCycle
from termpost.tasks.papers.proof.grading_facts import GradingFacts, grading_facts
from termpost.tasks.papers.proof.hold_places import HoldPlaces
from termpost.tasks.secrets.identities import open_identities


def mean(total: Decimal | None, count: int) -> Fraction | None:
    """Exact; None of nothing."""
    return Fraction(total) / count if total is not None and count else None


@dataclass(frozen=True)
class StudentFacts:
    """A student's courses in a few numbers."""

    ref: str
    courses: int
    missing: int  # pieces of work
    late: int
    mean: Fraction | None  # per cent, over the courses that have a percentage


@dataclass(frozen=True)
class ClassFacts:
    """A class's grades in a few numbers."""

    class_id: str
    students: int
    graded: int  # students with a percentage
    mean: Fraction | None  # per cent
    lowest: Decimal | None
    highest: Decimal | None
    without_grade: int  # students with neither percentage nor letter


@dataclass(frozen=True)
class Above:
    """A percentage above 100."""

    ref: str
    class_id: str
    percent: Decimal


@dataclass(frozen=True)
class PrintedDifference:
    """A grade that was set elsewhere and is not the one computed here."""

    ref: str
    class_id: str
    computed: Decimal | None
    computed_letter: str | None
    imported: Decimal | None
    imported_grade: str | None
    printed: str | None  # grade_source of the summary: computed or imported


@dataclass(frozen=True)
class StudentTrend:
    """A student against the cycle before."""

    ref: str
    courses: int
    change: Decimal  # mean, percentage points


@dataclass(frozen=True)
class GradeChange:
    """A course whose grade is not what an earlier preparation of this cycle had."""

    ref: str
    class_id: str
    was_there: bool
    is_there: bool
    then: Decimal | None
    letter_then: str | None
    now: Decimal | None
    letter_now: str | None


@dataclass(frozen=True)
class SchoolFacts:
    """All of one school. Lists of people are in the order of a register."""

    school: SchoolCycle
    students: tuple[StudentFacts, ...]
    classes: tuple[ClassFacts, ...]
    above: tuple[Above, ...]
    differences: tuple[PrintedDifference, ...]
    trends: tuple[StudentTrend, ...]
    earlier: datetime | None  # when the earlier preparation was known; None for the first one
    changes: tuple[GradeChange, ...]
    people: Mapping[PersonRef, StudentIdentity]
    titles: Mapping[str, str]  # of classes
    grading: GradingFacts = field(default_factory=GradingFacts)
    places: Mapping[PersonRef, tuple[str, ...]] = field(default_factory=dict)  # of people, in a register
    title_keys: Mapping[str, str] = field(default_factory=dict)  # title → what it is sorted by
    hold_places: HoldPlaces = field(default_factory=dict)

    @property
    def unreported(self) -> tuple[Unreported, ...]:
        """Who has no report and is not held."""
        return tuple(sorted(self.school.prepared.unreported, key=lambda one: self.listed(one.student)))

    def listed(self, ref: str) -> tuple[str, ...]:
        """What people are sorted by; those whom nobody knows any more come last, and their reference says which."""
        place = self.places.get(PersonRef(ref))
        return ("", *place) if place else ("\U0010ffff", ref)

    def place_of(self, hold: Hold) -> HoldSource | None:
        """The row of the extract by which somebody is held; None where none is, or is known."""
        person = self.people.get(PersonRef(hold.student))
        return self.hold_places.get((person.id, hold.class_id, hold.reason)) if person else None

    def title(self, class_id: str) -> str:
        return self.titles.get(class_id, class_id)

    def title_place(self, class_id: str) -> str:
        title = self.title(class_id)
        return self.title_keys.get(title, title)


def facts_of(home: Home, lake: duckdb.DuckDBPyConnection, school: SchoolCycle) -> SchoolFacts:
    """Reads everything of one school; no list of it is cut off."""
    key = school.summaries.key
    with_kind = {**key, "kind": school.summaries.cycle.kind}

    def rows(name: str, values: Mapping[str, object] = key) -> list[tuple[Any, ...]]:
        return lake.execute(sql(PACKAGE, name), values).fetchall()

    classes = rows("proof_classes", with_kind)
    known_at, changes = _since_earlier(rows, with_kind, key)
    students, prepared = rows("proof_students", with_kind), school.prepared
    grading = grading_facts(home, lake, school)
    named = {row[0] for row in [*students, *changes]} | grading.people
    named |= {hold.student for hold in [*prepared.holds, *prepared.resolved]}
    named |= {one.student for one in prepared.unreported}
    order, people, titles = register_order(home), _people(home, lake, school, named), _titles(lake, school)
    found = SchoolFacts(
        school=school,
        students=tuple(StudentFacts(ref, n, missing, late, mean(total, graded))
                       for ref, n, missing, late, total, graded in students),
        classes=tuple(ClassFacts(class_id, n, graded, mean(total, graded), low, high, without)
                      for class_id, _, n, graded, total, low, high, without in classes),
        above=tuple(Above(*row) for row in rows("proof_above_hundred")),
        differences=tuple(PrintedDifference(*row) for row in rows("proof_differences")),
        trends=tuple(StudentTrend(*row) for row in rows("proof_trends")),
        earlier=known_at,
        changes=tuple(GradeChange(*row) for row in changes),
        people=people,
        titles=titles,
        grading=grading,
        places=order.places(people),
        title_keys=order.keys(titles.values()),
    )  # fmt: skip
    return _in_order(found)


def _since_earlier(
    rows: Any, with_kind: Mapping[str, object], key: Mapping[str, object]
) -> tuple[datetime | None, list[tuple[Any, ...]]]:
    earlier = rows("proof_earlier", key)
    if not earlier:
        return None, []
    extract_id, policy, cutoff, known_at = earlier[0]
    values = {**with_kind, "earlier_extract_id": extract_id, "earlier_policy": policy, "earlier_cutoff": cutoff}
    return known_at, rows("proof_changes", values)


def _people(
    home: Home, lake: duckdb.DuckDBPyConnection, school: SchoolCycle, refs: Iterable[str]
) -> dict[PersonRef, StudentIdentity]:
    """By this extract; those whom it does not have by the newest one that does."""
    query = "SELECT extract_id FROM lake.core_extract ORDER BY extract_id = ? DESC, known_at DESC, extract_id"
    missing = {PersonRef(ref) for ref in refs}
    found: dict[PersonRef, StudentIdentity] = {}
    for (extract_id,) in lake.execute(query, [school.prepared.extract_id]).fetchall():
        if not missing:
            break
        found |= open_identities(lake, home.people, extract_id, StudentIdentity, missing)
        missing -= found.keys()
    return found


def _titles(lake: duckdb.DuckDBPyConnection, school: SchoolCycle) -> dict[str, str]:
    """Of this extract first, of the newest other one for what is gone."""
    query = (
        "SELECT class_id, arg_max(title, row(extract_id = ?, known_at, extract_id)) FROM lake.core_class"
        " WHERE school_id = ? GROUP BY class_id"
    )
    return dict(lake.execute(query, [school.prepared.extract_id, school.prepared.school]).fetchall())


def _in_order(facts: SchoolFacts) -> SchoolFacts:
    """The lake gives rows in any order; the same inputs give the same bytes."""

    def register(items: Iterable[Any]) -> tuple[Any, ...]:
        def place(item: Any) -> tuple[object, ...]:
            class_id = getattr(item, "class_id", "")
            return facts.listed(item.ref), facts.title_place(class_id), class_id

        return tuple(sorted(items, key=place))

    def by_title(items: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(sorted(items, key=lambda item: (facts.title_place(item.class_id), item.class_id)))

    return replace(
        facts, students=register(facts.students), classes=by_title(facts.classes), above=register(facts.above),
        differences=register(facts.differences), trends=register(facts.trends), changes=register(facts.changes),
        grading=replace(
            facts.grading, questions=register(facts.grading.questions), leavers=register(facts.grading.leavers),
            sign_offs=by_title(facts.grading.sign_offs), warned=register(facts.grading.warned),
        ),
    )  # fmt: skip


def students_by_ref(facts: SchoolFacts) -> dict[PersonRef, StudentFacts]:
    return {PersonRef(student.ref): student for student in facts.students}
