"""Reading and keeping what staff found about the rights of contacts."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import TypeVar

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import StudentStanding
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.rights_decision import PREFIX, LoggedRightsDecision, RightsDecision, ruled, with_rulings
from termpost.tasks.home.home import Home

Rulings = Mapping[str, Mapping[str, list[RightsDecision]]]  # student → contact
AnyStudent = TypeVar("AnyStudent", bound=StudentStanding)
NONE: Rulings = {}


def open_rulings(home: Home, entries: Iterable[Entry] | None = None) -> Rulings:
    """Every ruling that was not ended, also those whose time is over; of erased students none."""
    found: defaultdict[str, defaultdict[str, list[RightsDecision]]] = defaultdict(lambda: defaultdict(list))
    for one, ruling in read_rulings(home, entries):
        found[one.student][one.contact].append(ruling)
    return found


def read_rulings(
    home: Home, entries: Iterable[Entry] | None = None
) -> list[tuple[LoggedRightsDecision, RightsDecision]]:
    read = []
    for one in ruled(home.standing() if entries is None else entries):
        student = PersonRef(one.student)
        try:
            sealed = home.store.get(one.object)
            read.append((one, RightsDecision.model_validate_json(home.people.open(student, sealed))))
        except KeyError:
            if home.people.existing([student]):  # a bar that is lost must not become a right
                raise InputError("ruling-lost", "a decision about somebody's right is gone", one.object,
                                 "restore it from a copy, or `termpost rights end` it") from None  # fmt: skip
    return read


def with_ruled(students: Mapping[PersonRef, AnyStudent], rulings: Rulings, day: date) -> dict[PersonRef, AnyStudent]:
    """The students with their contacts as record and rulings have them on that day."""
    found = dict(students)
    for ref in found.keys() & rulings.keys():
        student = found[ref]
        found[ref] = replace(student, contacts=with_rulings(student.contacts, rulings[ref], day))
    return found


def keep_ruling(home: Home, run: str, student: PersonRef, contact: PersonRef, ruling: RightsDecision) -> None:
    """Durable, then in the log: from there on it counts."""
    key = f"{PREFIX}/{student}/{secrets.token_hex(8)}.json"
    sealed = home.people.seal(student, ruling.model_dump_json().encode())
    home.store.put(key, sealed)
    entry = Entry(kind="right_decided", actor=ruling.by, student=student, recipient=contact, finding=ruling.finding,
                  object=key, digest=home.people.digest(student, sealed))  # fmt: skip
    home.log.append(run, [entry])


def end_ruling(home: Home, run: str, one: LoggedRightsDecision, by: str) -> None:
    """It no longer counts; what it said stays in the store."""
    entry = Entry(kind="right_ended", actor=by, student=one.student, recipient=one.contact, object=one.object)
    home.log.append(run, [entry])
