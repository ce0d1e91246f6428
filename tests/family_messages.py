"""Messages as a page in a browser posts them, made without a page and without the code of the home (decision 0026)."""

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NEVER_SECRET = 0x1234567890ABCDEF  # the private half of the message's own pair


def posted(
    private: bytes, home: bytes, place: str, said: dict[str, Any], *, id_: str = "1" * 32, slot: str | None = None
) -> dict[str, Any]:
    """What is posted by a page or door with this private key, for the home with this public one."""
    own = derive_private_key(NEVER_SECRET + int(id_, 16) % 2**64, SECP256R1())
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = own.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), home))
    context = f"termpost.message/1\n{place}\n{id_}".encode()
    once = hkdf(shared, point + home, context, 44)
    plain = json.dumps({"format": "termpost.message-content/1", "language": "en"} | said).encode()
    plain += b" " * (-len(plain) % 1024)
    data = base64.b64encode(AESGCM(once[:32]).encrypt(once[32:], plain, context)).decode()
    made = {"format": "termpost.message/1", "place": place, "id": id_, "slot": slot,
            "ephemeral": base64.b64encode(point).decode(), "data": data}  # fmt: skip
    return made | {"signature": sign(private, signed_text(made))}


def signed_text(made: dict[str, Any]) -> str:
    summed = hashlib.sha256(made["data"].encode()).hexdigest()
    return "\n".join([made["format"], made["place"], made["id"], made["slot"] or "", made["ephemeral"], summed])


def sign(private: bytes, text: str) -> str:
    key = derive_private_key(int.from_bytes(private), SECP256R1())
    r, s = decode_dss_signature(key.sign(text.encode(), ECDSA(SHA256(), deterministic_signing=True)))
    return f"{r:064x}{s:064x}"


def hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 with SHA-256."""
    key, made, last = hmac.digest(salt, secret, "sha256"), b"", b""
    while len(made) < length:
        last = hmac.digest(key, last + info + bytes([len(made) // 32 + 1]), "sha256")
        made += last
    return made[:length]
