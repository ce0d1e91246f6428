"""One entry of the distribution log: references, staff ids and closed codes, never a name or free text."""

from datetime import datetime
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

EntryKind = Literal[
    "extract_received", "checked", "quarantined", "report_made", "held", "hold_resolved", "right_decided",
    "right_ended", "approved", "released",
    "rehearsed", "stopped", "sealed", "planned", "sent", "delivered", "failed", "uncertain", "expired", "opened",
    "withdrawn", "superseded", "exported", "query_received", "query_answered", "meeting", "grading_complete",
    "access_request", "erased", "retained", "incident", "settings_changed", "staff_changed", "review_signed", "refused",
    "home_made", "question_asked", "question_settled", "kept", "grade_decided", "grade_follows",
    "text_decided", "verification_set", "acknowledged", "query_noticed", "query_changed", "query_read",
    "records_held", "transferred", "policy_acknowledged", "backed_up", "restored", "watched", "warning_decided",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(EntryKind)

# what makes two entries the same fact; seq, at, run and actor only say when and by whom it was written down
IDENTITY = ("kind", "cycle", "report", "version", "student", "class_id", "recipient", "channel", "delivery", "object",
            "digest", "reason", "count", "extract", "finding", "query", "via", "role", "cause", "line_item_id",
            "part_id", "on_behalf_of", "due", "since", "slot", "case")  # fmt: skip

# What the pipeline finds or does is a fact: it is written once, so that a rerun adds nothing. A fact that comes back
# (a student held again, a second attempt at a delivery) says in `count` which time it is.
# What a person does, or the world outside reports, is an act: nobody can tell a second one from a rerun by what it
# says (two people approve the same bytes, a wrong code is typed twice, settings go from A to B and back to A), and
# losing one is worse than writing it twice. So each is written, and whoever writes it does so once per act.
# `kept` is among them since the version that counts may be one that counted before.
REPEATABLE: frozenset[EntryKind] = frozenset({
    "hold_resolved", "right_decided", "right_ended", "approved", "released", "rehearsed", "stopped", "opened",
    "exported", "query_received", "query_answered", "meeting", "grading_complete", "access_request", "incident",
    "settings_changed", "staff_changed", "review_signed", "refused", "kept", "grade_decided",
    "text_decided", "query_changed", "query_read", "records_held", "transferred", "policy_acknowledged", "backed_up",
    "restored", "watched", "warning_decided",
})  # fmt: skip


# an object that such an entry names may be absent
GONE: frozenset[str] = frozenset({"erased", "retained", "withdrawn"})

# how the names begin that `settings_changed` has of what clocks run by, and of the law of the place
CLOCK_SETTINGS = ("calendar.", "feedback.", "law.")

# said once by a person, and counts until somebody says otherwise: codes, wishes about notices, decisions about rights
STANDING: tuple[EntryKind, ...] = ("settings_changed", "right_decided", "right_ended")


class Entry(BaseModel):
    """A fact, before it has its place in the chain."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: EntryKind
    actor: str = "pipeline"
    cycle: str | None = None
    report: str | None = None
    version: int | None = None
    student: str | None = None
    class_id: str | None = None  # of a hold on one course
    recipient: str | None = None
    channel: str | None = None
    delivery: str | None = None
    object: str | None = None  # store key
    digest: str | None = None  # of objects about a person: HMAC under that person's key
    reason: str | None = None  # closed code
    count: int | None = None
    extract: str | None = None  # of a hold, of a decision on one or on whose an id is, of a planned delivery
    finding: str | None = None  # of `right_decided`: schemas.log.rights_decision.Finding
    query: str | None = None  # id of a family's query
    # how a query came: phone, paper, email; of `approved`: beforehand; of `grade_decided`: hold; of a delivery by
    # message: the recipient of the same mailbox in whose notice it stands
    via: str | None = None
    role: str | None = None  # of `staff_changed`
    # of `staff_changed`: the staff id it is about; the actor is who did it. Of a query: the staff id of who answers it
    subject: str | None = None
    # of a question about a grade: schemas.log.settlements.Question; class and student too. Of a query that is closed:
    # schemas.log.query_threads.CloseReason. Of a short notice: its kind. Of a progress notice: added or removed.
    # Of an access request: apart
    cause: str | None = None
    line_item_id: str | None = None
    part_id: str | None = None  # category, period or class left
    on_behalf_of: str | None = None  # the teacher for whom somebody else decided: a staff id, or a reference
    due: str | None = None  # of a query: the last day for the answer (ISO 8601), as it was when the clock was set
    # of `query_changed` `delegated`: the first day; `due` is the last. Of a query, and of further words to it: the
    # instant at which it reached the school (ISO 8601, UTC), which may be before it was collected
    since: str | None = None
    slot: str | None = None  # of `meeting`: which time, by its random id
    # the random id of an incident, or of a request to see, correct, erase or hand on records
    case: str | None = None
    previous: str | None = None  # of `settings_changed`: digest of what the setting `reason` was

    @property
    def ends_approvals(self) -> bool:
        """Whether this changed a setting that guards releases. What clocks and the law run by lets nothing out."""
        is_change = self.kind == "settings_changed" and bool(self.previous)
        return is_change and not (self.reason or "").startswith(CLOCK_SETTINGS)

    @property
    def identity(self) -> tuple[str | int | None, ...]:
        return tuple(getattr(self, name) for name in IDENTITY)


BEFOREHAND = "beforehand"  # `via` of an approval that lets nothing out itself
WITH_HOLD = "hold"  # `via` of a decision that was made with that on a student's hold
REHEARSAL = "rehearsal"  # reason of `home_made`, which is the first entry of a rehearsal and of no other home


class Logged(Entry):
    """An entry in its place."""

    seq: int
    at: datetime  # UTC, by the machine's clock, always
    run: str
    as_of: datetime | None = None  # UTC; the day that the run was told, in a rehearsal or by `prepare`

    @property
    def day(self) -> datetime:
        """The instant that rules, clocks and reports go by; in a real home that of the machine."""
        return self.as_of or self.at

    @property
    def makes_rehearsal(self) -> bool:
        """Whether this home is a rehearsal: the first entry says so, or none does."""
        return self.seq == 1 and (self.kind, self.reason) == ("home_made", REHEARSAL)

    @property
    def fact(self) -> Entry:
        """Without its place."""
        return Entry.model_validate(self.model_dump(include=set(Entry.model_fields)))
