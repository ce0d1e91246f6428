"""Queries of families: taken down with their words apart, each with its due day (procedure, section 4.4).

A query is entries of the log (schemas/log/query_threads.py) and sealed notes. The day on which it is due is written
down when it comes, so that a calendar that is changed later moves nothing that was promised.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.log.entry import Entry, EntryKind
from termpost.schemas.log.query_threads import WITHOUT_CLOCK, QueryKind, QueryThread, query_threads
from termpost.schemas.settings.clocks import Clocks
from termpost.tasks.feedback.clock.thread_clock import due_of
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import keep_note, keep_note_of_nobody, writer_ref

Via = Literal["phone", "paper", "email"]
QueryStanding = Literal["open", "overdue", "held", "answered", "closed"]
STANDINGS: tuple[QueryStanding, ...] = ("open", "overdue", "held", "answered", "closed")
OF_QUERIES: tuple[EntryKind, ...] = (
    "query_received", "query_noticed", "query_changed", "query_read", "query_answered", "meeting",
)  # fmt: skip


@dataclass(frozen=True)
class NewQuery:
    """What came, before it has its place in the log."""

    kind: QueryKind
    via: Via | Literal["portal"]
    text: str
    at: datetime  # when it reached the school; what families send by themselves waits from then on
    student: PersonRef | None = None  # None: about nobody, or nobody knows about whom
    contact: PersonRef | None = None  # who asks; None: not known
    id: str = ""  # empty: a new one
    cycle: str | None = None
    report: str | None = None
    version: int | None = None
    class_id: str | None = None
    rating: int | None = None
    by: str = "pipeline"
    has_right: bool = True  # whether who asks may have an answer about this student today
    is_late: bool = False  # after the last day for questions that this person was told
    told_until: date | None = None  # that day


def note_key(query_id: str, part: str) -> str:
    return f"notes/{query_id}/{part}.sealed"


def threads_of(home: Home) -> dict[str, QueryThread]:
    """Every query by its id, in the order in which they came."""
    return query_threads(home.log.entries(*OF_QUERIES))


def receive(home: Home, new: NewQuery) -> tuple[str, list[Entry]]:
    """Keeps the words as a note that erasing the person erases, and gives the id and the entries for the log.

    Raises:
        InputError: no words, where only words say something.
    """
    query_id, key, digest = new.id or "q" + secrets.token_hex(6), None, None
    if new.text.strip() or new.rating is None:
        key = note_key(query_id, "query")
        digest = keep_words(home, new.student or new.contact, StaffId(new.by), key, new.text)
    due = due_for(home, new.kind, new.at, new.told_until)
    about = {"query": query_id, "student": new.student, "recipient": new.contact, "cycle": new.cycle,
             "report": new.report, "version": new.version}  # fmt: skip
    entries = [
        Entry.model_validate(about | {
            "kind": "query_received", "reason": new.kind, "via": new.via, "object": key, "digest": digest,
            "class_id": new.class_id, "count": new.rating, "due": due and due.isoformat(), "actor": new.by,
            "since": new.at.astimezone(UTC).isoformat(),
        })
    ]  # fmt: skip
    noticed = [reason for reason, said in (("no-right", not new.has_right), ("out-of-time", new.is_late)) if said]
    entries += [Entry.model_validate(about | {"kind": "query_noticed", "reason": reason}) for reason in noticed]
    if new.kind == "meeting":
        entries.append(Entry.model_validate(about | {"kind": "meeting", "reason": "wanted", "via": new.via}))
    return query_id, entries


def keep_words(home: Home, person: PersonRef | None, writer: StaffId, key: str, text: str) -> str:
    """Seals words under the key of whom they are about, else of whoever wrote them down; the digest for the log."""
    return keep_note_of_nobody(home, writer, key, text) if person is None else keep_note(home, person, key, text)


def about_whom(thread: QueryThread) -> PersonRef | None:
    """Whose key the words of a query are under: the student's, else that of whoever asked; None: of who wrote them."""
    person = thread.student or thread.contact
    return PersonRef(person) if person else None


def key_holder(home: Home, thread: QueryThread, writer: str) -> PersonRef:
    """The same, of words that this member of staff wrote where they are about nobody."""
    return about_whom(thread) or writer_ref(home, StaffId(writer))


def due_for(home: Home, kind: str, at: datetime, told_until: date | None = None) -> date | None:
    """The last day for the answer to what reaches the school at this instant; None where there is no clock.

    Args:
        told_until: the last day for questions that its sender was told.
    """
    if kind in WITHOUT_CLOCK:
        return None
    return home.clocks.query_due(at, told_until)


def standing_of(clocks: Clocks, thread: QueryThread, today: date) -> QueryStanding:
    """How it stands on that day of the school's."""
    if thread.state != "open":
        return thread.state
    due = due_of(thread, clocks, today)
    return "overdue" if due is not None and today > due else "open"


def open_queries(threads: Iterable[QueryThread]) -> list[QueryThread]:
    """Those that wait for somebody of the school."""
    return [thread for thread in threads if thread.state in ("open", "held")]
