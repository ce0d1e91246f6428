"""What became of each query of a family, read from the distribution log alone.

A query is what comes back: a question, a mark that looks wrong, the wish to meet, a rating. All that happens to it is
an entry with its id: `query_received`, `query_noticed` (what the pipeline did by itself, written once),
`query_changed` (what a person did), `query_read`, `query_answered` and `meeting`. Words lie apart, in sealed notes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args

from termpost.schemas.log.entry import Logged

QueryKind = Literal["question", "correction", "grade-dispute", "meeting", "rating", "staff"]
QUERY_KINDS: tuple[str, ...] = get_args(QueryKind)
WITHOUT_CLOCK = frozenset({"rating", "staff"})  # feedback about no student, or that asks nothing
# what the pipeline notes by itself: `reason` of `query_noticed`
QueryNotice = Literal[
    "no-right", "out-of-time", "confirmed", "half-time", "day-before", "overdue", "answer-told", "corrected",
]  # fmt: skip
# what a person does: `reason` of `query_changed`. `assigned` has `subject`, `held` and `resumed` stop and go on with
# the clock, `lengthened` has a later `due`
QueryChange = Literal[
    "assigned", "held", "resumed", "lengthened", "closed", "reopened", "approved", "correction-refused",
    "hearing-asked", "hearing-lost", "statement-kept",
]  # fmt: skip
# `reason` of `meeting`; each but `wanted` has `slot`
MeetingEvent = Literal["wanted", "offered", "booked", "moved", "cancelled", "reminded", "held", "missed", "minutes"]
QueryState = Literal["open", "held", "answered", "closed"]


@dataclass
class QueryThread:
    """One query as the log has it."""

    id: str
    student: str | None  # reference; None: about nobody
    contact: str | None  # reference of who asked; None: not known
    kind: str
    via: str  # portal, phone, paper, email
    received: datetime  # UTC
    note: str | None  # store key of the sealed words
    due: date | None = None  # the last day for the answer; None: no clock, or of a log before format 4
    report: str | None = None
    version: int | None = None
    class_id: str | None = None
    assigned_to: str | None = None  # staff id
    state: QueryState = "open"
    answers: list[Logged] = field(default_factory=list)  # `query_answered`, oldest first; each names its note
    notices: dict[str, Logged] = field(default_factory=dict)  # `QueryNotice` → the first entry
    first_due: date | None = None  # as it was told when the query came
    noticed: list[Logged] = field(
        default_factory=list
    )  # each of them: a day that became later has reminders of its own
    changes: list[Logged] = field(default_factory=list)
    meetings: list[Logged] = field(default_factory=list)

    @property
    def has_right(self) -> bool:
        """Whether who asked may have an answer about this student, as it was found when the query came."""
        return "no-right" not in self.notices


def query_threads(entries: Iterable[Logged]) -> dict[str, QueryThread]:
    """Every query by its id, in the order in which they came."""
    found: dict[str, QueryThread] = {}
    for entry in entries:
        if entry.query is None:
            continue
        if entry.kind == "query_received":
            found.setdefault(entry.query, _begun(entry, entry.query))
        elif entry.query in found:
            _add(found[entry.query], entry)
    return found


def _begun(entry: Logged, query: str) -> QueryThread:
    return QueryThread(
        query, entry.student, entry.recipient, entry.reason or "", entry.via or "", entry.day, entry.object,
        _day(entry), entry.report, entry.version, entry.class_id, entry.subject, first_due=_day(entry),
    )  # fmt: skip


def _day(entry: Logged) -> date | None:
    return date.fromisoformat(entry.due) if entry.due else None


def _add(thread: QueryThread, entry: Logged) -> None:
    thread.due = (_day(entry) if entry.kind != "query_noticed" else None) or thread.due
    if entry.kind == "query_answered":
        thread.answers.append(entry)
        thread.state = "answered" if thread.state != "closed" else "closed"
    elif entry.kind == "query_noticed":
        thread.notices.setdefault(entry.reason or "", entry)
        thread.noticed.append(entry)
    elif entry.kind == "meeting":
        thread.meetings.append(entry)
    elif entry.kind == "query_changed":
        thread.changes.append(entry)
        _change(thread, entry)


def _change(thread: QueryThread, entry: Logged) -> None:
    if entry.reason == "assigned":
        thread.assigned_to = entry.subject
    elif entry.reason == "closed":
        thread.state = "closed"
    elif entry.reason == "held":
        thread.state = "held"
    elif entry.reason in ("resumed", "reopened"):
        thread.state = "open"
