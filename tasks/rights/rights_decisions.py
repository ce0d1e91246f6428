"""Reading and keeping what staff found about the rights of contacts."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import TypeVar

from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import StudentStanding
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.rights_decision import (
    HAND_OVER,
    PREFIX,
    LoggedRightsDecision,
    RightsDecision,
    contacts_with_decisions,
    decisions_that_count,
)
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import get_tagged, put_tagged
from termpost.tasks.rights.one_contact import one_each
from termpost.tasks.secrets.object_tags import changed

RightsDecisions = Mapping[str, Mapping[str, list[RightsDecision]]]  # student → contact
AnyStudent = TypeVar("AnyStudent", bound=StudentStanding)
NONE: RightsDecisions = {}
WAY_OUT = "put it back, or end the decision (`termpost rights end`)"


def open_rights_decisions(home: Home, entries: Iterable[Entry] | None = None) -> RightsDecisions:
    """Every decision that was not ended, also those whose time is over; of erased students none."""
    found: defaultdict[str, defaultdict[str, list[RightsDecision]]] = defaultdict(lambda: defaultdict(list))
    for one, decision in read_rights_decisions(home, entries):
        found[one.student][one.contact].append(decision)
    return found


def read_rights_decisions(
    home: Home, entries: Iterable[Entry] | None = None
) -> list[tuple[LoggedRightsDecision, RightsDecision]]:
    """The same one by one, each with its place in the log.

    Raises:
        Refused: `object-gone`, `object-changed`, `no-tag`: a bar that is lost must not become a right.
    """
    read = []
    for one in decisions_that_count(home.standing() if entries is None else entries):
        student = PersonRef(one.student)
        if home.people.is_known(student):
            sealed = get_tagged(home, one.object, remedy=WAY_OUT)
            if home.people.digest(student, sealed) != one.digest:
                raise changed(one.object, WAY_OUT)
            read.append((one, RightsDecision.model_validate_json(home.people.open(student, sealed))))
    return read


def in_force(decisions: RightsDecisions, student: str, contact: str, day: date) -> list[RightsDecision]:
    """What the office found about one contact of one student and says on that day."""
    return [one for one in decisions.get(student, {}).get(contact, ()) if one.is_in_force(day)]


def is_handed_over(decisions: RightsDecisions, student: str, day: date) -> bool:
    """Whether the office decided to hand a student's report over itself, where nobody else gets it."""
    return any(one.finding == HAND_OVER for one in in_force(decisions, student, student, day))


def students_with_decisions(
    students: Mapping[PersonRef, AnyStudent], decisions: RightsDecisions, day: date
) -> dict[PersonRef, AnyStudent]:
    """The students with their contacts as record and decisions have them on that day: one row for each contact."""
    found = dict(students)
    for ref, student in students.items():
        contacts = student.contacts
        if len({contact.ref for contact in contacts}) < len(contacts):
            contacts = one_each(contacts)
        if ref in decisions:
            contacts = contacts_with_decisions(contacts, decisions[ref], day)
        if contacts is not student.contacts:
            found[ref] = replace(student, contacts=contacts)
    return found


def keep_rights_decision(
    home: Home, run: str, student: PersonRef, contact: PersonRef, decision: RightsDecision,
    extract: ExtractId | None = None,
) -> None:  # fmt: skip
    """Durable, then in the log: from there on it counts.

    Args:
        extract: of whose an id is, the extract that shows who they are.
    """
    key = f"{PREFIX}/{student}/{secrets.token_hex(8)}.json"
    sealed = home.people.seal(student, decision.model_dump_json().encode())
    put_tagged(home, key, sealed)
    entry = Entry(kind="right_decided", actor=decision.by, student=student, recipient=contact, finding=decision.finding,
                  object=key, digest=home.people.digest(student, sealed), extract=extract)  # fmt: skip
    home.log.append(run, [entry])


def end_rights_decision(home: Home, run: str, one: LoggedRightsDecision, by: str) -> None:
    """It no longer counts; what it said stays in the store."""
    entry = Entry(kind="right_ended", actor=by, student=one.student, recipient=one.contact, object=one.object)
    home.log.append(run, [entry])
