"""What became of each query of a family, read from the distribution log alone.

A query is what comes back: a question, a mark that looks wrong, the wish to meet, a rating. All that happens to it is
an entry with its id: `query_received`, `query_noticed` (what the pipeline did by itself, written once),
`query_changed` (what a person did), `query_read`, `query_answered` and `meeting`. Words lie apart, in sealed notes.

Two kinds are disputes. A *recording error* (`correction`) ends with the version that resolves it, or is refused: then
comes the right to a hearing, and after a lost one to a statement that is kept and disclosed with the report (34 CFR
99.20 to 99.22). A *disagreement with a grade* (`grade-dispute`) goes the way of the school's appeal policy.
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
    "replied",
]  # fmt: skip
OF_THE_CLOCK = frozenset({"half-time", "day-before", "overdue"})  # said anew where the clock begins anew
DISPUTES = frozenset({"correction", "grade-dispute"})
TO_APPROVE = "to-approve"  # `reason` of `query_answered`: it goes back once a second person has approved it
CloseReason = Literal["settled", "withdrawn", "duplicate", "no-right", "not-ours"]  # `cause` of `closed`
CLOSE_REASONS: tuple[str, ...] = get_args(CloseReason)
# what a person does: `reason` of `query_changed`. `assigned` has `subject`, `held` and `resumed` stop and go on with
# the clock, `lengthened` has a later `due`
QueryChange = Literal[
    "assigned", "held", "resumed", "lengthened", "closed", "reopened", "approved", "correction-refused",
    "hearing-asked", "hearing-lost", "statement-kept",
]  # fmt: skip
# where a dispute stands, as far as it went
DisputeStep = Literal["asked", "corrected", "refused", "hearing", "lost", "statement"]
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
    received: datetime  # UTC; when it reached the school, and not when it was collected
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
    noticed: list[Logged] = field(default_factory=list)  # each of them: a later day has reminders of its own
    changes: list[Logged] = field(default_factory=list)
    meetings: list[Logged] = field(default_factory=list)
    replies: list[Logged] = field(default_factory=list)  # further words of the family, oldest first
    corrected: tuple[str, int] | None = None  # report and version that resolve it
    rating: int | None = None  # 1 to 5
    by: str = "pipeline"  # who took it down: whose key the words are under where they are about nobody

    @property
    def has_right(self) -> bool:
        """Whether who asked may have an answer about this student, as it was found when the query came."""
        return "no-right" not in self.notices

    @property
    def given(self) -> list[Logged]:
        """The answers that may go back: those that need a second person's word have it."""
        approved = {one.object for one in self.changes if one.reason == "approved"}
        return [one for one in self.answers if one.reason != TO_APPROVE or one.object in approved]

    @property
    def to_approve(self) -> Logged | None:
        """The last answer, where a second person has yet to approve it."""
        return self.answers[-1] if self.answers and self.answers[-1] not in self.given else None

    @property
    def was_assigned(self) -> bool:
        """Whether it was said who answers, be it the office."""
        return any(one.reason == "assigned" for one in self.changes)

    @property
    def dispute(self) -> DisputeStep | None:
        """Where a dispute stands; None of what is none."""
        if self.kind not in DISPUTES:
            return None
        said = {one.reason for one in self.changes}
        if self.corrected:
            return "corrected"
        for reason, step in _STEPS:
            if reason in said:
                return step
        return "asked"


_STEPS: tuple[tuple[QueryChange, DisputeStep], ...] = (
    ("statement-kept", "statement"), ("hearing-lost", "lost"), ("hearing-asked", "hearing"),
    ("correction-refused", "refused"),
)  # fmt: skip


def reached_at(entry: Logged) -> datetime:
    """When a query, or further words to it, reached the school; a log of before says only when it was written down."""
    return datetime.fromisoformat(entry.since) if entry.since else entry.day


def query_threads(entries: Iterable[Logged]) -> dict[str, QueryThread]:
    """Every query by its id, in the order in which they came."""
    found: dict[str, QueryThread] = {}
    for entry in entries:
        add_to(found, entry)
    return found


def add_to(found: dict[str, QueryThread], entry: Logged) -> None:
    """The next entry; one that is about no query changes nothing."""
    if entry.query is None:
        return
    if entry.kind == "query_received":
        found.setdefault(entry.query, _begun(entry, entry.query))
    elif entry.query in found:
        _add(found[entry.query], entry)


def _begun(entry: Logged, query: str) -> QueryThread:
    return QueryThread(
        query, entry.student, entry.recipient, entry.reason or "", entry.via or "", reached_at(entry), entry.object,
        _day(entry), entry.report, entry.version, entry.class_id, entry.subject, first_due=_day(entry),
        rating=entry.count, by=entry.actor,
    )  # fmt: skip


def _day(entry: Logged) -> date | None:
    return date.fromisoformat(entry.due) if entry.due else None


def _add(thread: QueryThread, entry: Logged) -> None:
    if entry.kind != "query_noticed" or entry.reason == "replied":  # a reminder names the day that it is about
        thread.due = _day(entry) or thread.due
    if entry.kind == "query_answered":
        thread.answers.append(entry)
        _answered(thread)
    elif entry.kind == "query_noticed":
        thread.notices.setdefault(entry.reason or "", entry)
        thread.noticed.append(entry)
        _notice(thread, entry)
    elif entry.kind == "meeting":
        thread.meetings.append(entry)
    elif entry.kind == "query_changed":
        thread.changes.append(entry)
        _change(thread, entry)


def _answered(thread: QueryThread) -> None:
    if thread.state != "closed" and thread.to_approve is None:
        thread.state = "answered"


def _notice(thread: QueryThread, entry: Logged) -> None:
    if entry.reason == "corrected" and entry.report and entry.version:
        thread.corrected = (entry.report, entry.version)
    elif entry.reason == "replied":
        thread.replies.append(entry)
        _begin_again(thread)


def _change(thread: QueryThread, entry: Logged) -> None:
    if entry.reason == "assigned":
        thread.assigned_to = entry.subject
    elif entry.reason == "approved":
        _answered(thread)
    elif entry.reason == "closed":
        thread.state = "closed"
    elif entry.reason == "held":
        thread.state = "held"
    elif entry.reason == "resumed":
        thread.state = "open"
    elif entry.reason == "reopened":
        _begin_again(thread)


def _begin_again(thread: QueryThread) -> None:
    """With a clock of its own, so that what the last one said is no word on this one."""
    thread.state = "open"
    for notice in OF_THE_CLOCK:
        thread.notices.pop(notice, None)
