"""How a meeting stands, from the entries of its thread alone."""

from datetime import UTC, datetime

import pytest
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.meetings.meeting_states import Meetings, meeting_states
from termpost.schemas.log.query_threads import query_threads

AT = datetime(2021, 12, 17, 14, tzinfo=UTC)
HERS, HIS = "q00000000000a", "q00000000000b"


def told(*said: str) -> Meetings:
    """Each as `query reason slot cause`, with a dash for what it does not say; both ask at first."""
    entries = [_entry(n, "query_received", query, "meeting") for n, query in enumerate((HERS, HIS), 1)]
    for number, words in enumerate(said, 3):
        query, reason, slot, cause = (None if word == "-" else word for word in (words + " - -").split()[:4])
        kind = {"no-right": "query_noticed", "closed": "query_changed"}.get(reason or "", "meeting")
        entries.append(_entry(number, kind, HERS if query == "hers" else HIS, reason, slot=slot, cause=cause))
    return meeting_states(query_threads(entries))


def _entry(seq: int, kind: str, query: str, reason: str | None, **about: object) -> Logged:
    who = {"student": "p1", "recipient": "pa" if query == HERS else "pb", "subject": "mlopez"}
    said = {"seq": seq, "at": AT, "run": "test", "kind": kind, "query": query, "reason": reason, **who, **about}
    return Logged.model_validate(said)


@pytest.mark.parametrize(
    ("said", "step", "slot", "sequence"),
    [
        ((), "wanted", None, 0),
        (("hers offered a", "hers offered b"), "offered", None, 0),
        (("hers offered a", "hers booked a"), "booked", "a", 0),
        (("hers offered a", "hers booked a", "hers moved c"), "booked", "c", 1),
        (("hers offered a", "hers booked a", "hers cancelled a"), "cancelled", None, 1),
        (("hers offered a", "hers booked a", "hers cancelled a", "hers offered d"), "offered", None, 1),
        (("hers offered a", "hers booked a", "hers cancelled a", "hers offered d", "hers booked d"), "booked", "d", 2),
        (("hers offered a", "hers offered b", "hers cancelled a"), "offered", None, 0),
        (("hers offered a", "hers cancelled a"), "cancelled", None, 0),
        (("hers offered a", "hers booked a", "hers offered b"), "booked", "a", 0),
        (("hers offered a", "hers booked a", "hers held a", "hers minutes a"), "held", "a", 0),
        (("hers offered a", "hers booked a", "hers missed a"), "missed", "a", 0),
    ],
)
def test_table_of_states(said: tuple[str, ...], step: str, slot: str | None, sequence: int) -> None:
    state = told(*said).by_query[HERS]
    assert (state.step, state.slot, state.sequence) == (step, slot, sequence)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (("hers offered a", "his offered a", "his offered b", "hers booked a"), ["b"]),
        (("hers offered a", "his offered a", "hers booked a", "hers cancelled a", "his offered c"), ["c"]),
        (("his offered a", "his no-right"), []),
        (("his offered a", "his closed"), []),
        (("his offered a", "his offered b", "his booked a"), []),
    ],
)
def test_table_of_what_is_still_offered(said: tuple[str, ...], left: list[str]) -> None:
    assert told(*said).offers_of(HIS) == left


def test_two_households_are_one_meeting_only_where_both_asked() -> None:
    offered = ("hers offered a", "his offered a")
    assert told(*offered).companions(HERS, "a") == []
    assert told(*offered, "his wanted - together").companions(HERS, "a") == []
    assert told(*offered, "hers wanted - together").companions(HERS, "a") == []
    assert told(*offered, "hers wanted - together", "his wanted - together").companions(HERS, "a") == [HIS]
    assert told("hers wanted - together", "his wanted - together").companions(HERS, "a") == []
