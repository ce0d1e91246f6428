"""How a report says that a copy of it is genuine: a number on it, and under `verify/` one state word for the portal.

The number is what a report carries and the portal is asked for; the store has only its hash in a name, so that nobody
who lists it can print a number that counts (docs/decisions/0025-numbers-that-verify.md).
"""

import hashlib
import re
from typing import Annotated, Final, Literal

from pydantic import Field
from termpost.schemas.base.frozen import FrozenModel

VERIFICATION_FORMAT: Final = "termpost.verification/1"
PREFIX: Final = "verify/"
# current: released, and neither replaced nor taken back; ask: not so any more; rehearsal: it never was a real report
VerificationState = Literal["current", "ask", "rehearsal"]

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: what looks alike stands for one figure
BITS: Final = 80
LENGTH: Final = BITS // 5
GROUP: Final = 4
_MEANT = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u2212\u200e\u200f]+")


class Verification(FrozenModel):
    """What a report carries of it."""

    number: str = Field(pattern=rf"^[{ALPHABET}]{{{LENGTH}}}$")
    base_url: str  # of the portal

    @property
    def url(self) -> str:
        """What the square leads to."""
        return f"{self.base_url}/{PREFIX}{self.number}"

    @property
    def typed_at(self) -> str:
        """Where the number can be typed."""
        return f"{self.base_url}/{PREFIX.rstrip('/')}"


class VerificationObject(FrozenModel):
    """What lies under `verify/`. The signature is Ed25519 (RFC 8032) over format, number and state, in base64."""

    format: Literal["termpost.verification/1"] = VERIFICATION_FORMAT
    state: VerificationState
    signature: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{86}==$")]


def grouped(number: str) -> str:
    """As it is printed: four groups of four."""
    return "-".join(number[first : first + GROUP] for first in range(0, len(number), GROUP))


def read_number(typed: str) -> str | None:
    """The number that somebody meant: in any case, with or without dashes and spaces, O for 0 and I or L for 1."""
    number = _BETWEEN.sub("", typed[: 4 * LENGTH]).upper().translate(_MEANT)
    return number if len(number) == LENGTH and set(number) <= set(ALPHABET) else None


def verification_key(number: str) -> str:
    """Store key of the object of a number; of what is no number one where nothing lies."""
    name = f"{VERIFICATION_FORMAT}\n{number}".encode(errors="replace")
    return f"{PREFIX}{hashlib.sha256(name).hexdigest()[:40]}.json"
