"""Queries of families: received, due within five working days, answered (procedure, section 4.4).

A query is two log entries and one or two sealed notes; when it is due follows from the calendar each time it is asked.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.query_threads import QueryKind
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.clocks import Clocks
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import keep_note

Via = Literal["phone", "paper", "email"]
QueryStanding = Literal["open", "overdue", "answered"]


@dataclass(frozen=True)
class Query:
    """One query as it stands on a day."""

    id: str
    student: str  # reference
    kind: str
    received: datetime  # UTC
    due: date  # the last day for an answer
    state: QueryStanding
    answered_by: str | None


def note_key(query_id: str, part: str) -> str:
    return f"notes/{query_id}/{part}.sealed"


def receive(
    home: Home, student: PersonRef, kind: QueryKind, via: Via, text: str, contact: PersonRef | None
) -> tuple[str, Entry]:
    """Keeps the words as a note sealed under the student's key, and gives the id and the entry for the log.

    Raises:
        InputError: no words.
    """
    query_id = "q" + secrets.token_hex(6)
    key, digest = _keep(home, student, note_key(query_id, "query"), text)
    entry = Entry(
        kind="query_received", student=student, recipient=contact, query=query_id, reason=kind, via=via, object=key,
        digest=digest,
    )  # fmt: skip
    return query_id, entry


def answer(home: Home, query: Query, by: str, text: str) -> Entry:
    """Keeps the answer and gives the entry for the log.

    Raises:
        InputError: no words, or it was answered before.
    """
    if query.state == "answered":
        raise InputError("answered", "this query is answered", query.id, "see `termpost feedback list`")
    key, digest = _keep(home, PersonRef(query.student), note_key(query.id, "answer"), text)
    return Entry(kind="query_answered", actor=by, student=query.student, query=query.id, object=key, digest=digest)


def _keep(home: Home, student: PersonRef, key: str, text: str) -> tuple[str, str]:
    return key, keep_note(home, student, key, text)


def queries(entries: Iterable[Logged], calendar: Calendar, now: datetime) -> list[Query]:
    """Every query, oldest first, with its state on that day in the school's zone."""
    received: dict[str, Logged] = {}
    answered: dict[str, Logged] = {}
    for entry in entries:
        if entry.kind in ("query_received", "query_answered") and entry.query:
            kept = received if entry.kind == "query_received" else answered
            kept[entry.query] = entry
    today = now.astimezone(calendar.zone).date()
    found = []
    for query_id, entry in received.items():
        due = Clocks(calendar).query_due(entry.day)
        reply = answered.get(query_id)
        state: QueryStanding = "answered" if reply else "overdue" if today > due else "open"
        found.append(
            Query(
                query_id, entry.student or "", entry.reason or "", entry.day, due, state, reply.actor if reply else None
            )
        )
    return found
