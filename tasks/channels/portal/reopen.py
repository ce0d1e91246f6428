"""The second code path (law 13) for sealed pages: opens one that is about to be sent and says whose reports are in it.

It trusts nothing that made the page. Of the sealing it shares `tidy` only, and states the format once more.
"""

import base64
import hashlib
import hmac
import json
import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.receipt import ReceiptWish
from termpost.tasks.documents.verify.stamps import must_be, printed_stamps, stamps_of_page, stamps_of_pdf, student_of
from termpost.tasks.secrets.access_codes import tidy

_FORMAT = "termpost.sealed/1"
_CONTENT = "termpost.sealed-content/1"
_OPEN, _CLOSE = b'<script type="application/json" id="sealed">', b"</script>"
_KEYS = ("data", "format", "language", "salt", "school")


@dataclass(frozen=True)
class OpenedReport:
    """One report as it came out of a sealed page."""

    page: bytes
    pdf: bytes
    title: str = ""
    filename: str = ""


@dataclass(frozen=True)
class PageContent:
    """All that was sealed in a page, and what stands on it in clear."""

    parts: tuple[OpenedReport, ...]
    school: str
    language: str
    recipient: str
    delivery: str
    query_until: date
    receipt: ReceiptWish | None = None


def reopen_sealed(page: bytes, code: str) -> list[OpenedReport]:
    """Every part of a sealed page. InputError `does-not-open` on a wrong code or when any byte was changed."""
    return list(reopen(page, code).parts)


def reopen(page: bytes, code: str) -> PageContent:
    """A sealed page as it was before. InputError `does-not-open` on a wrong code or when any byte was changed."""
    secret = tidy(code).encode()
    try:
        return _reopened(page, secret)
    except (InvalidTag, ValueError, KeyError, TypeError, zlib.error):
        raise InputError(
            "does-not-open",
            "the page does not open with this code, or was changed since it was sealed",
            "a sealed page",
            "check the code; if it is right, seal the page again",
        ) from None


def is_sealed(page: bytes) -> bool:
    """Whether it has a sealed block at all; the page of what was taken back has none."""
    return _OPEN in page


def language_of(page: bytes) -> str | None:
    """The language of a sealed page, as it stands there in clear; None where it was changed beyond reading."""
    try:
        return str(json.loads(_taken_apart(page)[1])["language"])
    except (ValueError, KeyError, TypeError):
        return None


def students_in_sealed(page: bytes, code: str) -> set[str]:
    """The student numbers on a sealed page.

    InputError `unstamped-page` or `mixed-stamps` unless a part has one stamp in its HTML and exactly that one on every
    page of its PDF.
    """
    students: set[str] = set()
    for place, part in enumerate(reopen_sealed(page, code), start=1):
        where = f"a sealed page, report {place}"
        stamps = stamps_of_page(part.page)
        number = student_of(stamps, where)
        must_be(stamps, stamps | printed_stamps(part.page), where)
        for sheet, found in enumerate(stamps_of_pdf(part.pdf), start=1):
            must_be(stamps, found, f"{where}, PDF page {sheet}")
        students.add(number)
    return students


def _reopened(page: bytes, secret: bytes) -> PageContent:
    before, block, after = _taken_apart(page)
    fields = json.loads(block)
    salt, data = (base64.b64decode(fields[name], validate=True) for name in ("salt", "data"))
    rewritten = {name: fields[name] for name in _KEYS} | {
        name: base64.b64encode(value).decode() for name, value in (("salt", salt), ("data", data))
    }
    text = json.dumps(rewritten, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    if text.encode() != block or fields["format"] != _FORMAT:
        raise ValueError("not the one way to write it down")
    clear = "\n".join(fields[name] for name in ("format", "language", "school")).encode()
    once = _hkdf(secret, salt, b"termpost.sealed/1", 44)
    packed = AESGCM(once[:32]).decrypt(once[32:], data, clear)
    marker = hmac.new(_hkdf(secret, b"", b"termpost.sealed/1 salt", 32), digestmod="sha256")
    marker.update(len(clear).to_bytes(8) + clear + packed)
    if not hmac.compare_digest(marker.digest(), salt):
        raise ValueError("the salt was not made from the content, so a key might have been used twice")
    content = zlib.decompress(packed, wbits=-15)
    about, parts = _parts(content, hashlib.sha256(before + _OPEN + _CLOSE + after).hexdigest())
    return PageContent(
        parts, fields["school"], fields["language"], about["recipient"], about["delivery"],
        date.fromisoformat(about["query_until"]), _receipt(about),
    )  # fmt: skip


def _receipt(about: dict[str, Any]) -> ReceiptWish | None:
    if "receipt" not in about:
        return None
    return ReceiptWish(about["receipt"]["to"], base64.b64decode(about["receipt"]["key"], validate=True))


def _taken_apart(page: bytes) -> tuple[bytes, bytes, bytes]:
    before, opening, rest = page.partition(_OPEN)
    block, closing, after = rest.partition(_CLOSE)
    if not opening or not closing or _OPEN in after:
        raise ValueError("not a sealed page")
    return before, block, after


def _parts(content: bytes, shell: str) -> tuple[dict[str, Any], tuple[OpenedReport, ...]]:
    place = 4 + int.from_bytes(content[:4])
    about = json.loads(content[4:place])
    if about["format"] != _CONTENT or about["shell"] != shell:
        raise ValueError("the page around the reports was changed")
    opened = []
    for part in about["parts"]:
        middle, end = place + part["page"], place + part["page"] + part["pdf"]
        opened.append(OpenedReport(content[place:middle], content[middle:end], part["title"], part["filename"]))
        place = end
    if place != len(content):
        raise ValueError("the lengths do not add up")
    return about, tuple(opened)


def _hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 with SHA-256, written out: the sealing uses a library's."""
    extracted = hmac.digest(salt or bytes(32), secret, "sha256")
    made, last = b"", b""
    for count in range(1, -(-length // 32) + 1):
        last = hmac.digest(extracted, last + info + bytes([count]), "sha256")
        made += last
    return made[:length]
