"""Where this machine remembers the end of the log, outside the store: the anchor, and beside the keys its length.

The anchor is the last head, with a MAC under a key of the home: nobody without the secrets can make one. An older one
is just as good in itself, so how many segments it spoke of last is kept with the keys. Each advance writes the anchor
and then the count, and the anchor says which count it came after: whoever dies between the two leaves a pair that
nothing but that leaves.
"""

import base64
import hashlib
import hmac
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic_core import from_json
from termpost.tasks.log.segments import HEAD_FORMAT, BreakReason, BrokenError, LogHead, canonical, read_head
from termpost.tasks.runtime.atomic_files import write_durably
from termpost.tasks.runtime.file_locks import file_lock
from termpost.tasks.secrets.signers import Signer

ANCHOR_FORMAT, COUNT_FORMAT = "termpost.log-anchor/1", "termpost.log-count/1"
TRIES = 100  # to find the two files as one writer left them

EndState = Literal[
    "nothing",  # neither file: the home has not begun to remember
    "unsealed",  # an anchor of an earlier version, without a MAC
    "begins",  # the count is there, and the first anchor to come
    "sealed",
]


@dataclass(frozen=True)
class Anchor:
    """The two files and their key."""

    file: Path
    key: bytes  # of the MACs, derived from the home's secrets
    has_keys_beside: bool = True  # no where the secrets come from the environment: then the count is with no key

    @property
    def count(self) -> Path:
        return self.file.with_name("log-count.json")


@dataclass(frozen=True)
class RememberedEnd:
    """What the two files say together."""

    state: EndState = "nothing"
    head: LogHead | None = None  # the anchored one
    count: int = 0  # segments, as kept with the keys

    @property
    def least(self) -> int:
        """Segments that the log has."""
        return max(self.count, self.head.segment if self.head else 0)

    @property
    def is_settled(self) -> bool:
        """No where a writer died between the anchor and the count."""
        return self.state == "sealed" and self.head is not None and self.head.segment == self.count

    def begins_at(self, segment: int) -> bool:
        """Whether the home only begins to remember, at a log of so many segments that others wrote or an earlier
        version did: who cut the log could have removed both files, so that is never done unsaid. A first append that
        was killed left the count before it, and one segment more."""
        if self.state == "begins":
            return segment not in {self.count + 1, 0}
        return self.state != "sealed" and segment > 0


def read_end(anchor: Anchor, public_key: Signer) -> RememberedEnd:
    """What is remembered.

    Raises:
        BrokenError: `anchor-invalid`, `anchor-missing`, `anchor-old`, `count-invalid`, `count-missing`, `count-old`:
            one of the files is not ours, is gone, or was put back to how it was before.
    """
    count, begins = _count(anchor)
    for _ in range(TRIES):  # between the two readings a writer may have gone on
        data = _read(anchor.file)
        before, (count, begins) = (count, begins), _count(anchor)
        if before == (count, begins):
            break
    if data is None:
        if count is not None and not begins:
            raise BrokenError(0, "anchor-missing")
        return RememberedEnd("nothing" if count is None else "begins", None, count or 0)
    said = _object(data, "anchor-invalid")
    if said.get("format") != ANCHOR_FORMAT:
        if count is not None and not begins:
            raise BrokenError(0, "anchor-invalid")  # without a MAC anybody can make one of a head in the store
        return RememberedEnd("unsealed" if count is None else "begins", _head(said, public_key), count or 0)
    _refuse_forged(said, anchor.key, "anchor-invalid")
    head, after = _head(said.get("head"), public_key), said["after"]
    if count is None:
        raise BrokenError(0, "count-missing")
    if count > head.segment:
        raise BrokenError(0, "anchor-old")
    if count not in {after, head.segment}:
        raise BrokenError(0, "count-old")
    return RememberedEnd("sealed", head, count)


def begin(anchor: Anchor, segments: int, public_key: Signer) -> None:
    """Before the first segment that this home remembers: the log has so many."""
    with _locked(anchor):
        if read_end(anchor, public_key).state != "sealed":  # by another process, meanwhile
            _write_count(anchor, segments, begins=True)


def advance(anchor: Anchor, head: LogHead, public_key: Signer) -> None:
    """Puts that head there, unless another writer was further; finishes what one that died left undone."""
    with _locked(anchor):  # of two writers in two processes the slower must not put the anchor back
        before = read_end(anchor, public_key)
        if before.state == "sealed" and before.head is not None:
            if not before.is_settled:
                _write_count(anchor, before.head.segment)
            if before.head.segment >= head.segment:
                return
        _write(anchor, head, before.least)


def renew(anchor: Anchor, head: LogHead) -> None:
    """The end is there from now on, whatever was remembered: a person said so. Killed between the two files, it is to
    be said again."""
    with _locked(anchor):
        _write(anchor, head, head.segment)


def sealed_files(key: bytes, head: LogHead) -> tuple[bytes, bytes]:
    """Anchor and count of that head, for a home that is being put back."""
    return _anchor_text(key, head, head.segment), _count_text(key, head.segment, begins=False)


def head_in(data: bytes) -> bytes:
    """The head in an anchor of any version, as it lies under log/heads/; whether it is ours its reader must see."""
    said = from_json(data)
    return canonical(said["head"]) if said.get("format") == ANCHOR_FORMAT else data


def _locked(anchor: Anchor) -> Any:
    anchor.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return file_lock(anchor.file.with_name(f"{anchor.file.name}.lock"))


def _write(anchor: Anchor, head: LogHead, after: int) -> None:
    write_durably(anchor.file, _anchor_text(anchor.key, head, after))
    _write_count(anchor, head.segment)


def _write_count(anchor: Anchor, segments: int, *, begins: bool = False) -> None:
    write_durably(anchor.count, _count_text(anchor.key, segments, begins=begins))


def _anchor_text(key: bytes, head: LogHead, after: int) -> bytes:
    return _with_mac(key, {"format": ANCHOR_FORMAT, "after": after, "head": {"format": HEAD_FORMAT, **asdict(head)}})


def _count_text(key: bytes, segments: int, *, begins: bool) -> bytes:
    return _with_mac(key, {"format": COUNT_FORMAT, "segments": segments, "begins": begins})


def _with_mac(key: bytes, value: dict[str, Any]) -> bytes:
    return canonical(value | {"mac": _mac(key, value)})


def _mac(key: bytes, value: dict[str, Any]) -> str:
    said = {name: value[name] for name in value if name != "mac"}
    return base64.b64encode(hmac.digest(key, canonical(said), hashlib.sha256)).decode()


def _refuse_forged(said: dict[str, Any], key: bytes, reason: BreakReason) -> None:
    if not hmac.compare_digest(str(said.get("mac")).encode(), _mac(key, said).encode()):
        raise BrokenError(0, reason)


def _count(anchor: Anchor) -> tuple[int | None, bool]:
    """Segments, and whether it was written before the first anchor; None where there is no count."""
    data = _read(anchor.count)
    if data is None:
        return None, False
    said = _object(data, "count-invalid")
    _refuse_forged(said, anchor.key, "count-invalid")
    if said.get("format") != COUNT_FORMAT:
        raise BrokenError(0, "count-invalid")
    return said["segments"], said["begins"]


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _object(data: bytes, reason: BreakReason) -> dict[str, Any]:
    try:
        said = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise BrokenError(0, reason) from error
    if not isinstance(said, dict):
        raise BrokenError(0, reason)
    return said


def _head(said: object, public_key: Signer) -> LogHead:
    try:
        return read_head(canonical(said) if isinstance(said, dict) else b"", 0, public_key)
    except BrokenError as error:
        raise BrokenError(0, "anchor-invalid") from error
