"""The way out of a hold that is no fixed extract: a registered person decides, and the log has it before anything."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.prepared import (
    GARBLED_NAME,
    LEFT_OFF,
    NO_CONTACT_KNOWN,
    PreparedSchool,
    ResolvedHold,
)
from termpost.schemas.log.cycle_state import NO_RECIPIENT, CycleState
from termpost.schemas.log.entry import WITH_HOLD
from termpost.schemas.log.hold_decisions import HoldDecisions, ResolutionWay, entries_of
from termpost.tasks.documents.verify.stamps import UNSTAMPED
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import keep_note
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.secrets.staff import RELEASE_ROLES
from termpost.tasks.stage.decide import decided_entry
from termpost.tasks.stage.grade_questions import AskedQuestion, asked_of_alone, courses_of
from termpost.tasks.stage.state_text import accept_name

Seen = tuple[str, ResolvedHold]  # the extract that brought the hold
WHERE = "holds resolve"
# holds that no decision lifts, and what does: nothing would come of the report, or the law forbids it
OTHER_WAYS = {
    "records-hold": "clear recordsHold in supplement/students.csv, and prepare again",
    NO_CONTACT_KNOWN: "add the student's contacts to supplement/contacts.csv, or hand the report over at the office "
    "(`termpost rights decide STUDENT STUDENT --finding hand-over`), and prepare again",
    NO_RECIPIENT: "fix the contacts or their rights and prepare again, or hand the report over at the office "
    "(`termpost rights decide STUDENT STUDENT --finding hand-over`), and release",
    "unprintable": "add a font that covers the name, and prepare again",
    UNSTAMPED: "shorten the student's name or number, or mend the school's own template so that each page carries its "
    "stamp, and prepare again",
}


def resolve(
    home: Home,
    schools: Sequence[PreparedSchool],
    student: PersonRef,
    way: ResolutionWay,
    class_id: str | None,
    *,
    by: str,
    otp: str,
    at: datetime,
    words: str | None,
) -> tuple[ResolvedHold, ...]:
    """Decides on the holds of a student in a prepared cycle; the next prepare makes the report by it.

    A course may be left off any report, held or not. What is asked about the grade of this student alone is decided
    with the course: who accepts it without the rows in quarantine accepts that a mark is among them.

    Args:
        schools: the cycle's manifests.
        way: `accept` takes every hold of the student that is not decided yet; the others that of one course.
        by: a registrar or head; otp is what their app shows at `at`, the machine's time.
        words: the reason, kept as a note that can be erased.

    Raises:
        InputError: `not-held`, `no-such-hold`, `other-way`, `no-report`, `not-recorded`.
        Refused: the person is not who they say, or may not.
    """
    if not schools:
        raise _not_held()
    cycle, entries = schools[0].cycle, list(home.log.entries())
    decisions = HoldDecisions.fold(cycle, entries)
    made = any(report.student == student for school in schools for report in school.reports)
    found = _found(home, schools, student, class_id if way == "omit-course" else None, decisions)
    if not found and student in CycleState.fold(cycle, entries).without_recipient:
        _refuse_what_no_decision_lifts(ResolvedHold(student=student, class_id=None, reason=NO_RECIPIENT), True, True)
    if not found and not (made and way == "omit-course"):
        raise _not_held()
    chosen = _chosen(found, way, class_id, decisions)
    for extract_id, hold in chosen:
        known = hold.reason == LEFT_OFF or decisions.knows(hold, extract_id)
        _refuse_what_no_decision_lifts(hold, made, known)
    asked = _asked_with(home, schools, student, way, chosen)
    staff = home.staff.prove(by, otp, at, RELEASE_ROLES)
    for extract_id in sorted({extract_id for extract_id, _ in chosen}):
        classes = {hold.class_id for of_extract, hold in chosen if of_extract == extract_id}
        note = _note(home, student, extract_id, words)
        of_holds = entries_of(cycle, student, sorted(classes, key=str), way, staff, extract_id, note)
        with_them = [one for one in asked if one.extract_id == extract_id]
        of_questions = [decided_entry(cycle, one, way, staff, via=WITH_HOLD) for one in with_them]
        home.log.append("holds-resolve", [*of_holds, *of_questions])
    if any(hold.reason == GARBLED_NAME for _, hold in chosen):
        accept_name(home, student, staff)
    return tuple(hold.model_copy(update={"decision": way, "by": staff}) for _, hold in chosen)


def _not_held() -> InputError:
    return InputError("not-held", "this student is not held", WHERE, "see `termpost holds` for who is")


def _found(
    home: Home, schools: Sequence[PreparedSchool], student: PersonRef, off: str | None, decisions: HoldDecisions
) -> list[Seen]:
    """What may be decided: the student's holds, and courses that are left off a report, or are to be (`off`).

    Who is held as a whole has that decided first: a course left off would look like a way out.
    """
    found = [seen for school in schools for seen in _holds(school) if seen[1].student == student]
    held = {hold.class_id for _, hold in found}
    more = _without_hold(home, schools, student, None if None in held else off, decisions)
    return [*found, *(seen for seen in more if seen[1].class_id not in held)]


def _note(home: Home, student: PersonRef, extract_id: str, words: str | None) -> tuple[str, str] | None:
    """Key and digest of the reason in words; None where none was given."""
    if words is None or not words.strip():
        return None
    key = f"notes/{extract_id}/h{secrets.token_hex(6)}.sealed"
    return key, keep_note(home, student, key, words)


def _holds(school: PreparedSchool) -> Iterator[Seen]:
    """Those that wait and those that are decided: a person may change their mind before the release."""
    for hold in (*school.resolved, *school.holds):
        if hold.reason != LEFT_OFF:  # the log has those that were made since too
            yield school.extract_id, ResolvedHold(**hold.model_dump())


def _without_hold(
    home: Home, schools: Sequence[PreparedSchool], student: PersonRef, class_id: str | None, decisions: HoldDecisions
) -> list[Seen]:
    """Courses of a report without a hold: those that were left off, and one that is to be."""
    mine = [school for school in schools if any(report.student == student for report in school.reports)]
    courses = {place[1] for place in decisions.left_off if place[0] == student}
    if class_id is not None:
        with open_lake(home.lake) as lake:
            courses |= {class_id} & {course for school in mine for course in courses_of(lake, school, student)}
    return [
        (school.extract_id, ResolvedHold(student=student, class_id=course, reason=LEFT_OFF))
        for school in mine for course in sorted(courses, key=str)
    ]  # fmt: skip


def _asked_with(
    home: Home, schools: Sequence[PreparedSchool], student: PersonRef, way: ResolutionWay, chosen: Sequence[Seen]
) -> list[AskedQuestion]:
    """Questions about the student alone that the same decision answers."""
    courses = {hold.class_id for _, hold in chosen if hold.class_id and (way != "accept" or hold.reason != LEFT_OFF)}
    if not courses:
        return []
    with open_lake(home.lake) as lake:
        return [
            asked for school in schools
            for asked in asked_of_alone(lake, school, student, courses, has_row=way != "accept")
        ]  # fmt: skip


def _chosen(
    holds: Sequence[Seen], way: ResolutionWay, class_id: str | None, decisions: HoldDecisions
) -> Sequence[Seen]:
    if way != "accept":
        of_course = [seen for seen in holds if seen[1].class_id == class_id]
        if not of_course:
            whole = any(hold.class_id is None for _, hold in holds)
            remedy = "a hold on the whole report takes --accept only" if whole else "see `termpost holds`"
            what = "the student is not held in this course"
            if way == "omit-course":
                what += ", and the report does not have it"
            raise InputError("no-such-hold", what, WHERE, remedy)
        return of_course
    return [(extract_id, hold) for extract_id, hold in holds if decisions.on(hold, extract_id) is None] or holds


def _refuse_what_no_decision_lifts(hold: ResolvedHold, made: bool, known: bool) -> None:
    if hold.reason in OTHER_WAYS:
        raise InputError("other-way", f"no decision lifts {hold.reason}", WHERE, OTHER_WAYS[hold.reason])
    if not made:
        remedy = "fix the extract, and prepare again"
        raise InputError("no-report", "no report can be made of what was accepted", WHERE, remedy)
    if not known:
        remedy = "prepare the cycle again, then decide"
        raise InputError("not-recorded", "the log does not have this hold", WHERE, remedy)
