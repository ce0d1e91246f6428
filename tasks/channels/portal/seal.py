"""Sealing: one file that holds a recipient's reports, encrypted, and opens in a browser (docs/security.md).

The key is used for one object only: its salt is a keyed hash of exactly what is encrypted, so different bytes never
meet the same key and nonce, and the same bytes sealed again give the same file.
"""

import base64
import hashlib
import hmac
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from termpost.schemas.documents.feedback.door import DoorContact
from termpost.schemas.documents.receipt import MessagesWish, ReceiptWish
from termpost.tasks.channels.portal.page_shell import shell_of
from termpost.tasks.channels.portal.receipt_keys import web_key
from termpost.tasks.secrets.access_codes import tidy

SEALED_FORMAT = "termpost.sealed/3"
CONTENT_FORMAT = "termpost.sealed-content/3"


@dataclass(frozen=True)
class SealedReport:
    """One report: its page and its PDF, as released."""

    title: str  # what the recipient sees above it
    page: bytes  # HTML, UTF-8
    pdf: bytes
    filename: str  # of the downloaded PDF
    is_insert: bool = False  # goes along with a report: nothing is asked or acknowledged of it


def seal(
    parts: Sequence[SealedReport], *, code: str, recipient: str, delivery: str, school: str, language: str,
    query_until: date, receipt: ReceiptWish | None = None, messages: MessagesWish | None = None,
    contact: DoorContact | None = None,
) -> bytes:  # fmt: skip
    """The sealed page, HTML in UTF-8. The same arguments give the same bytes.

    Where `receipt` has an address the page says once, after it was unlocked, that it was opened; with `messages` a
    family can write from it.

    In clear: format, school name and whom to call, language, salt, the portal's address, and the key that receipts and
    messages are checked with. Everything else, `recipient` and `delivery` too, is encrypted with AES-256-GCM under a
    key from `code`.

    Args:
        receipt: the page's own key pair.
        contact: whom a family can call; said where a message cannot be sent.

    Raises:
        InputError: `bad-code`, the code is not one.
    """
    if not parts:
        raise ValueError("a sealed page holds at least one report")
    secret = tidy(code).encode()
    before, after = shell_of(school, language, receipt.to if receipt else "", messages.to if messages else "", contact)
    about: dict[str, object] = {
        "format": CONTENT_FORMAT,
        "recipient": recipient,
        "delivery": delivery,
        "query_until": query_until.isoformat(),
        "shell": hashlib.sha256(before + after).hexdigest(),  # so that no byte of the page can change unnoticed
        "parts": [
            {"title": p.title, "filename": p.filename, "page": len(p.page), "pdf": len(p.pdf)}
            | ({"insert": True} if p.is_insert else {})
            for p in parts
        ],
    }
    if receipt:
        about["key"] = web_key(receipt)
    if receipt and receipt.to:
        about["receipt"] = receipt.to
    if messages:
        about["messages"] = {"to": messages.to, "home": base64.b64encode(messages.home).decode()}
    key = base64.b64encode(receipt.public).decode() if receipt else ""
    packed = _pack(about, parts)
    clear = f"{SEALED_FORMAT}\n{key}\n{language}\n{school}".encode()
    salt = _salt(secret, clear, packed)
    once = HKDF(SHA256(), 44, salt=salt, info=SEALED_FORMAT.encode()).derive(secret)  # 32 key, 12 nonce
    block = {  # in this order: the portal reads the first two, and never as far as the reports
        "format": SEALED_FORMAT,
        "key": key,
        "language": language,
        "school": school,
        "salt": base64.b64encode(salt).decode(),
        "data": base64.b64encode(AESGCM(once[:32]).encrypt(once[32:], packed, clear)).decode(),
    }
    return before + _json(block) + after


def _pack(about: dict[str, object], parts: Sequence[SealedReport]) -> bytes:
    """Length of the header (4 bytes, big-endian), header, then page and PDF of each part; as raw DEFLATE."""
    header = _json(about, sort_keys=True)
    press = zlib.compressobj(level=6, wbits=-zlib.MAX_WBITS)
    pieces = [len(header).to_bytes(4), header, *(piece for p in parts for piece in (p.page, p.pdf))]
    return b"".join(press.compress(piece) for piece in pieces) + press.flush()


def _salt(secret: bytes, clear: bytes, packed: bytes) -> bytes:
    """A keyed hash of what is authenticated and what is encrypted, as encrypted: after compression, not before.

    Hashing the content would not do: another zlib may press it into other bytes, which must not meet the same key.
    """
    key = HKDF(SHA256(), 32, salt=None, info=f"{SEALED_FORMAT} salt".encode()).derive(secret)
    return hmac.digest(key, len(clear).to_bytes(8) + clear + packed, "sha256")


def _json(value: object, *, sort_keys: bool = False) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=sort_keys, separators=(",", ":"))
    return text.replace("<", "\\u003c").encode()  # nothing may end the script element that holds it
