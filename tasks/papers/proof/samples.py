"""Five reports that tell most about a preparation, chosen by rules so that the same one has the same five."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.prepared import PreparedReport
from termpost.tasks.papers.proof.facts import SchoolFacts, StudentFacts, students_by_ref

SampleReason = Literal["most_courses", "most_missing", "accepted", "lowest", "drawn"]
SAMPLES = 5


@dataclass(frozen=True)
class Candidate:
    """A report that could be shown."""

    report: PreparedReport
    student: StudentFacts
    number: str  # the school's own, which is what ties are broken by: references differ from home to home
    resolved: bool  # a hold on it was resolved by a person


@dataclass(frozen=True)
class Sample:
    """A report that is shown, and why this one."""

    candidate: Candidate
    why: SampleReason


def candidates(schools: Iterable[SchoolFacts]) -> Iterator[Candidate]:
    """Every report that is not held and whose student is known."""
    for facts in schools:
        prepared, students = facts.school.prepared, students_by_ref(facts)
        resolved = {hold.student for hold in prepared.resolved}
        for report in prepared.reports:
            student, person = students.get(PersonRef(report.student)), facts.people.get(PersonRef(report.student))
            if student and person and report.student not in prepared.held_students:
                yield Candidate(report, student, person.number, report.student in resolved)


def choose(found: Iterable[Candidate], cycle_id: str) -> list[Sample]:
    """Most courses, most missing work, held and decided, the lowest; the rest are drawn, with the cycle's id as seed.

    A report stands for one rule only, so a later rule takes its next best; a rule that nobody fits leaves its place to
    a drawn one.
    """
    left = sorted(found, key=lambda candidate: (candidate.number, candidate.report.report))
    chosen: list[Sample] = []
    rules: tuple[tuple[SampleReason, Callable[[Candidate], bool], Callable[[Candidate], Fraction]], ...] = (
        ("most_courses", lambda c: c.student.courses > 0, lambda c: Fraction(-c.student.courses)),
        ("most_missing", lambda c: c.student.missing > 0, lambda c: Fraction(-c.student.missing)),
        ("accepted", lambda c: c.resolved, lambda _: Fraction(0)),
        ("lowest", lambda c: c.student.mean is not None, lambda c: c.student.mean or Fraction(0)),
    )
    for why, fits, place in rules:
        fitting = [candidate for candidate in left if fits(candidate)]
        if fitting:
            best = min(fitting, key=place)  # the first of equals, by number
            left.remove(best)
            chosen.append(Sample(best, why))
    left.sort(key=lambda candidate: _drawn(cycle_id, candidate.number))
    return [*chosen, *(Sample(candidate, "drawn") for candidate in left[: SAMPLES - len(chosen)])]


def _drawn(cycle_id: str, number: str) -> bytes:
    return hashlib.sha256(f"{cycle_id}\n{number}".encode()).digest()
