"""Receipts as a page that was unlocked signs them, made without a page."""

import hmac

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from termpost.schemas.documents.receipt import ReceiptWish

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


def wish_to(address: str, number: int = 7) -> ReceiptWish:
    """That of a page whose private key is this number."""
    public = derive_private_key(number, SECP256R1()).public_key()
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return ReceiptWish(address, number.to_bytes(32), point)


def signed(private: bytes, recipient: str, page: str) -> dict[str, str]:
    """What a page with this key posts; the same each time (RFC 6979), where a browser draws a number for each."""
    key = derive_private_key(int.from_bytes(private), SECP256R1())
    made = key.sign(f"termpost.receipt/2\n{page}\n{recipient}".encode(), ECDSA(SHA256(), deterministic_signing=True))
    r, s = decode_dss_signature(made)
    return posted(recipient, page, r, s)


def posted(recipient: str, page: str, r: int, s: int) -> dict[str, str]:
    return {"format": "termpost.receipt/2", "recipient": recipient, "page": page, "signature": f"{r:064x}{s:064x}"}


def summed(key: bytes, recipient: str, page: str) -> dict[str, str]:
    """What a page of `termpost.sealed/1` with this key posts."""
    mac = hmac.digest(key, f"termpost.receipt/1\n{page}\n{recipient}".encode(), "sha256").hex()
    return {"format": "termpost.receipt/1", "recipient": recipient, "page": page, "mac": mac}


def mirrored(receipt: dict[str, str]) -> dict[str, str]:
    """The second signature that anybody can make of one: n - s for s."""
    s = int(receipt["signature"][64:], 16)
    return receipt | {"signature": f"{receipt['signature'][:64]}{ORDER - s:064x}"}
