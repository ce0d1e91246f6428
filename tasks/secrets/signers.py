"""Who signs the log: the key in force now, and those that were before it, each up to where it handed over."""

import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_UNTIL = re.compile(r"until-([0-9]{1,8})-([0-9a-f]{64})")


@dataclass(frozen=True)
class RetiredKey:
    """A key that was handed over from; it vouches for nothing after that segment, and for no other one in its place."""

    until: int  # number of the segment that says so
    sha256: str  # of that segment, hex
    public: bytes  # raw

    @property
    def line(self) -> tuple[str, bytes]:
        """As it stands in `log.key`."""
        return f"until-{self.until}-{self.sha256}", self.public


@dataclass(frozen=True)
class Signers:
    """The keys of one log, oldest first."""

    newest: Ed25519PublicKey
    earlier: tuple[RetiredKey, ...] = ()

    def at(self, segment: int) -> Ed25519PublicKey:
        """The one key that may have signed this segment and its head."""
        for one in self.earlier:
            if segment <= one.until:
                return Ed25519PublicKey.from_public_bytes(one.public)
        return self.newest

    def is_newest(self, segment: int) -> bool:
        return all(segment > one.until for one in self.earlier)


Signer = Ed25519PublicKey | Signers  # one key is all that a log has that was never handed over


def key_at(signer: Signer, segment: object) -> Ed25519PublicKey:
    """The key for a segment, whatever stands where its number should."""
    if isinstance(signer, Signers):
        return signer.at(segment) if isinstance(segment, int) else signer.newest
    return signer


def earlier_of(name: str, public: bytes) -> RetiredKey | None:
    """What a line of `log.key` says; None where it is no such line."""
    found = _UNTIL.fullmatch(name)
    return RetiredKey(int(found[1]), found[2], public) if found else None


def raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
