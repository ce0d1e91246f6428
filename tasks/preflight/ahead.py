"""What a cycle would be if its cut-off were today: the live source, checked and summarised in memory, then forgotten.

Counts by cause, of each school; no names, no ids of people. Nothing is kept: no copy in landing, nothing in the lake.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import pandas as pd
from termpost.schemas.base.refs import Cycle, CycleId, ExtractId, SchoolId
from termpost.schemas.documents.findings import CheckOutcome, Findings
from termpost.schemas.documents.prepared import Hold
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.last_extract import last_extract_of
from termpost.tasks.check.task import terms_of
from termpost.tasks.extract.access import access_of
from termpost.tasks.extract.from_bytes import in_memory
from termpost.tasks.extract.read_through import read_through
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import memory_connection
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.load.into_memory import load_into_memory
from termpost.tasks.stage.hold import holds_of_people, without_report
from termpost.tasks.summarise.open_cycle import open_cycle, schools_of
from termpost.tasks.summarise.summarise import summarise_cycle

CauseCounts = tuple[tuple[str, int], ...]  # cause, how many; by cause
HELD, ASKED, MISSING = "held", "asked", "missing"
EVERY_PERSON = """
INSERT INTO person SELECT source_id, source_id FROM ({people}) WHERE source_id NOT IN (SELECT source_id FROM person)"""
STUDENTS = (
    "INSERT INTO lake.core_person SELECT $extract_id, $known_at, ref, 'student', school, ''::BLOB FROM student_frame"
)
KEY = """cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff"""
MARKS = f"""SELECT count(DISTINCT person_ref), coalesce(sum(to_mark_count), 0), coalesce(sum(missing_count), 0)
FROM lake.out_course_summary WHERE {KEY} AND left_date IS NULL"""


@dataclass(frozen=True)
class SchoolAhead:
    """One school, as the cycle stands now."""

    school: SchoolId
    students: int  # who would have a report or are held
    held_students: int
    held: CauseCounts  # students, by the rule that holds them; one may be held by several
    asked: CauseCounts  # questions about grades
    missing: CauseCounts  # marks to come, work that is missing, students without a report and why


@dataclass(frozen=True)
class CycleAhead:
    """A whole cycle."""

    cycle_id: CycleId
    cutoff: date
    outcome: CheckOutcome
    schools: tuple[SchoolAhead, ...]
    fatal: CauseCounts  # "file: rule" of what would reject the extract
    warnings: int

    def counts(self) -> dict[tuple[str, str, str], int]:
        """(school, held | asked | missing, cause) → how many, in the order in which they are shown."""
        found = {("", "rejected", cause): count for cause, count in self.fatal}
        for school in self.schools:
            for what, causes in ((HELD, school.held), (ASKED, school.asked), (MISSING, school.missing)):
                found |= {(school.school, what, cause): count for cause, count in causes}
        return found


def look_ahead(home: Home, uri: str, cycle_id: CycleId) -> CycleAhead:
    """Reads the source, checks it and counts.

    Decisions of the office about single students are not known here: who they concern is known by reference only.

    Raises:
        InputError: the source cannot be read, or settings, calendar or own rules are wrong.
        RetryableError: the source is away.
    """
    plan, terms = home.calendar.cycle(cycle_id), terms_of(home, cycle_id)  # before anything is read
    read = read_through(home, uri, replace(access_of(home), keep=None, tags=None))
    weighed = read.weighed
    con = memory_connection(home.lake)
    try:
        with in_memory(con, read.files) as sources:
            terms = replace(terms, last=last_extract_of(home, weighed.id))
            findings = hold_against_contracts(con, sources, weighed.id, terms, weighed.form, read.files.skipped)
            schools: tuple[SchoolAhead, ...] = ()
            if findings.outcome != "rejected":
                load_into_memory(con, sources, findings, home.clock.today())
                students = _students(con, home, ExtractId(weighed.id))
                cycles = open_cycle(con, plan, ExtractId(weighed.id), schools_of(con, ExtractId(weighed.id)))
                schools = tuple(_school(con, home, cycle, ExtractId(weighed.id), students) for cycle in cycles)
    finally:
        con.close()
    return CycleAhead(cycle_id, plan.cutoff, findings.outcome, schools, _fatal(findings), _warnings(findings))


def _fatal(findings: Findings) -> CauseCounts:
    return tuple((f"{one.file}: {one.rule}", one.count) for one in findings.counts if one.severity == "fatal")


def _warnings(findings: Findings) -> int:
    return sum(one.count for one in findings.counts if one.severity == "warning")


def _students(con: duckdb.DuckDBPyConnection, home: Home, extract_id: ExtractId) -> Mapping[str, tuple[bool, bool]]:
    """Student → whether any contact is known, whether the record says to hold the report. Fills `core_person` too."""
    package, is_bundle = "termpost.tasks.load", home.settings.rights.source == "bundle"
    execute_each(con, sql(package, f"contact_row_from_{'bundle' if is_bundle else 'supplement'}"), {})
    con.execute(EVERY_PERSON.format(people=sql(package, "list_people").rstrip().rstrip(";")))
    rows = con.execute(sql(package, "student_identities")).fetchall()
    frame = pd.DataFrame([(ref, school) for ref, _, school, _ in rows], columns=["ref", "school"], dtype="string")
    con.register("student_frame", frame)
    con.execute(STUDENTS, {"extract_id": extract_id, "known_at": home.clock.today()})
    said = {ref: json.loads(identity) for ref, _, _, identity in rows}
    return {ref: (bool(one["contacts"]), bool(one["records_hold"])) for ref, one in said.items()}


def _school(
    con: duckdb.DuckDBPyConnection, home: Home, cycle: Cycle, extract_id: ExtractId,
    students: Mapping[str, tuple[bool, bool]],
) -> SchoolAhead:  # fmt: skip
    summaries = summarise_cycle(
        con, cycle, extract_id, home.policy, home.clock.today(), is_school_day=home.calendar.is_teaching_day,
        attendance=home.settings.attendance,
    )  # fmt: skip
    key = summaries.key
    holds = _holds(con, cycle, extract_id, students)
    everyone = {hold.student for hold in holds}
    held = Counter(reason for _, reason in {(hold.student, hold.reason) for hold in holds})
    questions = con.execute(sql("termpost.tasks.stage", "asked_questions"), key).fetchall()
    # what hangs on one held mark alone is settled with the hold, as termpost.tasks.stage.grade_questions has it
    with_hold = {(hold.student, hold.class_id) for hold in holds}
    asked = Counter(cause for cause, *_, alone, course in questions if (alone, course) not in with_hold)
    none = (one for one in without_report(con, summaries) if one.student not in everyone)
    without = Counter(f"no report: {one.reason}" for one in none)
    graded, to_mark, missing = con.execute(MARKS, key).fetchall()[0]
    marks = {"marks to come": int(to_mark), "work missing": int(missing)}
    return SchoolAhead(
        cycle.school, int(graded), len(everyone), _sorted(held), _sorted(asked), _sorted({**marks, **without})
    )


def _sorted(counts: Mapping[str, int]) -> CauseCounts:
    return tuple(sorted((cause, count) for cause, count in counts.items() if count))


def _holds(
    con: duckdb.DuckDBPyConnection, cycle: Cycle, extract_id: ExtractId, students: Mapping[str, tuple[bool, bool]]
) -> list[Hold]:
    """As termpost.tasks.stage.hold finds them, but for what the office decided."""
    values = {"extract_id": extract_id, "school_id": cycle.school}
    held = con.execute(sql("termpost.tasks.stage", "holds"), values).fetchall()
    holds = [Hold(student=student, class_id=class_id, reason=reason) for student, class_id, reason in held]
    return [*holds, *holds_of_people(con, values, students.get)]
