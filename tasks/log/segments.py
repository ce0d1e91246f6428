"""The bytes of the log: segments of entries, and the signed head that closes each (docs/log.md has the format)."""

import base64
import hashlib
import json
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic_core import from_json
from termpost.schemas.log.entry import KINDS, Logged
from termpost.schemas.log.formats import LOG_FORMAT, READABLE, upgraded
from termpost.tasks.secrets.signers import Signer, key_at

HEAD_FORMAT = "termpost.log-head/1"
NOTHING = "0" * 64  # what the first segment names as its previous
PREFIX = "log/"

BreakReason = Literal[
    "malformed", "wrong-number", "wrong-previous", "wrong-body", "wrong-seq", "unknown-kind", "bad-signature",
    "head-mismatch", "head-missing", "segment-missing", "alien-file", "truncated", "anchor-invalid", "anchor-mismatch",
    "anchor-missing", "anchor-old", "count-invalid", "count-missing", "count-old", "checkpoint-mismatch",
    "published-invalid", "published-mismatch", "published-absent", "object-missing", "object-changed", "rewritten",
]  # fmt: skip

EntryRow = dict[str, Any]  # one entry as it stands in the segment

_KEYS = frozenset(Logged.model_fields)
_NEEDED = frozenset({"seq", "at", "kind", "actor", "run"})  # what says nothing is absent
_HEADER = frozenset({"at", "body", "format", "previous", "segment", "signature"})
_HEAD = frozenset({"entries", "format", "segment", "sha256", "signature"})
_KINDS = frozenset(KINDS)
_CHUNK = 200_000  # bytes
_SPELL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_OURS = re.compile(r"log/(?:([0-9]{8})\.ndjson|heads/([0-9]{8})\.json|checkpoints/([0-9]{8})\.txt)")


class BrokenError(Exception):
    """The chain does not hold at this segment."""

    def __init__(self, segment: int, reason: BreakReason, key: str | None = None) -> None:
        super().__init__(segment, reason, key)
        self.segment, self.reason, self.key = segment, reason, key  # of the object, where it is one that does not hold


@dataclass(frozen=True)
class ChainPlace:
    """Where the chain stands after a segment."""

    segment: int = 0
    entries: int = 0  # in this and all earlier segments
    sha256: str = NOTHING  # hex, of the segment's bytes


@dataclass(frozen=True)
class LogHead(ChainPlace):
    """A place that the log's key vouches for."""

    signature: str = ""  # base64 of Ed25519 over the canonical rest

    @property
    def place(self) -> ChainPlace:
        return ChainPlace(self.segment, self.entries, self.sha256)


def segment_key(number: int) -> str:
    return f"{PREFIX}{number:08d}.ndjson"


def head_key(number: int) -> str:
    return f"{PREFIX}heads/{number:08d}.json"


def checkpoint_key(number: int) -> str:
    return f"{PREFIX}checkpoints/{number:08d}.txt"


def number_of(key: str) -> int | None:
    """The segment that a store key belongs to; None for a key that no writer of the log makes."""
    found = _OURS.fullmatch(key)
    return int(found[1] or found[2] or found[3]) if found else None


def canonical(value: EntryRow) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: one value has one spelling, so a signature covers it."""
    return _SPELL(value).encode()


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _signed(value: EntryRow, key: Ed25519PrivateKey) -> bytes:
    return canonical(value | {"signature": base64.b64encode(key.sign(canonical(value))).decode()})


def _vouched(data: bytes, keys: frozenset[str], public_key: Signer, segment: int) -> EntryRow:
    """The object in `data`, whose signature is good and which is spelt as `_signed` spells it, to the byte."""
    value = _object(data, keys, segment)
    message = canonical({name: value[name] for name in value if name != "signature"})
    try:
        signature = base64.b64decode(value["signature"], validate=True)
        _verify(key_at(public_key, value["segment"]).public_bytes_raw(), signature, message)
    except (InvalidSignature, ValueError, TypeError) as error:
        raise BrokenError(segment, "bad-signature") from error
    # base64 and JSON have several spellings of one value, and a changed byte must show even where it changes nothing
    if data != b'%s,"signature":"%s"}' % (message[:-1], base64.b64encode(signature)):  # of all keys the last
        raise BrokenError(segment, "malformed")
    return value


@lru_cache(maxsize=1 << 15)
def _verify(key: bytes, signature: bytes, message: bytes) -> None:
    """Of a header of a hundred bytes or two. A run reads the log again and again, and the same bytes are as good the
    second time; what is not is raised each time.

    Raises:
        InvalidSignature: it is not.
    """
    Ed25519PublicKey.from_public_bytes(key).verify(signature, message)


def _object(data: bytes, keys: frozenset[str], segment: int) -> EntryRow:
    try:
        value = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise BrokenError(segment, "malformed") from error
    if not isinstance(value, dict) or value.keys() != keys:
        raise BrokenError(segment, "malformed")
    return value


def write_segment(after: ChainPlace, entries: Sequence[Logged], at: datetime, key: Ed25519PrivateKey) -> bytes:
    """The next segment. It carries its own signature, so a head that was never written can be written later without
    vouching for a segment that someone else put there."""
    body = b"".join(canonical(row_of(entry)) + b"\n" for entry in entries)
    header = {
        "format": LOG_FORMAT,
        "segment": after.segment + 1,
        "previous": after.sha256,
        "body": hashlib.sha256(body).hexdigest(),
        "at": instant(at),
    }
    return _signed(header, key) + b"\n" + body


def row_of(entry: Logged) -> EntryRow:
    said = {name: value for name in _KEYS if (value := getattr(entry, name)) is not None}
    told = {"as_of": instant(entry.as_of)} if entry.as_of else {}
    return said | {"at": instant(entry.at)} | told


def read_segment(data: bytes, after: ChainPlace, public_key: Signer) -> tuple[ChainPlace, Iterator[EntryRow]]:
    """The place of the segment that follows `after`, and its rows in the present format, each checked as it is read.

    Errors: BrokenError where anything about the segment is wrong, on the call or on reading the rows.
    """
    number = after.segment + 1
    first, _, body = data.partition(b"\n")
    header = _vouched(first, _HEADER, public_key, number)
    _follows(header, after)
    if header["body"] != hashlib.sha256(body).hexdigest():
        raise BrokenError(number, "wrong-body")
    place = ChainPlace(number, after.entries + body.count(b"\n"), hashlib.sha256(data).hexdigest())
    rows = _checked(body, number, after.entries)
    return place, (upgraded(row, header["format"]) for row in rows)


@dataclass(frozen=True)
class Outline:
    """What a quick check looks at of a segment's bytes. It needs no other segment, so many can be taken at once."""

    header: bytes
    rows: int
    first: bytes  # row; the header where there is none
    last: bytes  # row, likewise; without its newline where the segment is cut short
    sha256: str  # hex, of the whole


def outline(data: bytes) -> Outline:
    """Of a segment, whatever it holds."""
    lines = BytesIO(data).readlines() or [b""]  # three times as fast as to count what ends them
    return Outline(lines[0], len(lines) - 1, lines[min(1, len(lines) - 1)], lines[-1], hashlib.sha256(data).hexdigest())


def skim_segment(seen: Outline, after: ChainPlace) -> ChainPlace:
    """The same place, for a segment that a signed head vouches for: header, count, first and last row.

    Only together with `check_head` on the place: the sum in a good head answers for every byte of the segment, so
    neither the header's own signature nor the rows between need be looked at to know that the key's owner wrote them.

    Errors: BrokenError where anything that was looked at is wrong.
    """
    number = after.segment + 1
    _follows(_object(seen.header[:-1], _HEADER, number), after)
    if not seen.last.endswith(b"\n"):
        raise BrokenError(number, "malformed")
    place = ChainPlace(number, after.entries + seen.rows, seen.sha256)
    if seen.rows:
        for line, seq in ((seen.first, after.entries), (seen.last, place.entries - 1)):
            deque(_checked(line, number, seq), maxlen=0)
    return place


def _follows(header: EntryRow, after: ChainPlace) -> None:
    number = after.segment + 1
    if header["format"] not in READABLE:
        raise BrokenError(number, "malformed")
    if header["segment"] != number:
        raise BrokenError(number, "wrong-number")
    if header["previous"] != after.sha256:
        raise BrokenError(number, "wrong-previous")


def _checked(body: bytes, segment: int, seq: int) -> Iterator[EntryRow]:
    for row in _rows(body, segment):
        seq += 1
        if not isinstance(row, dict) or not _NEEDED <= row.keys() <= _KEYS:
            raise BrokenError(segment, "malformed")
        if row["seq"] != seq:
            raise BrokenError(segment, "wrong-seq")
        if row["kind"] not in _KINDS:
            raise BrokenError(segment, "unknown-kind")
        yield row


def _rows(body: bytes, segment: int) -> Iterator[Any]:
    """The lines, parsed some hundreds at once: three times as fast as one by one, and memory stays small."""
    start = 0
    while start < len(body):
        end = body.find(b"\n", start + _CHUNK) + 1 or len(body)
        chunk = body[start:end]
        try:
            rows = from_json(b"[" + chunk[:-1].replace(b"\n", b",") + b"]", allow_inf_nan=False)
        except ValueError as error:
            raise BrokenError(segment, "malformed") from error
        if len(rows) != chunk.count(b"\n"):
            raise BrokenError(segment, "malformed")
        yield from rows
        start = end


def write_head(place: ChainPlace, key: Ed25519PrivateKey) -> bytes:
    """The head of a place: the same bytes whoever writes it and whenever, so writing it again changes nothing."""
    return _signed({"format": HEAD_FORMAT, **asdict(place)}, key)


def read_head(data: bytes, segment: int, public_key: Signer) -> LogHead:
    """The head in `data`; BrokenError at `segment` where it is not one that the log's key signed."""
    value = _vouched(data, _HEAD, public_key, segment)
    if value["format"] != HEAD_FORMAT:
        raise BrokenError(segment, "malformed")
    return LogHead(value["segment"], value["entries"], value["sha256"], value["signature"])


def check_head(data: bytes, place: ChainPlace, public_key: Signer) -> LogHead:
    """The head in `data`, which must be that of `place`."""
    head = read_head(data, place.segment, public_key)
    if head.place != place:
        raise BrokenError(place.segment, "head-mismatch")
    return head
