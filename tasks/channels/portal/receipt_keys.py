"""The key pair of a page or a door, and whether it signed something (ECDSA, P-256 and SHA-256, FIPS 186-5)."""

import base64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from termpost.schemas.documents.receipt import RECEIPT_FORMAT, Receipt, ReceiptWish

# the order of the group (SP 800-186, 3.2.1.3)
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SEED = 48  # bytes: 128 bits more than the order has, so that no key is likelier than another
_HALF = 32  # bytes of r, of s, and of a private key


def private_key(secret: bytes, recipient: str, page: str) -> bytes:
    """That of one page, 32 bytes: made from its name, so that it lies nowhere but in the page."""
    return derived_key(secret, f"{RECEIPT_FORMAT} key\n{page}\n{recipient}")


def derived_key(secret: bytes, name: str) -> bytes:
    """A private key that follows from a secret and a name, 32 bytes (FIPS 186-5, A.2.1)."""
    seed = HKDF(SHA256(), _SEED, salt=None, info=name.encode()).derive(secret)
    return (int.from_bytes(seed) % (_ORDER - 1) + 1).to_bytes(_HALF)


def public_key(private: bytes) -> bytes:
    """The point that belongs to it, 65 bytes without compression."""
    point = derive_private_key(int.from_bytes(private), SECP256R1()).public_key()
    return point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def web_key(pair: ReceiptWish) -> dict[str, str]:
    """A key pair as a browser imports it (RFC 7517, RFC 7518 section 6.2)."""
    halves = {"d": pair.private, "x": pair.public[1:33], "y": pair.public[33:]}
    texts = {name: base64.urlsafe_b64encode(half).rstrip(b"=").decode() for name, half in halves.items()}
    return {"kty": "EC", "crv": "P-256", **texts}


def is_signed(receipt: Receipt, public: bytes) -> bool:
    """Whether a receipt was signed with the private half of `public`."""
    return is_signed_by(public, receipt.signed, receipt.signature)


def is_signed_by(public: bytes, said: bytes, signature: str) -> bool:
    """Whether `said` was signed with the private half of `public`; not where that is no point of the curve.

    To each signature belongs a second one, with the negative of s, that anybody can make of the first. Both say the
    same, and what they are on is known by its own name.

    Args:
        signature: r and s in hex, 32 bytes each (IEEE P1363).
    """
    made = bytes.fromhex(signature)
    r, s = int.from_bytes(made[:_HALF]), int.from_bytes(made[_HALF:])
    try:
        key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public)
        key.verify(encode_dss_signature(r, s), said, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
