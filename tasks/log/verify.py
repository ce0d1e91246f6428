"""Whether the log is whole: anyone with the public key can ask, and nothing is written (docs/log.md)."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from termpost.schemas.log.entry import GONE, Logged
from termpost.tasks.log.anchor import Anchor, RememberedEnd, read_end
from termpost.tasks.log.checkpoint import refuse_other_checkpoint
from termpost.tasks.log.heads import HeadMonitor, TrustedTree, Witnessed, read_witnesses
from termpost.tasks.log.segments import (
    PREFIX,
    BreakReason,
    BrokenError,
    ChainPlace,
    EntryRow,
    Outline,
    check_head,
    checkpoint_key,
    head_key,
    number_of,
    outline,
    read_segment,
    segment_key,
    skim_segment,
)
from termpost.tasks.log.tree import LogTree, lines_of
from termpost.tasks.runtime.concurrent import concurrent_map
from termpost.tasks.secrets.signers import Signer
from termpost.tasks.store.interface import Store

AT_ONCE = 4  # segments that are read at once, of which no more than twice as many are in memory


@dataclass(frozen=True)
class ChainVerdict:
    """The answer: how far the chain holds, and where it stops."""

    ok: bool
    segments: int  # that hold
    entries: int  # in them
    head: str | None  # sha256 of the last segment that holds, hex
    broken_at: str | None  # store key of the segment
    reason: BreakReason | None
    end: RememberedEnd = field(default=RememberedEnd(), compare=False)  # what this home remembers
    checkpoint: int = field(default=0, compare=False)  # segment of the newest that holds; 0 where there is none
    object: str | None = None  # store key of the one that is not as an entry says


@dataclass
class _Objects:
    """What the entries say of objects; of several that name one object, the last counts."""

    matches: Callable[[Logged], bool]
    store: Store
    last: dict[str, tuple[int, EntryRow | None]] = field(default_factory=dict)  # object → segment and entry; None: gone

    def see(self, row: EntryRow, segment: int) -> None:
        name = row.get("object")
        if name is None:
            return
        if row.get("digest") is not None:  # also of what was withdrawn: then a page that says so lies there
            self.last[name] = (segment, row)
        elif row["kind"] in GONE:
            self.last[name] = (segment, None)

    def settle(self) -> None:
        """In the order of the log, so that the first place that does not hold is named."""
        for segment, row in sorted(self.last.values(), key=lambda said: said[0]):
            if row is not None and not self.matches(Logged.model_validate(row)):
                key = str(row["object"])
                is_there = self.store.head(key) is not None
                raise BrokenError(segment, "object-changed" if is_there else "object-missing", key)


def verify(
    store: Store,
    public_key: Signer,
    anchor: Anchor | None,
    full: bool = False,
    *,
    published: Sequence[str] = (),
    objects: Callable[[Logged], bool] | None = None,
    patience: float = 1.0,
) -> ChainVerdict:
    """Holds every byte under log/ against chain, signatures, counts, anchor and published heads. Writers may go on
    meanwhile.

    Args:
        anchor: where a writer keeps its last head; None for an auditor who has none (a cut tail then shows only
            against a published head).
        full: also reads each row, and asks `objects` of the last entry with a digest for each object; one that is
            absent or differs is right only if a later entry erased, retained or withdrew it.
        published: what was kept of `log head`: its JSON, or the sum in it.
        objects: whether the object that an entry names is there with its digest.
        patience: seconds to wait for the head of the last segment, whose writer may be at work.

    Errors: InputError `bad-head` where a published head is none.
    """
    if full and objects is None:
        raise ValueError("a full check needs a way to look at objects")
    walk, end = _Walk(store, public_key, patience), RememberedEnd()
    try:
        if anchor is not None:
            end = read_end(anchor, public_key)  # first: the store may only be ahead of it
        witnesses = read_witnesses(end, published, public_key)
        last, written, checkpoints = _files(store)
        _refuse_rewritten(store, patience)
        if full or any(isinstance(one, TrustedTree) for one in witnesses) or not walk.skim(last, witnesses):
            walk.read(last, witnesses, checkpoints, written, _Objects(objects, store) if full and objects else None)
        walk.refuse_shorter(end.least)
        newest = walk.check_newest(checkpoints)
    except BrokenError as broken:
        where = segment_key(broken.segment) if broken.segment else None
        return ChainVerdict(False, walk.place.segment, walk.place.entries, _sha256(walk.place), where, broken.reason,
                            end, object=broken.key)  # fmt: skip
    return ChainVerdict(True, walk.place.segment, walk.place.entries, _sha256(walk.place), None, None, end, newest)


def _sha256(place: ChainPlace) -> str | None:
    return place.sha256 if place.segment else None


def _files(store: Store) -> tuple[int, int, set[int]]:
    """The highest number there is, that of a segment or head, and which segments have a checkpoint; BrokenError where
    something else lies under log/."""
    last, written, checkpoints = 0, 0, set()
    for key in store.list(PREFIX):
        number = number_of(key)
        if number is None:
            raise BrokenError(0, "alien-file")  # not named: anything may stand in a name that is not ours
        last = max(last, number)
        if key == checkpoint_key(number):
            checkpoints.add(number)
        else:
            written = max(written, number)
    return last, written, checkpoints


def _refuse_rewritten(store: Store, patience: float) -> None:
    """A store that keeps versions knows what a second put or a deletion hides, whatever the first version says.

    A writer who came second takes their version away at once; what is still there after `patience` is no race.
    """
    until = time.monotonic() + patience
    while key := next(store.rewritten(PREFIX), None):
        if time.monotonic() >= until:
            raise BrokenError(number_of(key) or 0, "rewritten")
        time.sleep(0.02)


class _Walk:
    """One way through the chain; `place` is how far it held."""

    def __init__(self, store: Store, public_key: Signer, patience: float) -> None:
        self.place = ChainPlace()
        self._entries = {0: 0}  # segment → entries up to its end
        self._store, self._key, self._patience = store, public_key, patience

    def skim(self, last: int, witnesses: Sequence[Witnessed]) -> bool:
        """Whether the log surely holds, at one signature and one sum a segment; no says nothing yet.

        A good head says which bytes its segment had when the key's owner vouched for it, and nobody else can make
        another segment with that sum. So only a fault of the owner's own writer is left for `read` to find.
        """
        watch, self.place = HeadMonitor(witnesses, self._key), ChainPlace()
        try:
            # reading and summing lets other threads work; what must be in order and is not, is the cheaper half
            for seen, head in concurrent_map(self._outline, range(1, last + 1), AT_ONCE):
                place = skim_segment(seen, self.place)
                check_head(head, place, self._key)
                watch.see(place)
                self.place = place
                self._entries[place.segment] = place.entries
            watch.end(self.place)
        except (KeyError, BrokenError):
            return False
        return True

    def _outline(self, number: int) -> tuple[Outline, bytes]:
        """Of a segment, with its head; KeyError where either is not there."""
        return outline(self._store.get(segment_key(number))), self._store.get(head_key(number))

    def read(
        self, last: int, witnesses: Sequence[Witnessed], checkpoints: set[int], written: int, seen: _Objects | None
    ) -> None:  # fmt: skip
        """Reads every row, and computes each checkpoint anew; BrokenError says what is wrong, and where first.

        Args:
            written: the last number of which a segment or a head is there. A checkpoint after it says what was cut off.
        """
        tree = LogTree()
        watch, self.place = HeadMonitor(witnesses, self._key), ChainPlace()
        for number in range(1, last + 1):
            # asked for by name: a list taken while others write may skip what it should show
            try:
                data = self._store.get(segment_key(number))
            except KeyError:
                raise BrokenError(number, "segment-missing" if number <= written else "truncated") from None
            place, rows = read_segment(data, self.place, self._key)
            check_head(self._head(number), place, self._key)
            for row in rows:  # read in any case: that is what checks them
                if seen:
                    seen.see(row, number)
            tree.add(lines_of(data))
            if number in checkpoints:
                refuse_other_checkpoint(self._store.get(checkpoint_key(number)), place, self._key, tree)
            self.place = place
            self._entries[number] = place.entries
            watch.see(place, tree)
        watch.end(self.place)
        if seen:
            seen.settle()

    def refuse_shorter(self, least: int) -> None:
        if self.place.segment < least:
            raise BrokenError(self.place.segment + 1, "truncated")

    def check_newest(self, checkpoints: set[int]) -> int:
        """The number of the newest checkpoint, which must be of its segment. It may be behind the last head: a writer
        that died, or an earlier version, left none, and the next one writes it."""
        newest = max((number for number in checkpoints if number <= self.place.segment), default=0)
        if newest:
            place = ChainPlace(newest, self._entries[newest])
            refuse_other_checkpoint(self._store.get(checkpoint_key(newest)), place, self._key, None)
        return newest

    def _head(self, number: int) -> bytes:
        until = time.monotonic() + self._patience
        while True:
            try:
                return self._store.get(head_key(number))
            except KeyError:
                if time.monotonic() >= until:
                    raise BrokenError(number, "head-missing") from None
            time.sleep(0.02)
