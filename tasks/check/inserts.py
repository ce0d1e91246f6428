"""Documents that go along with reports: each is accepted, or quarantined and its student held (laws 1 and 2)."""

from collections import Counter
from collections.abc import Iterable, Mapping

import duckdb
from termpost.schemas.contracts.insert_rules import INSERT_RULES, LARGE, LARGEST, STRANGER
from termpost.schemas.documents.findings import (
    CheckHold,
    FileCount,
    Findings,
    HoldSource,
    Problem,
    ProblemCount,
)
from termpost.tasks.check.holds import in_order
from termpost.tasks.check.rows.near_ids import meant_students
from termpost.tasks.documents.verify.insert_flaws import insert_flaw
from termpost.tasks.extract.inserts import INSERTS, student_of_insert
from termpost.tasks.formats.source_file import SourceFile

STUDENTS = (
    "SELECT sourced_id FROM live_users WHERE role = 'student'"
    " UNION SELECT user_sourced_id FROM live_enrollments WHERE role = 'student'"
)


def insert_flaws(inserts: Iterable[SourceFile]) -> dict[str, str]:
    """Student's source id → the rule that their document breaks by itself; empty where there is none."""
    return {student_of_insert(file.name): _flaw(file) for file in inserts}


def _flaw(file: SourceFile) -> str:
    if file.size is not None and file.size > LARGEST:
        return LARGE
    with file.open() as source:
        return insert_flaw(source.read(LARGEST + 1))


def with_inserts(con: duckdb.DuckDBPyConnection, findings: Findings, flaws: Mapping[str, str]) -> Findings:
    """What the check found, with the folder as one file more: a document is a row of it, by name.

    Args:
        con: the one that the extract was held against the contracts in.
        flaws: as `insert_flaws` gives them.
    """
    if not flaws:
        return findings
    if findings.outcome == "rejected":
        return findings.model_copy(update={"files": _counted(findings, len(flaws), len(flaws))})
    known = {student for (student,) in con.execute(STUDENTS).fetchall()}
    rules = {student: flaw or (STRANGER if student not in known else "") for student, flaw in flaws.items()}
    wrong = {student: (row, rule) for row, (student, rule) in enumerate(sorted(rules.items()), start=1) if rule}
    if not wrong:
        return findings.model_copy(update={"files": _counted(findings, len(flaws), 0)})
    # an id that is nobody's and nearly a student's is meant for that one
    meant = meant_students(con, (student for student in wrong if student not in known))
    held = {meant.get(student, student): found for student, found in wrong.items()}
    places = [
        HoldSource(student, None, rule, INSERTS, row, 1)
        for student, (row, rule) in held.items() if student in known
    ]  # fmt: skip
    holds = in_order(
        (
            *findings.holds,
            *(CheckHold(student=one.student, class_id=None, reason=one.reason) for one in places),
        )
    )
    return findings.model_copy(update={
        "outcome": "accepted_with_holds" if holds else findings.outcome,
        "files": _counted(findings, len(flaws), len(wrong)),
        "problems": (*findings.problems, *(_problem(row, rule) for row, rule in wrong.values())),
        "counts": (*findings.counts, *_counts(rule for _, rule in wrong.values())),
        "holds": holds,
        "held_students": tuple(sorted({hold.student for hold in holds})),
        "hold_places": tuple(sorted((*findings.hold_places, *places), key=_place)),
    })  # fmt: skip


def _place(one: HoldSource) -> tuple[str, str, str]:
    return one.student, one.class_id or "", one.reason


def _counted(findings: Findings, rows: int, quarantined: int) -> tuple[FileCount, ...]:
    mine = FileCount(name=INSERTS, rows=rows, accepted=rows - quarantined, quarantined=quarantined)
    return tuple(sorted((*findings.files, mine), key=lambda one: one.name))


def _problem(row: int, rule: str) -> Problem:
    said = INSERT_RULES[rule]
    return Problem(rule=rule, severity="error", file=INSERTS, row=row, column=None, key=None,
                   message=said.message, remedy=said.remedy)  # fmt: skip


def _counts(rules: Iterable[str]) -> Iterable[ProblemCount]:
    for rule, count in sorted(Counter(rules).items()):
        yield ProblemCount(file=INSERTS, rule=rule, severity="error", count=count)
