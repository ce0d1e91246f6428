"""The distribution log: append-only, hash-chained, in write-once storage (docs/log.md, docs/decisions/0003-log.md)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, count
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from termpost.schemas.base.clock import Clock
from termpost.schemas.log.entry import Entry, EntryKind, Logged
from termpost.tasks.log.anchor import Anchor, RememberedEnd, advance, begin, read_end
from termpost.tasks.log.checkpoint import refuse_other_checkpoint, write_checkpoint
from termpost.tasks.log.known_entries import KnownEntries
from termpost.tasks.log.refusals import HandedOverError, refuse_behind, refusing
from termpost.tasks.log.segments import (
    PREFIX,
    BrokenError,
    ChainPlace,
    LogHead,
    check_head,
    checkpoint_key,
    head_key,
    number_of,
    read_head,
    read_segment,
    segment_key,
    write_head,
    write_segment,
)
from termpost.tasks.log.tree import LogTree, lines_of
from termpost.tasks.runtime.concurrent import concurrent_map
from termpost.tasks.secrets.signers import Signers
from termpost.tasks.store.interface import Store

BEGINS = "log-end-counted"  # reason of the entry with which a home begins to remember a log that was there before


class Log:
    """A writer's view of the log. Several may write at once, in threads, processes or on several machines: the store
    lets each segment number be taken once, and whoever comes second takes the next.

    Opening reads the whole chain and refuses a broken one (InputError `log-broken`): whoever cut the log short must
    not have the cut signed over by the next append.
    """

    def __init__(
        self, store: Store, key: Ed25519PrivateKey, anchor: Anchor | None, clock: Clock, signers: Signers | None = None,
        refuse: Callable[[], None] = lambda: None, changed: Callable[[Mapping[str, str]], list[Entry]] = lambda _: [],
    ) -> None:  # fmt: skip
        """`refuse` is asked before anything is written, and raises where nothing may be. `changed` gets the settings
        that the log knows (name → digest) and says what changed since: it is written before anything else is.
        Without an anchor nothing is remembered of the end, and nothing asked of it."""
        self._refuse, self._changed = refuse, changed
        self._store, self._key, self._anchor, self._clock = store, key, anchor, clock
        self._public = signers or Signers(key.public_key())
        self._place, self._tree = ChainPlace(), LogTree()
        self._checkpoint = 0  # number of the last that is known to lie there
        self._begins = False  # what is written next must say that this home begins to remember the end
        self._known = KnownEntries()
        self._lock = Lock()
        with self._lock, refusing():
            self._catch_up(self._highest())

    def append(self, run: str, entries: Sequence[Entry]) -> list[Logged]:
        """Writes the entries that are not yet in the log as one segment, durable on return, and gives them back.

        A fact that is there already, or twice in `entries`, is left out; acts (REPEATABLE) never are. Nothing new
        writes nothing. Killed anywhere, the same call again ends with each fact in the log once.

        Errors: InputError `log-broken` where the log in the store does not hold; nothing is written then.
        """
        self._refuse()
        with self._lock, refusing():
            while True:
                self._catch_up(self._place.segment)
                logged = self._placed(run, self._with_changes(self._known.fresh(entries)))
                if not logged:
                    return []
                if self._write(logged):
                    return logged

    def begin(self, run: str) -> None:
        """Says so where this home only begins to remember the end of the log, and remembers it."""
        with self._lock, refusing():
            self._catch_up(self._place.segment)
        if self._begins:
            self.append(run, [Entry(kind="settings_changed", reason=BEGINS, count=self._place.segment)])

    def entries(self, *kinds: EntryKind) -> Iterator[Logged]:
        """Every entry, or those of some kinds, in order, as of now; the chain is checked on the way."""
        for _, entries in self.read(ChainPlace(), *kinds):
            yield from entries

    def read(self, after: ChainPlace, *kinds: EntryKind) -> Iterator[tuple[ChainPlace, Iterator[Logged]]]:
        """The same, segment by segment from the one that follows `after`, each with the place where it ends."""
        with self._lock, refusing():
            self._catch_up(self._place.segment)
            last = self._place.segment
        place, segments = after, concurrent_map(self._get, range(after.segment + 1, last + 1))
        while place.segment < last:
            with refusing():
                place, rows = read_segment(next(segments), place, self._public)
            yield place, (Logged.model_validate(row) for row in rows if not kinds or row["kind"] in kinds)

    def kept(self) -> dict[str, str]:
        """Each kept object with the digest of the version that counts, as of now."""
        with self._lock, refusing():
            self._catch_up(self._place.segment)
            return dict(self._known.kept)

    def head(self) -> LogHead | None:
        """The signed head of the last segment, to be published elsewhere; None while the log is empty."""
        with self._lock, refusing():
            self._catch_up(self._place.segment)
            if not self._place.segment:
                return None
            return read_head(self._head_bytes(), self._place.segment, self._public)

    def checkpoint(self) -> tuple[LogHead, bytes] | None:
        """The same head, and as other people's witnesses know it; None while the log is empty.

        Raises:
            KeyError: an earlier key signed it, and left no checkpoint: the next entry brings one.
        """
        with self._lock, refusing():
            self._catch_up(self._place.segment)
            number = self._place.segment
            if not number:
                return None
            is_ours = self._public.is_newest(number)
            note = write_checkpoint(self._tree, self._key, self._public) if is_ours else b""
            head = read_head(self._head_bytes(), number, self._public)
            return head, note or self._store.get(checkpoint_key(number))

    def _head_bytes(self) -> bytes:
        """The head of where the log stands; one that an earlier key signed is there, and nobody can make it anew."""
        if self._public.is_newest(self._place.segment):
            return write_head(self._place, self._key)
        return self._store.get(head_key(self._place.segment))

    def _highest(self) -> int:
        """The highest number in the store: without it a hole in the chain would look like its end."""
        highest = 0
        for key in self._store.list(PREFIX):
            number = number_of(key) or 0
            highest = max(highest, number)
            if key == checkpoint_key(number):
                self._checkpoint = max(self._checkpoint, number)
        return highest

    def _catch_up(self, least: int) -> None:
        """Reads what others wrote since, at least to number `least`, and fixes what a dying writer left undone."""
        end, doubt = RememberedEnd(), None
        try:
            if self._anchor:
                end = read_end(self._anchor, self._public)  # before the store, which is always ahead of it
        except BrokenError as error:  # it may be a later key's: then the log says so
            doubt = error
        least = max(least, end.least)
        for data, head in self._unread(least):
            place, rows = read_segment(data, self._place, self._public)
            next_key = self._known.learn(rows)
            self._close(place, head)
            self._tree.add(lines_of(data))
            self._place = place
            if next_key is not None and self._public.is_newest(place.segment):
                raise HandedOverError(place, next_key)
            if end.head and end.head.segment == place.segment and end.head.place != place:
                raise BrokenError(place.segment, "anchor-mismatch")
        if doubt is not None:
            raise doubt
        if self._place.segment < least:
            raise BrokenError(self._place.segment + 1, "truncated")
        if self._checkpoint:  # else the log is of an earlier version, and what only reads it writes nothing
            self._put_checkpoint()
        self._remember(end)

    def _unread(self, least: int) -> Iterator[tuple[bytes, bytes | None]]:
        """Segments after the one where this log stands, with their heads: what must be there is fetched side by side,
        since on an S3 each answer takes milliseconds."""
        numbers = chain(concurrent_map(self._pair, range(self._place.segment + 1, least + 1)),
                        map(self._pair, count(max(self._place.segment, least) + 1)))  # fmt: skip
        for segment, head in numbers:
            if segment is None:
                return
            yield segment, head

    def _pair(self, number: int) -> tuple[bytes | None, bytes | None]:
        segment = self._get_or_none(segment_key(number))
        return segment, None if segment is None else self._get_or_none(head_key(number))

    def _get_or_none(self, key: str) -> bytes | None:
        try:
            return self._store.get(key)
        except KeyError:
            return None

    def _get(self, number: int) -> bytes:
        if (data := self._get_or_none(segment_key(number))) is None:
            raise BrokenError(number, "segment-missing")
        return data

    def _close(self, place: ChainPlace, head: bytes | None) -> None:
        """Sees to it that the segment has its head. A writer that died after the segment left none; the segment's own
        signature says that it was a writer of ours."""
        if head is None:
            self._put_head(place)
        else:
            check_head(head, place, self._public)

    def _put_head(self, place: ChainPlace) -> None:
        try:
            self._store.put(head_key(place.segment), write_head(place, self._key), once=True)
        except FileExistsError:  # another writer fixed it first
            check_head(self._store.get(head_key(place.segment)), place, self._public)

    def _put_checkpoint(self) -> None:
        """Beside the head of where the log stands, unless one lies there; an earlier key signs none any more."""
        number = self._place.segment
        if self._checkpoint >= number or not self._public.is_newest(number):
            return
        try:
            data = write_checkpoint(self._tree, self._key, self._public)
            self._store.put(checkpoint_key(number), data, once=True)
        except FileExistsError:  # the same bytes, whoever wrote them
            refuse_other_checkpoint(self._store.get(checkpoint_key(number)), self._place, self._public, self._tree)
        self._checkpoint = number

    def _remember(self, end: RememberedEnd) -> None:
        """Where the log stands, outside the store; what is to be said first waits for what is written next."""
        self._begins = end.begins_at(self._place.segment) or (self._begins and end.state != "sealed")
        if self._anchor is None or self._begins or not self._place.segment:
            return
        if not end.is_settled or self._place.segment > end.least:
            head = read_head(self._head_bytes(), self._place.segment, self._public)
            advance(self._anchor, head, self._public)

    def _with_changes(self, entries: list[Entry]) -> list[Entry]:
        """With what changed in the settings; before it stands nothing but what kind of home this is."""
        changes = self._changed(self._known.settings)
        if self._begins and self._anchor and (entries or changes) and not any(one.reason == BEGINS for one in entries):
            changes = [Entry(kind="settings_changed", reason=BEGINS, count=self._place.segment), *changes]
        made = [entry for entry in entries[:1] if entry.kind == "home_made" and self._place.entries == 0]
        return [*made, *changes, *entries[len(made) :]]

    def _placed(self, run: str, entries: list[Entry]) -> list[Logged]:
        at, told, first = self._clock.now(), self._clock.told, self._place.entries + 1
        refuse_behind(at, self._known.last)
        said = [{name: getattr(entry, name) for name in Entry.model_fields} for entry in entries]
        return [Logged(**fact, seq=first + n, at=at, as_of=told, run=run) for n, fact in enumerate(said)]

    def _write(self, logged: list[Logged]) -> bool:
        """Takes the next number; False where another writer has it."""
        data = write_segment(self._place, logged, logged[0].at, self._key)
        name = segment_key(self._place.segment + 1)
        if self._anchor and (self._begins or not self._place.segment):
            begin(self._anchor, self._place.segment, self._public)
        try:
            self._store.put(name, data, once=True)
        except FileExistsError:
            if self._store.get(name) != data:  # equal: ours, by a retry inside the store after an answer got lost
                return False
        self._begins = False
        self._catch_up(self._place.segment + 1)
        self._put_checkpoint()
        return True
