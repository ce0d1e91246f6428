"""Where a household's door lies: a name that follows from the access code, and says nothing of the key.

Locator and key are separate outputs of HKDF (RFC 5869) over the code. 80 random bits need no slow derivation.
"""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from termpost.schemas.documents.feedback.door import DOOR_FORMAT, DOORS
from termpost.tasks.secrets.access_codes import tidy

LOCATOR = 16  # bytes


def locator_of(code: str) -> str:
    """The locator of an access code, 32 hex digits.

    Raises:
        InputError: `bad-code`, the code is not one.
    """
    info = f"{DOOR_FORMAT} locator".encode()
    return HKDF(SHA256(), LOCATOR, salt=None, info=info).derive(tidy(code).encode()).hex()


def door_place(locator: str) -> str:
    """Store key of a door."""
    return f"{DOORS}{locator}.json"
