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
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from termpost.schemas.documents.receipt import RECEIPT_FORMAT, ReceiptWish
from termpost.tasks.documents.jinja import environment
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.secrets.access_codes import ALPHABET, BETWEEN, tidy

SEALED_FORMAT = "termpost.sealed/2"
CONTENT_FORMAT = "termpost.sealed-content/2"
_PLACE = "<!--SEALED-->"  # a school's name is escaped, so it cannot hold this


@dataclass(frozen=True)
class SealedReport:
    """One report: its page and its PDF, as released."""

    title: str  # what the recipient sees above it
    page: bytes  # HTML, UTF-8
    pdf: bytes
    filename: str  # of the downloaded PDF


def seal(
    parts: Sequence[SealedReport], *, code: str, recipient: str, delivery: str, school: str, language: str,
    query_until: date, receipt: ReceiptWish | None = None,
) -> bytes:  # fmt: skip
    """The sealed page, HTML in UTF-8. The same arguments give the same bytes.

    With `receipt` the page says once, after it was unlocked, that it was opened.

    In clear: format, school name, language, salt, where receipts are posted, and the key that they are checked with.
    Everything else, `recipient` and `delivery` too, is encrypted with AES-256-GCM under a key from `code`.

    Raises:
        InputError: `bad-code`, the code is not one.
    """
    if not parts:
        raise ValueError("a sealed page holds at least one report")
    secret = tidy(code).encode()
    before, after = _shell(school, language, receipt.to if receipt else "")
    about: dict[str, object] = {
        "format": CONTENT_FORMAT,
        "recipient": recipient,
        "delivery": delivery,
        "query_until": query_until.isoformat(),
        "shell": hashlib.sha256(before + after).hexdigest(),  # so that no byte of the page can change unnoticed
        "parts": [{"title": p.title, "filename": p.filename, "page": len(p.page), "pdf": len(p.pdf)} for p in parts],
    }
    if receipt:
        about["receipt"] = {"to": receipt.to, "key": _private(receipt)}
    key = base64.b64encode(receipt.public).decode() if receipt else ""
    packed = _pack(about, parts)
    clear = f"{SEALED_FORMAT}\n{key}\n{language}\n{school}".encode()
    salt = _salt(secret, clear, packed)
    once = HKDF(SHA256(), 44, salt=salt, info=SEALED_FORMAT.encode()).derive(secret)  # 32 key, 12 nonce
    block = {  # in this order: the portal reads the first two, and never as far as the reports
        "format": SEALED_FORMAT,
        "receipt_key": key,
        "language": language,
        "school": school,
        "salt": base64.b64encode(salt).decode(),
        "data": base64.b64encode(AESGCM(once[:32]).encrypt(once[32:], packed, clear)).decode(),
    }
    return before + _json(block) + after


def _private(receipt: ReceiptWish) -> dict[str, str]:
    """The key pair as a browser imports it (RFC 7517, RFC 7518 section 6.2)."""
    halves = {"d": receipt.private, "x": receipt.public[1:33], "y": receipt.public[33:]}
    texts = {name: base64.urlsafe_b64encode(half).rstrip(b"=").decode() for name, half in halves.items()}
    return {"kty": "EC", "crv": "P-256", **texts}


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


@lru_cache(maxsize=64)
def _shell(school: str, language: str, receipts: str) -> tuple[bytes, bytes]:
    """The page before and after the sealed block; the same for every family of a school that reads this language."""
    templates = environment(filters={"sha256": _source_hash})
    translator = translator_for(language)
    page = templates.get_template("sealed.html.j2").render(
        school=school, language=language, direction=translator.direction, say=translator.labels("sealed"),
        alphabet=ALPHABET, between=BETWEEN, receipts=receipts, receipt_format=RECEIPT_FORMAT,
    )  # fmt: skip
    before, _, after = page.partition(_PLACE)
    return before.encode(), after.encode()


def _source_hash(text: str) -> str:
    """A hash source of Content Security Policy level 3, for the text of an inline element."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
