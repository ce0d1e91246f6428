"""The words of a query, opened for somebody of the staff; the log has said before that they were read, and by whom."""

from dataclasses import dataclass
from datetime import datetime

from termpost.schemas.base.refs import StaffId
from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.query_threads import QueryThread
from termpost.tasks.feedback.answering.who_may import proved_for, thread_of
from termpost.tasks.feedback.queries import key_holder
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import read_note


@dataclass(frozen=True)
class SaidWords:
    """One note of a query."""

    what: str  # query, reply, answer, refusal, statement, minutes
    at: datetime
    by: str  # staff id; family where it came from there
    text: str | None  # None: the person was erased, and nobody can read it any more


def opened_words(home: Home, query_id: str, staff: str, otp: str) -> tuple[QueryThread, list[SaidWords]]:
    """Everything that was written about a query, oldest first.

    Raises:
        InputError: `unknown-query`.
        Refused: as `proved_for` says.
    """
    thread = thread_of(home, query_id)
    who = proved_for(home, thread, staff, otp)
    home.log.append("feedback-show", [Entry(kind="query_read", actor=who, query=thread.id, student=thread.student)])
    return thread, words_of_thread(home, thread)


def words_of_thread(home: Home, thread: QueryThread) -> list[SaidWords]:
    """The same for the pipeline, which shows a family what is theirs. It may be asked only for whom it is about."""
    found = (
        [SaidWords("query", thread.received, "family", _opened(home, thread, thread.by, thread.note))]
        if thread.note
        else []
    )
    for what, entries in (("reply", thread.replies), ("answer", thread.answers), ("change", thread.changes),
                          ("minutes", thread.meetings)):  # fmt: skip
        found += [_said(home, thread, what, one) for one in entries if one.object and one.reason != "approved"]
    return sorted(found, key=lambda said: said.at)


def _said(home: Home, thread: QueryThread, what: str, entry: Logged) -> SaidWords:
    named = {"correction-refused": "refusal", "statement-kept": "statement"}.get(entry.reason or "", what)
    by = "family" if named in ("reply", "statement") else StaffId(entry.actor)
    return SaidWords(named, entry.day, by, _opened(home, thread, entry.actor, entry.object or ""))


def _opened(home: Home, thread: QueryThread, writer: str, key: str) -> str | None:
    try:
        return read_note(home, key_holder(home, thread, writer), key)
    except KeyError:
        return None
