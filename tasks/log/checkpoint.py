"""Heads as other people's witnesses know them: C2SP checkpoints, which are signed notes (docs/log.md).

c2sp.org/tlog-checkpoint, signed-note and tlog-cosignature. A checkpoint is the same bytes whoever writes it and
whenever, since Ed25519 has no chance in it; what a witness adds is a line after ours.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.tasks.log.segments import BrokenError, ChainPlace, read_segment, segment_key
from termpost.tasks.log.tree import LogTree, consistency_proof, leaf_hash, lines_of
from termpost.tasks.secrets.signers import Signer, key_at, raw
from termpost.tasks.store.interface import Store

NOTE_KEY, COSIGNER_KEY = 0x01, 0x04  # kinds of keys of a signed note
MOST_SIGNATURES = 64
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class NoteSignature:
    """A line after the text of a note."""

    name: str
    key_id: bytes  # 4
    signature: bytes


@dataclass(frozen=True)
class Checkpoint:
    """What a note says of a log; whether it is true its reader must see."""

    text: str  # that is signed
    origin: str
    size: int  # entries
    root: bytes  # 32
    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True)
class Verifier:
    """A key of a note: the log's own, or a witness's."""

    name: str
    kind: int
    public: bytes  # raw Ed25519

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """As others' tools take it: name+id+key."""
        key = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    def signed(self, checkpoint: Checkpoint) -> datetime | bool:
        """Whether the key signed it; of a witness when, by its clock.

        Raises:
            BrokenError: `published-invalid`, where a line says so and is wrong.
        """
        for one in checkpoint.signatures:
            if (one.name, one.key_id) == (self.name, self.key_id):
                return self._verified(checkpoint, one.signature)
        return False

    def _verified(self, checkpoint: Checkpoint, signature: bytes) -> datetime | bool:
        at, message = None, checkpoint.text.encode()
        if self.kind == COSIGNER_KEY:
            seconds, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            at, message = seconds, f"cosignature/v1\ntime {seconds}\n".encode() + message
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
            return True if at is None else datetime.fromtimestamp(at, UTC)
        except (InvalidSignature, ValueError, OverflowError) as error:
            raise BrokenError(0, "published-invalid") from error


def origin_of(public_key: Signer) -> str:
    """The log's name for others: it follows from the key that it began with, so it stays when the key changes."""
    return f"termpost/log/{hashlib.sha256(raw(key_at(public_key, 1))).hexdigest()[:16]}"


def verifier_at(public_key: Signer, segment: int) -> Verifier:
    """Who signs the checkpoint of that segment."""
    return Verifier(origin_of(public_key), NOTE_KEY, raw(key_at(public_key, segment)))


def write_checkpoint(tree: LogTree, key: Ed25519PrivateKey, public_key: Signer) -> bytes:
    """The checkpoint of a tree, signed by the key in force."""
    text = _text(origin_of(public_key), tree)
    verifier = Verifier(origin_of(public_key), NOTE_KEY, raw(key.public_key()))
    signature = base64.b64encode(verifier.key_id + key.sign(text.encode())).decode()
    return f"{text}\n— {verifier.name} {signature}\n".encode()


def _text(origin: str, tree: LogTree) -> str:
    return f"{origin}\n{tree.size}\n{base64.b64encode(tree.root).decode()}\n"


def is_note(text: str) -> bool:
    return "\n\n— " in text


def read_checkpoint(text: str) -> Checkpoint:
    """The parts of a note; BrokenError `published-invalid` where it is no checkpoint."""
    said, _, after = text.rpartition("\n\n")
    origin, *lines = said.split("\n")
    found = [_LINE.fullmatch(line) for line in after.removesuffix("\n").split("\n")]
    try:
        signatures = tuple(_signature(one[1], one[2]) for one in found if one)
        root = base64.b64decode(lines[1], validate=True)
    except (ValueError, IndexError) as error:
        raise BrokenError(0, "published-invalid") from error
    if (
        not all(found) or not after.endswith("\n") or not 0 < len(found) <= MOST_SIGNATURES or not origin
        or not all(lines) or not _SIZE.fullmatch(lines[0]) or len(root) != hashlib.sha256().digest_size
    ):  # fmt: skip
        raise BrokenError(0, "published-invalid")
    return Checkpoint(f"{said}\n", origin, int(lines[0]), root, signatures)


def _signature(name: str, text: str) -> NoteSignature:
    data = base64.b64decode(text, validate=True)
    return NoteSignature(name, data[:4], data[4:])


def signer_of(checkpoint: Checkpoint, public_key: Signer) -> bytes:
    """Which key of the log signed it, raw; BrokenError `published-invalid` where none did."""
    keys = [raw(public_key)] if isinstance(public_key, Ed25519PublicKey) else [
        raw(public_key.newest), *(one.public for one in public_key.earlier)
    ]  # fmt: skip
    for key in keys:
        if checkpoint.origin == origin_of(public_key) and Verifier(checkpoint.origin, NOTE_KEY, key).signed(checkpoint):
            return key
    raise BrokenError(0, "published-invalid")


def refuse_other_checkpoint(data: bytes, place: ChainPlace, public_key: Signer, tree: LogTree | None) -> None:
    """The checkpoint that lies beside the head of a place is of that place, and not a byte more.

    Args:
        tree: of all entries up to there; without it the signature answers for the root, as it does for a head's sum.

    Raises:
        BrokenError: `checkpoint-mismatch`.
    """
    verifier = verifier_at(public_key, place.segment)
    try:
        found = read_checkpoint(data.decode())
        good = verifier.signed(found) is True and (found.origin, found.size) == (verifier.name, place.entries)
        good = good and found.text.count("\n") == 3 and len(found.signatures) == 1  # noqa: PLR2004 - origin, size, root
        good = good and (tree is None or found.text == _text(verifier.name, tree))
        good = good and data.decode() == _spelt(found)
    except (BrokenError, UnicodeDecodeError):
        good = False
    if not good:
        raise BrokenError(place.segment, "checkpoint-mismatch")


def _spelt(checkpoint: Checkpoint) -> str:
    """Base64 has several spellings of one value."""
    lines = [f"— {one.name} {base64.b64encode(one.key_id + one.signature).decode()}\n" for one in checkpoint.signatures]
    origin, size, _ = checkpoint.text.split("\n", 2)
    return f"{origin}\n{size}\n{base64.b64encode(checkpoint.root).decode()}\n\n{''.join(lines)}"


def read_verifier(text: str) -> Verifier:
    """A witness's key, as it publishes it.

    Raises:
        InputError: `bad-witness`.
    """
    name, _, rest = text.strip().partition("+")
    key_id, _, key = rest.partition("+")
    try:
        data = base64.b64decode(key, validate=True)
        found = Verifier(name, data[0], data[1:])
        Ed25519PublicKey.from_public_bytes(found.public)
    except (ValueError, IndexError) as error:
        raise _bad_witness() from error
    if found.kind not in {NOTE_KEY, COSIGNER_KEY} or found.key_id.hex() != key_id or not name:
        raise _bad_witness()
    return found


def _bad_witness() -> InputError:
    return InputError("bad-witness", "this is no Ed25519 verifier key of a signed note", "--witness",
                      "give it as the witness publishes it: name+id+key")  # fmt: skip


def grown_since(store: Store, public_key: Signer, end: ChainPlace, since: int) -> list[bytes]:
    """The consistency proof from the first `since` entries to those up to `end`.

    Raises:
        InputError: `bad-size`, where the log has fewer.
        BrokenError: a segment is another by now.
    """
    if since > end.entries:
        raise InputError("bad-size", f"the log has {counted(end.entries, 'entry', 'entries')}", "--since",
                         "give the size that the witness signed last, or 0")  # fmt: skip
    leaves = [leaf_hash(line) for lines in _lines(store, public_key, end) for line in lines]
    return consistency_proof(leaves, since)


def _lines(store: Store, public_key: Signer, end: ChainPlace) -> Iterator[Sequence[bytes]]:
    place = ChainPlace()
    while place.segment < end.segment:
        data = store.get(segment_key(place.segment + 1))
        place, _ = read_segment(data, place, public_key)
        yield lines_of(data)
