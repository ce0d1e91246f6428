"""How each meeting with a family stands, read from the log alone: a meeting is a query that has entries `meeting`.

Two households of one child are two queries and so two meetings. Where both asked for one, each has an entry `wanted`
with cause `together`: then the two keep their own threads, and share the time.

A time (slot) that was given to somebody is never offered again under its id, so an old page cannot take it back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from termpost.schemas.documents.feedback.door import MeetingStep
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.query_threads import QueryThread

MeetingWay = Literal["room", "phone", "video"]  # `via` of `offered`, `booked` and `moved`
WAYS: tuple[MeetingWay, ...] = get_args(MeetingWay)
MeetingWish = Literal["interpreter", "together"]  # `cause` of `wanted`
EVERYONE = "for-everyone"  # `cause` of `minutes` that staff marked for everybody who is entitled to the report
CHANGES = frozenset({"booked", "moved"})


@dataclass
class MeetingState:
    """One meeting of one household."""

    query: str
    student: str | None  # reference
    recipient: str | None  # reference of whoever is met; None: not known
    is_live: bool  # who asked may have an answer, and the query is not closed
    step: MeetingStep = "wanted"
    offers: dict[str, Logged] = field(default_factory=dict)  # slot → how it was offered; those that still stand here
    booked: Logged | None = None  # `booked` or `moved`, of a meeting that takes place or took place
    changed: Logged | None = None  # the last `booked`, `moved` or `cancelled` that a calendar must be told of
    changes: int = 0  # how many of those there were
    wishes: set[str] = field(default_factory=set)  # MeetingWish
    reminded: set[str] = field(default_factory=set)  # slots of which somebody was reminded
    minutes: list[Logged] = field(default_factory=list)

    @property
    def sequence(self) -> int:
        """SEQUENCE of the invitation (RFC 5545, 3.8.7.4): 0 for the first one."""
        return max(self.changes - 1, 0)

    @property
    def slot(self) -> str | None:
        """The time that was booked."""
        return self.booked.slot if self.booked else None


@dataclass
class Meetings:
    """All of them."""

    by_query: dict[str, MeetingState] = field(default_factory=dict)
    given: dict[str, set[str]] = field(default_factory=dict)  # slot → queries that have or had it

    def offers_of(self, query: str) -> list[str]:
        """The slots that this household may still take, in the order in which they were offered."""
        state = self.by_query.get(query)
        return [slot for slot in state.offers if slot not in self.given] if state and state.is_live else []

    def offered(self) -> dict[str, list[str]]:
        """Every slot that somebody may still take, with the queries it is offered to."""
        found: dict[str, list[str]] = {}
        for query in self.by_query:
            for slot in self.offers_of(query):
                found.setdefault(slot, []).append(query)
        return found

    def booked(self) -> list[MeetingState]:
        """The meetings that are agreed on and neither cancelled, held nor missed."""
        return [state for state in self.by_query.values() if state.step == "booked" and state.booked]

    def companions(self, query: str, slot: str) -> list[str]:
        """Whoever takes part in the same meeting because both households asked for one: who has, or was offered, the
        same time. Others, of the same child too, never."""
        mine = self.by_query[query]
        if "together" not in mine.wishes or mine.student is None:
            return []
        return [
            one.query for one in self.by_query.values()
            if one.query != query and one.student == mine.student and "together" in one.wishes and one.is_live
            and (one.slot == slot or (slot in one.offers and slot not in self.given))
        ]  # fmt: skip


def meeting_states(threads: Mapping[str, QueryThread]) -> Meetings:
    """The meetings among all queries, in their order."""
    found = Meetings()
    for thread in threads.values():
        if thread.kind != "meeting" and not thread.meetings:
            continue
        is_live = thread.has_right and thread.state != "closed"
        state = MeetingState(thread.id, thread.student, thread.contact, is_live)
        _fold(state, thread.meetings)
        found.by_query[thread.id] = state
        for slot in taken_slots(thread.meetings):
            found.given.setdefault(slot, set()).add(thread.id)
    return found


def taken_slots(entries: Iterable[Logged]) -> set[str]:
    """The slots that were given to somebody, whatever became of the meeting."""
    return {entry.slot for entry in entries if entry.kind == "meeting" and entry.reason in CHANGES and entry.slot}


def _fold(state: MeetingState, entries: Sequence[Logged]) -> None:
    for entry in entries:
        slot = entry.slot or ""
        if entry.reason in CHANGES:
            state.booked, state.step = entry, "booked"
            state.offers.clear()
            _count(state, entry)
        elif entry.reason == "offered":
            state.offers[slot] = entry
            state.step = state.step if state.step == "booked" else "offered"
        elif entry.reason == "cancelled":
            _cancel(state, slot, entry)
        elif entry.reason == "wanted":
            state.wishes |= {entry.cause} if entry.cause else set()
        elif entry.reason == "held":
            state.step = "held"
        elif entry.reason == "missed":
            state.step = "missed"
        elif entry.reason == "reminded":
            state.reminded.add(slot)
        elif entry.reason == "minutes":
            state.minutes.append(entry)


def _cancel(state: MeetingState, slot: str, entry: Logged) -> None:
    if state.slot == slot:
        state.booked = None
        _count(state, entry)
    state.offers.pop(slot, None)
    if state.booked is None:
        state.step = "offered" if state.offers else "cancelled"


def _count(state: MeetingState, entry: Logged) -> None:
    state.changed, state.changes = entry, state.changes + 1
