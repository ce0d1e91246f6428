"""The distribution log: append-only, hash-chained, in write-once storage (docs/log.md, docs/decisions/0003-log.md)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import chain, count
from pathlib import Path
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from termpost.schemas.base.clock import Clock
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.log.entry import GONE, IDENTITY, REPEATABLE, Entry, EntryKind, Logged
from termpost.tasks.log.anchor import advance, read_anchor
from termpost.tasks.log.segments import (
    PREFIX,
    BrokenError,
    ChainPlace,
    EntryRow,
    LogHead,
    check_head,
    head_key,
    number_of,
    read_head,
    read_segment,
    segment_key,
    write_head,
    write_segment,
)
from termpost.tasks.runtime.concurrent import concurrent_map
from termpost.tasks.secrets.signers import Signers
from termpost.tasks.store.interface import Store

SKEW = timedelta(seconds=5)  # by which the clocks of two machines that write may differ
HANDED_OVER = "log-key-rotated"  # reason of the entry whose digest is the next key, raw, in base64


class HandedOverError(InputError):
    """The log says that another key signs it from here on."""

    def __init__(self, place: ChainPlace, public: str) -> None:
        super().__init__("log-key-rotated", "the log was handed over to another key", "secrets/log.key",
                         "run it again; on another machine bring the new log.key there first")  # fmt: skip
        self.place, self.public = place, public

    def __reduce__(self) -> tuple[type["HandedOverError"], tuple[ChainPlace, str]]:
        return type(self), (self.place, self.public)  # what is kept beside the message must survive pickling too


class Log:
    """A writer's view of the log. Several may write at once, in threads, processes or on several machines: the store
    lets each segment number be taken once, and whoever comes second takes the next.

    Opening reads the whole chain and refuses a broken one (InputError `log-broken`): whoever cut the log short must
    not have the cut signed over by the next append.
    """

    def __init__(
        self, store: Store, key: Ed25519PrivateKey, anchor: Path, clock: Clock, signers: Signers | None = None,
        refuse: Callable[[], None] = lambda: None, changed: Callable[[Mapping[str, str]], list[Entry]] = lambda _: [],
    ) -> None:  # fmt: skip
        """`refuse` is asked before anything is written, and raises where nothing may be. `changed` gets the settings
        that the log knows (name → digest) and says what changed since: it is written before anything else is."""
        self._refuse, self._changed = refuse, changed
        self._settings: dict[str, str] = {}
        self._kept: dict[str, str] = {}  # object → digest, of those whose version the log says
        self._last: datetime | None = None  # when the last entry was written
        self._store, self._key, self._anchor, self._clock = store, key, anchor, clock
        self._public = signers or Signers(key.public_key())
        self._place = ChainPlace()
        self._known: set[bytes] = set()
        self._lock = Lock()
        with self._lock, _refusing():
            self._catch_up(self._highest())

    def append(self, run: str, entries: Sequence[Entry]) -> list[Logged]:
        """Writes the entries that are not yet in the log as one segment, durable on return, and gives them back.

        A fact that is there already, or twice in `entries`, is left out; acts (REPEATABLE) never are. Nothing new
        writes nothing. Killed anywhere, the same call again ends with each fact in the log once.

        Errors: InputError `log-broken` where the log in the store does not hold; nothing is written then.
        """
        self._refuse()
        with self._lock, _refusing():
            while True:
                self._catch_up(self._place.segment)
                logged = self._placed(run, self._with_changes(self._fresh(entries)))
                if not logged:
                    return []
                if self._write(logged):
                    return logged

    def entries(self, *kinds: EntryKind) -> Iterator[Logged]:
        """Every entry, or those of some kinds, in order, as of now; the chain is checked on the way."""
        for _, entries in self.read(ChainPlace(), *kinds):
            yield from entries

    def read(self, after: ChainPlace, *kinds: EntryKind) -> Iterator[tuple[ChainPlace, Iterator[Logged]]]:
        """The same, segment by segment from the one that follows `after`, each with the place where it ends."""
        with self._lock, _refusing():
            self._catch_up(self._place.segment)
            last = self._place.segment
        place, segments = after, concurrent_map(self._get, range(after.segment + 1, last + 1))
        while place.segment < last:
            with _refusing():
                place, rows = read_segment(next(segments), place, self._public)
            yield place, (Logged.model_validate(row) for row in rows if not kinds or row["kind"] in kinds)

    def kept(self) -> dict[str, str]:
        """Each kept object with the digest of the version that counts, as of now."""
        with self._lock, _refusing():
            self._catch_up(self._place.segment)
            return dict(self._kept)

    def head(self) -> LogHead | None:
        """The signed head of the last segment, to be published elsewhere; None while the log is empty."""
        with self._lock, _refusing():
            self._catch_up(self._place.segment)
            if not self._place.segment:
                return None
            return read_head(self._head_bytes(), self._place.segment, self._public)

    def _head_bytes(self) -> bytes:
        """The head of where the log stands; one that an earlier key signed is there, and nobody can make it anew."""
        if self._public.is_newest(self._place.segment):
            return write_head(self._place, self._key)
        return self._store.get(head_key(self._place.segment))

    def _highest(self) -> int:
        """The highest number in the store: without it a hole in the chain would look like its end."""
        return max((number_of(key) or 0 for key in self._store.list(PREFIX)), default=0)

    def _catch_up(self, least: int) -> None:
        """Reads what others wrote since, at least to number `least`, and fixes what a dying writer left undone."""
        anchored, doubt = None, None
        try:
            anchored = read_anchor(self._anchor, self._public)  # before the store, which is always ahead of it
        except BrokenError as error:  # it may be a later key's: then the log says so
            doubt = error
        least = max(least, anchored.segment if anchored else 0)
        for data, head in self._unread(least):
            place, rows = read_segment(data, self._place, self._public)
            next_key = self._learn(rows)
            self._close(place, head)
            self._place = place
            if next_key is not None and self._public.is_newest(place.segment):
                raise HandedOverError(place, next_key)
            if anchored and anchored.segment == place.segment and anchored.place != place:
                raise BrokenError(place.segment, "anchor-mismatch")
        if doubt is not None:
            raise doubt
        if self._place.segment < least:
            raise BrokenError(self._place.segment + 1, "truncated")
        self._advance(anchored)

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

    def _learn(self, rows: Iterator[EntryRow]) -> str | None:
        """Keeps in mind which facts are there; returns the key that the log is handed over to, in base64."""
        next_key, row = None, None
        for row in rows:
            if row["kind"] == "kept":
                self._kept[row.get("object", "")] = row.get("digest", "")
            elif row["kind"] in GONE:
                self._kept.pop(row.get("object", ""), None)
            if row["kind"] not in REPEATABLE:
                self._known.add(_mark(tuple(row.get(name) for name in IDENTITY)))
            elif row.get("reason") == HANDED_OVER:
                next_key = str(row["digest"])
            elif row.get("previous"):
                self._settings[row["reason"]] = row["digest"]
        if row is not None:
            self._last = datetime.fromisoformat(row["at"])
        return next_key

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

    def _advance(self, anchored: LogHead | None) -> None:
        if self._place.segment > (anchored.segment if anchored else 0):
            advance(self._anchor, self._place.segment, self._head_bytes(), self._public)

    def _fresh(self, entries: Sequence[Entry]) -> list[Entry]:
        seen: set[bytes] = set()
        fresh = []
        for entry in entries:
            mark = _mark(entry.identity)
            if entry.kind in REPEATABLE or not (mark in self._known or mark in seen):
                fresh.append(entry)
                seen.add(mark)
        return fresh

    def _with_changes(self, entries: list[Entry]) -> list[Entry]:
        """With what changed in the settings; before it stands nothing but what kind of home this is."""
        changes = self._changed(self._settings)
        made = [entry for entry in entries[:1] if entry.kind == "home_made" and self._place.entries == 0]
        return [*made, *changes, *entries[len(made) :]]

    def _placed(self, run: str, entries: list[Entry]) -> list[Logged]:
        at, told, first = self._clock.now(), self._clock.told, self._place.entries + 1
        _refuse_behind(at, self._last)
        said = [{name: getattr(entry, name) for name in Entry.model_fields} for entry in entries]
        return [Logged(**fact, seq=first + n, at=at, as_of=told, run=run) for n, fact in enumerate(said)]

    def _write(self, logged: list[Logged]) -> bool:
        """Takes the next number; False where another writer has it."""
        data = write_segment(self._place, logged, logged[0].at, self._key)
        name = segment_key(self._place.segment + 1)
        try:
            self._store.put(name, data, once=True)
        except FileExistsError:
            if self._store.get(name) != data:  # equal: ours, by a retry inside the store after an answer got lost
                return False
        self._catch_up(self._place.segment + 1)
        return True


def _refuse_behind(now: datetime, last: datetime | None) -> None:
    """An entry that seems older than the one before it would count as made in time, or as lapsed.

    Raises:
        Refused: `clock-behind`.
    """
    if last is not None and now < last - SKEW:
        raise Refused("clock-behind",
                      f"this machine's clock says {now:%Y-%m-%d %H:%M:%S} UTC, "
                      f"and the log's last entry was written at {last:%Y-%m-%d %H:%M:%S} UTC",
                      "the machine's clock", "set the clock (NTP); nothing is written until then")  # fmt: skip


def _mark(identity: tuple[object, ...]) -> bytes:
    """Sixteen bytes that stand for a fact: it is in memory for every fact of the log, and two never share one."""
    return blake2b(repr(identity).encode(), digest_size=16).digest()


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except BrokenError as error:
        raise InputError(
            "log-broken",
            f"the distribution log does not hold ({error.reason})",
            segment_key(error.segment) if error.segment else "the log's anchor",
            "run `termpost log verify` and restore what was changed from a copy; nothing is written until then",
        ) from error
