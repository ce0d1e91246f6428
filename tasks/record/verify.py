"""Whether the log is whole: anyone with the public key can ask, and nothing is written (docs/log.md)."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from schemas.entry import Logged
from tasks.record.anchor import read_anchor
from tasks.record.segments import (
    PREFIX,
    BrokenError,
    Head,
    Place,
    Reason,
    Row,
    check_head,
    head_key,
    number_of,
    read_segment,
    segment_key,
)
from tasks.store import Store

GONE = frozenset({"erased", "retained", "withdrawn"})  # an object that such an entry names may be absent


@dataclass(frozen=True)
class Verdict:
    """The answer: how far the chain holds, and where it stops."""

    ok: bool
    segments: int  # that hold
    entries: int  # in them
    head: str | None  # sha256 of the last segment that holds, hex
    broken_at: str | None  # store key of the segment
    reason: Reason | None


@dataclass
class _Objects:
    """What the entries say of objects, and which of them the store does not bear out."""

    matches: Callable[[Logged], bool]
    gone: dict[str, int] = field(default_factory=dict)  # object → seq of the last entry that removes it
    missing: list[tuple[int, str, int]] = field(default_factory=list)  # seq, object, segment

    def see(self, row: Row, segment: int) -> None:
        name, digest = row.get("object"), row.get("digest")
        if name is None:
            return
        if row["kind"] in GONE:
            self.gone[name] = row["seq"]
        elif digest is not None and not self.matches(Logged.model_validate(row)):
            self.missing.append((row["seq"], name, segment))

    def settle(self) -> None:
        for seq, name, segment in self.missing:
            if self.gone.get(name, 0) < seq:
                raise BrokenError(segment, "object-missing")


def verify(
    store: Store,
    public_key: Ed25519PublicKey,
    anchor: Path | None,
    full: bool = False,
    *,
    objects: Callable[[Logged], bool] | None = None,
    patience: float = 1.0,
) -> Verdict:
    """Holds every byte under log/ against chain, signatures and anchor. Writers may go on meanwhile.

    Args:
        anchor: where a writer keeps its last head; None for an auditor who has none (a cut tail then shows only
            against a published head).
        full: also asks `objects` of every entry with object and digest; one that is absent or differs is right only
            if a later entry erased, retained or withdrew it.
        objects: whether the object that an entry names is there with its digest.
        patience: seconds to wait for the head of the last segment, whose writer may be at work.
    """
    if full and objects is None:
        raise ValueError("a full check needs a way to look at objects")
    seen = _Objects(objects) if full and objects else None
    place = Place()
    try:
        anchored = read_anchor(anchor, public_key) if anchor else None  # first: the store may only be ahead of it
        for _ in range(_last(store)):
            place = _step(store, place, public_key, seen, patience)
            if anchored and anchored.segment == place.segment and anchored.place != place:
                raise BrokenError(place.segment, "anchor-mismatch")  # noqa: TRY301 - one place turns it into a verdict
        _settle(place, anchored, seen)
    except BrokenError as broken:
        where = segment_key(broken.segment) if broken.segment else None
        return Verdict(False, place.segment, place.entries, _sha256(place), where, broken.reason)
    return Verdict(True, place.segment, place.entries, _sha256(place), None, None)


def _sha256(place: Place) -> str | None:
    return place.sha256 if place.segment else None


def _last(store: Store) -> int:
    """The highest number there is; BrokenError where something else lies under log/."""
    last = 0
    for key in store.list(PREFIX):
        number = number_of(key)
        if number is None:
            raise BrokenError(0, "alien-file")  # not named: anything may stand in a name that is not ours
        last = max(last, number)
    return last


def _step(store: Store, after: Place, public_key: Ed25519PublicKey, seen: _Objects | None, patience: float) -> Place:
    number = after.segment + 1
    # asked for by name: a list taken while others write may skip what it should show
    try:
        data = store.get(segment_key(number))
    except KeyError:
        raise BrokenError(number, "segment-missing") from None
    place, rows = read_segment(data, after, public_key)
    check_head(_head(store, number, patience), place, public_key)
    for row in rows:  # read in any case: that is what checks them
        if seen:
            seen.see(row, number)
    return place


def _head(store: Store, number: int, patience: float) -> bytes:
    until = time.monotonic() + patience
    while True:
        try:
            return store.get(head_key(number))
        except KeyError:
            if time.monotonic() >= until:
                raise BrokenError(number, "head-missing") from None
        time.sleep(0.02)


def _settle(place: Place, anchored: Head | None, seen: _Objects | None) -> None:
    if anchored and anchored.segment > place.segment:
        raise BrokenError(place.segment + 1, "truncated")
    if seen:
        seen.settle()
