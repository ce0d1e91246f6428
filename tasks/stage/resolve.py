"""The way out of a hold that is no fixed extract: a registered person decides, and the log has it before anything."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.prepared import NO_CONTACT_KNOWN, PreparedSchool, ResolvedHold
from termpost.schemas.log.cycle_state import NO_RECIPIENT, CycleState
from termpost.schemas.log.hold_decisions import HoldDecisions, ResolutionWay, entries_of
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import keep_note
from termpost.tasks.secrets.staff import RELEASE_ROLES

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

    Args:
        schools: the cycle's manifests.
        way: `accept` takes every hold of the student that is not decided yet; the others that of one course.
        by: a registrar or head; otp is what their app shows at `at`, the machine's time.
        words: the reason, kept as a note that can be erased.

    Raises:
        InputError: `not-held`, `no-such-hold`, `other-way`, `no-report`, `not-recorded`.
        Refused: the person is not who they say, or may not.
    """
    found = [seen for school in schools for seen in _holds(school) if seen[1].student == student]
    entries = list(home.log.entries())
    if not found and schools and student in CycleState.fold(schools[0].cycle, entries).without_recipient:
        _refuse_what_no_decision_lifts(ResolvedHold(student=student, class_id=None, reason=NO_RECIPIENT), True, True)
    if not found:
        raise InputError("not-held", "this student is not held", WHERE, "see `termpost holds` for who is")
    cycle = schools[0].cycle
    decisions = HoldDecisions.fold(cycle, entries)
    chosen = _chosen(found, way, class_id, decisions)
    made = {report.student for school in schools for report in school.reports}
    for extract_id, hold in chosen:
        _refuse_what_no_decision_lifts(hold, student in made, decisions.knows(hold, extract_id))
    staff = home.staff.prove(by, otp, at, RELEASE_ROLES)
    for extract_id in sorted({extract_id for extract_id, _ in chosen}):
        classes = {hold.class_id for of_extract, hold in chosen if of_extract == extract_id}
        note = _note(home, student, extract_id, words)
        decided = entries_of(cycle, student, sorted(classes, key=str), way, staff, extract_id, note)
        home.log.append("holds-resolve", list(decided))
    return tuple(hold.model_copy(update={"decision": way, "by": staff}) for _, hold in chosen)


def _note(home: Home, student: PersonRef, extract_id: str, words: str | None) -> tuple[str, str] | None:
    """Key and digest of the reason in words; None where none was given."""
    if words is None or not words.strip():
        return None
    key = f"notes/{extract_id}/h{secrets.token_hex(6)}.sealed"
    return key, keep_note(home, student, key, words)


def _holds(school: PreparedSchool) -> Iterator[Seen]:
    """Those that wait and those that are decided: a person may change their mind before the release."""
    for hold in (*school.resolved, *school.holds):
        yield school.extract_id, ResolvedHold(**hold.model_dump())


def _chosen(
    holds: Sequence[Seen], way: ResolutionWay, class_id: str | None, decisions: HoldDecisions
) -> Sequence[Seen]:
    if way != "accept":
        of_course = [seen for seen in holds if seen[1].class_id == class_id]
        if not of_course:
            whole = any(hold.class_id is None for _, hold in holds)
            remedy = "a hold on the whole report takes --accept only" if whole else "see `termpost holds`"
            raise InputError("no-such-hold", "the student is not held in this course", WHERE, remedy)
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
