"""The packet as data: for somebody with the right to the records, or for the next school."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.languages import first_language
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.documents.records.packet import PacketAttendance, RecordsPacket
from termpost.schemas.log.records.requests import RecordsRequest
from termpost.tasks.home.home import Home
from termpost.tasks.records.requests.correspondence import meetings_of, queries_of, statements_of, threads_of_person
from termpost.tasks.records.requests.facts import (
    RecordsOf,
    acknowledgements_of,
    comments_of_student,
    decisions_of,
    deliveries_of,
    looks_of,
    newest_identity,
    person_of,
    reach_of,
)
from termpost.tasks.records.requests.report_files import ReportFile, report_files
from termpost.tasks.records.requests.right import full_right, parent_apart


@dataclass(frozen=True)
class MadePacket:
    """The data, and the files that go with it. Personal: it stays in memory."""

    packet: RecordsPacket
    files: tuple[ReportFile, ...]
    language: str  # of who gets it
    day: date


def access_packet(home: Home, lake: duckdb.DuckDBPyConnection, request: RecordsRequest) -> MadePacket:
    """All that this person may see, by the records of today.

    Raises:
        InputError: `unknown-student`.
        Refused: as `report_files` does.
    """
    of = RecordsOf(home, request.student, request.recipient, list(home.log.entries()))
    student, contact = _identities(home, lake, of)
    language = language_for(home, student, contact)
    is_full = full_right(home, lake, of.student, PersonRef(of.who))
    files = report_files(home, of.student, of.entries, (language,), with_inserts=is_full)
    threads = threads_of_person(of)
    titles = {course.class_id: course.title for one in files for course in one.entry.report.courses}
    notes = [one.object for one in of.entries if one.object and one.query in threads]
    is_apart = parent_apart(home, lake, of.student, PersonRef(of.who))
    person = person_of(student)
    if is_apart:  # 603 CMR 23.07(5): no way to reach the household
        person = person.model_copy(update={"email": None})
    packet = RecordsPacket(
        purpose="access", not_for_enrolment=is_apart,
        case=request.case, day=home.today, school=home.settings.institution.called,
        recipient=student.name if of.is_own else contact.name if contact else "", is_own=of.is_own,
        student=person, on_record=reach_of(of, student, contact),
        reports=tuple(one.entry for one in files), comments=comments_of_student(student, titles),
        deliveries=deliveries_of(of), queries=queries_of(of, threads), meetings=meetings_of(of, threads),
        acknowledgements=acknowledgements_of(of),
        looks=looks_of(of, [*notes, *(key for one in files for key in one.objects)], threads),
        decisions=decisions_of(of), statements=statements_of(of), attendance=attendance_of(files),
    )  # fmt: skip
    return MadePacket(packet, tuple(files), language, home.today)


def transfer_packet(home: Home, lake: duckdb.DuckDBPyConnection, request: RecordsRequest, school: str) -> MadePacket:
    """Reports, grades of record with their scale, attendance; nothing of whoever asked, no correspondence."""
    of = RecordsOf(home, request.student, request.recipient, list(home.log.entries()))
    student, _ = _identities(home, lake, of)
    language = home.settings.institution.languages[0]
    out = [one for one in report_files(home, of.student, of.entries, (language,)) if one.entry.state == "released"]
    person = person_of(student).model_copy(update={"email": None, "dependent": None, "consent_to_parents": None})
    packet = RecordsPacket(
        purpose="transfer", case=request.case, day=home.today, school=home.settings.institution.called,
        recipient=school, student=person, reports=tuple(one.entry for one in out), statements=statements_of(of),
        attendance=attendance_of(out), left_out=("correspondence", "drafts", "withdrawn-reports", "transcript"),
    )  # fmt: skip
    return MadePacket(packet, tuple(out), language, home.today)


def language_for(home: Home, student: StudentIdentity, contact: ContactIdentity | None) -> str:
    """That they asked for and the school speaks; else the school's own."""
    asked = [reach.language for reach in contact.reach] if contact else [student.language]
    return first_language(asked, home.settings.institution.languages)


def attendance_of(files: list[ReportFile]) -> tuple[PacketAttendance, ...]:
    """As the newest version of each report counts it."""
    newest = {one.entry.report.cycle_id: one.entry.report for one in files}
    kinds = ("present", "absent_excused", "absent_unexcused", "absent_unstated", "part", "late")
    return tuple(
        PacketAttendance(cycle=report.cycle_title, first=said.first, last=said.last, kind=kind,
                         days=Decimal(getattr(said, kind)).normalize())
        for report in newest.values() if (said := report.attendance) is not None
        for kind in kinds if getattr(said, kind)
    )  # fmt: skip


def _identities(
    home: Home, lake: duckdb.DuckDBPyConnection, of: RecordsOf
) -> tuple[StudentIdentity, ContactIdentity | None]:
    student = newest_identity(home, lake, StudentIdentity, of.student)
    if student is None:
        raise InputError("unknown-student", "no extract has a student of this id", "STUDENT", "use an id of users.csv")
    return student, None if of.is_own else newest_identity(home, lake, ContactIdentity, PersonRef(of.who))
