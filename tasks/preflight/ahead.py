"""What a cycle would be if its cut-off were today: the live source, checked and summarised in memory, then forgotten.

Counts by cause, of each school; no names, no ids of people. Nothing is kept: no copy in landing, nothing in the lake.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb
import pandas as pd
from termpost.schemas.base.refs import Cycle, CycleId, ExtractId, PersonRef, SchoolId, Summaries
from termpost.schemas.documents.findings import CheckOutcome, Findings
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.documents.prepared import Hold, PreparedSchool
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.hold_decisions import HoldDecisions
from termpost.schemas.log.settlements import Settlements
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.inserts import insert_flaws, with_inserts
from termpost.tasks.check.last_extract import last_extract_of
from termpost.tasks.check.task import terms_of
from termpost.tasks.extract.access import access_of
from termpost.tasks.extract.from_bytes import in_memory
from termpost.tasks.extract.read_through import read_through
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import memory_connection
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.load.into_memory import load_into_memory, name_known
from termpost.tasks.secrets.identities import read_identity
from termpost.tasks.stage.grade_questions import asked_in
from termpost.tasks.stage.hold import holds_of_school, without_report
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

    What the office decided already counts as in a preparation: of whoever termpost knows.

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
            findings = with_inserts(con, findings, insert_flaws(read.files.inserts))
            schools: tuple[SchoolAhead, ...] = ()
            if findings.outcome != "rejected":
                load_into_memory(con, sources, findings, home.clock.today(), home.people.find_all)
                students = _students(con, home, ExtractId(weighed.id))
                cycles = open_cycle(con, plan, ExtractId(weighed.id), schools_of(con, ExtractId(weighed.id)))
                entries = list(home.log.entries())
                schools = tuple(_school(con, home, cycle, ExtractId(weighed.id), students, entries) for cycle in cycles)
    finally:
        con.close()
    return CycleAhead(cycle_id, plan.cutoff, findings.outcome, schools, _fatal(findings), _warnings(findings))


def _fatal(findings: Findings) -> CauseCounts:
    return tuple((f"{one.file}: {one.rule}", one.count) for one in findings.counts if one.severity == "fatal")


def _warnings(findings: Findings) -> int:
    return sum(one.count for one in findings.counts if one.severity == "warning")


def _students(
    con: duckdb.DuckDBPyConnection, home: Home, extract_id: ExtractId
) -> Mapping[PersonRef, StudentIdentity]:  # fmt: skip
    """Everyone by reference, or by the source's id who has none. Fills `core_person` too."""
    package, is_bundle = "termpost.tasks.load", home.settings.rights.source == "bundle"
    execute_each(con, sql(package, f"contact_row_from_{'bundle' if is_bundle else 'supplement'}"), {})
    con.execute(EVERY_PERSON.format(people=sql(package, "list_people").rstrip().rstrip(";")))
    name_known(con, home.people.find_all)
    rows = con.execute(sql(package, "student_identities")).fetchall()
    frame = pd.DataFrame([(ref, school) for ref, _, school, _ in rows], columns=["ref", "school"], dtype="string")
    con.register("student_frame", frame)
    con.execute(STUDENTS, {"extract_id": extract_id, "known_at": home.clock.today()})
    return {PersonRef(ref): read_identity(StudentIdentity, identity.encode()) for ref, _, _, identity in rows}


def _school(
    con: duckdb.DuckDBPyConnection, home: Home, cycle: Cycle, extract_id: ExtractId,
    students: Mapping[PersonRef, StudentIdentity], entries: Sequence[Logged],
) -> SchoolAhead:  # fmt: skip
    summaries = summarise_cycle(
        con, cycle, extract_id, home.policy, home.clock.today(),
        settlements=Settlements.fold(cycle.id, entries, extract_id),
        is_school_day=home.calendar.is_teaching_day_of(cycle.school), attendance=home.settings.attendance,
    )  # fmt: skip
    decisions = HoldDecisions.fold(cycle.id, entries)
    found = holds_of_school(con, home, summaries, students)
    holds = [hold for hold in found if decisions.on(hold, extract_id) is None]
    everyone = {hold.student for hold in holds}
    held = Counter(reason for _, reason in {(hold.student, hold.reason) for hold in holds})
    asked = Counter(
        one.question.cause for one in asked_in(con, [_as_prepared(summaries, found)], entries) if one.is_open
    )
    accounted = {hold.student for hold in found}
    none = (one for one in without_report(con, summaries) if one.student not in accounted)
    without = Counter(f"no report: {one.reason}" for one in none)
    graded, to_mark, missing = con.execute(MARKS, summaries.key).fetchall()[0]
    marks = {"marks to come": int(to_mark), "work missing": int(missing)}
    return SchoolAhead(
        cycle.school, int(graded), len(everyone), _sorted(held), _sorted(asked), _sorted({**marks, **without})
    )


def _as_prepared(summaries: Summaries, holds: Sequence[Hold]) -> PreparedSchool:
    """What a preparation would ask about: it asks nothing of a mark that a held row may be, decided or not."""
    return PreparedSchool(
        cycle=summaries.cycle.id, school=summaries.cycle.school, extract_id=summaries.extract_id,
        policy=summaries.policy, cutoff=summaries.cycle.cutoff, reports=(), holds=tuple(holds),
    )  # fmt: skip


def _sorted(counts: Mapping[str, int]) -> CauseCounts:
    return tuple(sorted((cause, count) for cause, count in counts.items() if count))
