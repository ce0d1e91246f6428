"""Heads kept outside the store, the anchor and what was published: the chain must pass through each of them. A
checkpoint, as others' witnesses sign it, is one of those."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import from_json
from termpost.schemas.base.errors import InputError
from termpost.tasks.log.anchor import RememberedEnd
from termpost.tasks.log.checkpoint import Checkpoint, is_note, read_checkpoint, signer_of
from termpost.tasks.log.segments import HEAD_FORMAT, BreakReason, BrokenError, ChainPlace, canonical, read_head
from termpost.tasks.log.tree import LogTree
from termpost.tasks.secrets.signers import Signer, Signers, key_at, raw

_SUM = re.compile(r"[0-9a-f]{64}")
_SAID = frozenset(
    {"entries", "segment", "sha256", "signature"}
)  # by `log head`; the file under log/heads adds its format


@dataclass(frozen=True)
class TrustedHead:
    """A place that the chain once had."""

    sha256: str  # of the segment, hex
    place: ChainPlace | None  # None where nothing but the sum was kept
    reason: BreakReason  # what a log says that has another place there


@dataclass(frozen=True)
class TrustedTree:
    """What the log's entries once were."""

    checkpoint: Checkpoint
    signer: bytes  # raw key


Witnessed = TrustedHead | TrustedTree


def kept_head(file_or_sum: str) -> str:
    """What someone kept of a head, for `read_published`: the sum as it is, or the text of the file.

    Errors: InputError `bad-head` where there is no such file, or it is no text.
    """
    return file_or_sum if _SUM.fullmatch(file_or_sum) else _text_of(file_or_sum, _no_head)


def kept_note(file: str) -> str:
    """What someone kept of a checkpoint, for `read_published`: the text of the file.

    Errors: InputError `bad-checkpoint` where there is no such file, or it is none.
    """
    text = _text_of(file, _no_note)
    if not is_note(text):
        raise _no_note("this is no checkpoint of a log")
    return text


def _text_of(file: str, refusal: Callable[[str], InputError]) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise refusal("there is no such file, or it cannot be read") from error


def _no_note(what: str) -> InputError:
    return InputError("bad-checkpoint", what, "--checkpoint",
                      "give a file with what `termpost log checkpoint` said; a head goes with --head")  # fmt: skip


def _no_head(what: str) -> InputError:
    return InputError(
        "bad-head", what, "--head",
        "give the sum in a head (64 hex digits), or a file with what `termpost log head --json` said",
    )  # fmt: skip


def read_published(text: str, public_key: Signer) -> Witnessed:
    """What someone kept of `log head`: its JSON, a file of log/heads, or the bare sum; or of `log checkpoint`.

    Errors: InputError `bad-head` where it is none of these; BrokenError `published-invalid` where it is not of our key.
    """
    if is_note(text):
        checkpoint = read_checkpoint(text)
        return TrustedTree(checkpoint, signer_of(checkpoint, public_key))
    text = text.strip()
    if _SUM.fullmatch(text):
        return TrustedHead(text, None, "published-absent")
    try:
        said = from_json(text, allow_inf_nan=False)
    except ValueError:
        said = None
    if not isinstance(said, dict) or said.keys() - {"format"} != _SAID:
        raise _no_head("this is no head of a log")
    try:
        head = read_head(canonical({"format": HEAD_FORMAT} | said), 0, public_key)
    except BrokenError as error:
        raise BrokenError(0, "published-invalid") from error
    return TrustedHead(head.sha256, head.place, "published-mismatch")


def read_witnesses(end: RememberedEnd, published: Iterable[str], public_key: Signer) -> list[Witnessed]:
    """The anchor, where there is one, the published heads, and where earlier keys of the log handed over."""
    witnesses = [read_published(text, public_key) for text in published]
    if isinstance(public_key, Signers):  # who got hold of an earlier key can sign another past, but not this one
        witnesses += [TrustedHead(one.sha256, None, "published-absent") for one in public_key.earlier]
    if end.head:
        witnesses.append(TrustedHead(end.head.sha256, end.head.place, "anchor-mismatch"))
    return witnesses


class HeadMonitor:
    """Compares each place of a chain that is being read with what the witnesses say of it."""

    def __init__(self, witnesses: Iterable[Witnessed], public_key: Signer) -> None:
        self._key = public_key
        self._placed: defaultdict[int, list[TrustedHead]] = defaultdict(list)
        self._sums: set[str] = set()
        self._trees: defaultdict[int, list[TrustedTree]] = defaultdict(list)  # by entries
        for witness in witnesses:
            if isinstance(witness, TrustedTree):
                self._trees[witness.checkpoint.size].append(witness)
            elif witness.place is None:
                self._sums.add(witness.sha256)
            else:
                self._placed[witness.place.segment].append(witness)
        self._trees.pop(0, None)  # of no entry nothing can be said

    def see(self, place: ChainPlace, tree: LogTree | None = None) -> None:
        """The chain stands here; BrokenError where a witness saw it elsewhere after as many segments, or its entries
        otherwise."""
        self._sums.discard(place.sha256)
        for witness in self._placed.pop(place.segment, ()):
            if witness.place != place:
                raise BrokenError(place.segment, witness.reason)
        for seen in self._trees.pop(place.entries, ()):
            if raw(key_at(self._key, place.segment)) != seen.signer:
                raise BrokenError(place.segment, "published-invalid")
            if tree is None or tree.root != seen.checkpoint.root:
                raise BrokenError(place.segment, "published-mismatch")
        if self._trees and min(self._trees) < place.entries:  # a head closes each segment, and nothing lies within
            raise BrokenError(place.segment, "published-mismatch")

    def end(self, place: ChainPlace) -> None:
        """The chain ends here; BrokenError where a witness saw more of it, or a sum that is not in it."""
        if self._placed or self._trees:
            raise BrokenError(place.segment + 1, "truncated")
        if self._sums:
            raise BrokenError(0, "published-absent")
