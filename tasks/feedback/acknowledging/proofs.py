"""What an acknowledgement proves, kept so that it can be checked without any secret of the home.

It proves that somebody who unlocked this page said so of exactly these bytes. It does not prove that the school, which
made the page's key, could not have made it.
"""

import base64
import json
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel, ConfigDict
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.feedback.message import AcknowledgementProof
from termpost.tasks.home.home import Home


class KeptProof(BaseModel):
    """As it lies in the store, sealed under the student's key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["termpost.acknowledgement-proof/1"] = "termpost.acknowledgement-proof/1"
    place: str  # of the page, without its ending
    public: str  # the page's key: a point of P-256 without compression, base64
    proof: AcknowledgementProof

    @property
    def signed(self) -> bytes:
        """The text that is signed."""
        return self.proof.signed(self.place)

    @property
    def der(self) -> bytes:
        """The signature as other programs read it (RFC 3279)."""
        raw = bytes.fromhex(self.proof.signature)
        return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))

    @property
    def pem(self) -> bytes:
        """The public key as other programs read it."""
        return self._key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def holds(self) -> bool:
        """Whether the page's key signed it."""
        try:
            self._key().verify(self.der, self.signed, ECDSA(SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True

    def _key(self) -> EllipticCurvePublicKey:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), base64.b64decode(self.public))


def proof_key(report: str, version: int, recipient: str) -> str:
    """Where it lies in the store."""
    return f"notes/acknowledgements/{report}-v{version}-{recipient}.sealed"


def keep_proof(home: Home, student: PersonRef, key: str, proof: KeptProof) -> str:
    """Puts it under `key`; the digest for the log."""
    sealed = home.people.seal(student, proof.model_dump_json().encode())
    home.store.put(key, sealed)
    return home.people.digest(student, sealed)


def read_proof(home: Home, student: PersonRef, key: str) -> KeptProof:
    """What lies there.

    Raises:
        KeyError: it is gone, or the student is erased.
    """
    return KeptProof.model_validate(json.loads(home.people.open(student, home.store.get(key))))
