"""The numbers by which copies of reports are verified, and the signature that says what has become of a report."""

import base64
import hmac
from binascii import Error as Base64Error

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import ValidationError
from termpost.schemas.documents.verification import (
    ALPHABET,
    BITS,
    LENGTH,
    VERIFICATION_FORMAT,
    VerificationObject,
    VerificationState,
)
from termpost.tasks.secrets.keys import Keys

VERIFICATION = "verification"  # purpose of the secret; a rotation of the master secret keeps it


class VerificationKeys:
    """Two keys of one secret of the home: one makes numbers, one signs states."""

    def __init__(self, secret: bytes) -> None:
        self._numbers = _derived(secret, "number")
        self._signing = Ed25519PrivateKey.from_private_bytes(_derived(secret, "signature"))

    @classmethod
    def of_home(cls, keys: Keys) -> "VerificationKeys":
        return cls(keys.derive(VERIFICATION))

    def number(self, report: str, version: int) -> str:
        """Of a report version, the same on each rendition: 80 bits of HMAC-SHA-256, 16 signs without dashes."""
        code = hmac.digest(self._numbers, f"{report}\n{version}".encode(), "sha256")[: BITS // 8]
        value = int.from_bytes(code)
        return "".join(ALPHABET[value >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))

    def stated(self, number: str, state: VerificationState) -> bytes:
        """The object that says so. The same arguments give the same bytes."""
        signature = base64.b64encode(self._signing.sign(_signed(number, state))).decode()
        return VerificationObject(state=state, signature=signature).model_dump_json().encode() + b"\n"

    @property
    def public(self) -> str:
        """What the portal checks with, base64: `[channels.portal] verification_key`."""
        return base64.b64encode(self._signing.public_key().public_bytes_raw()).decode()


def state_of(data: bytes, number: str, public: str) -> VerificationState | None:
    """What an object says of a number; None where the home whose key this is did not say it."""
    try:
        found = VerificationObject.model_validate_json(data)
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(found.signature, validate=True), _signed(number, found.state))
    except (ValidationError, InvalidSignature, Base64Error, ValueError):
        return None
    return found.state


def _derived(secret: bytes, use: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"{VERIFICATION_FORMAT} {use}".encode()).derive(secret)


def _signed(number: str, state: str) -> bytes:
    return f"{VERIFICATION_FORMAT}\n{number}\n{state}".encode()
