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
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.receipt import MacWish, MessagesWish, ReceiptWish
from termpost.tasks.documents.verify.stamps import (
    PLAN,
    is_insert_page,
    mixed,
    must_be,
    pages_of,
    printed_stamps,
    refuse_other_pdf,
    stamps_of_page,
    student_of,
)
from termpost.tasks.secrets.access_codes import tidy

_OPEN, _CLOSE = b'<script type="application/json" id="sealed">', b"</script>"


@dataclass(frozen=True)
class _SealedFormat:
    """What differs between the formats of sealed pages. Those of the first are out, and stay so."""

    content: str
    written: tuple[str, ...]  # the fields of the block, in their order
    clear: tuple[str, ...]  # those that the cipher authenticates


_FORMATS = {
    "termpost.sealed/1": _SealedFormat(
        "termpost.sealed-content/1", ("data", "format", "language", "salt", "school"), ("format", "language", "school")
    ),
    "termpost.sealed/2": _SealedFormat(
        "termpost.sealed-content/2", ("format", "receipt_key", "language", "school", "salt", "data"),
        ("format", "receipt_key", "language", "school"),
    ),
    "termpost.sealed/3": _SealedFormat(
        "termpost.sealed-content/3", ("format", "key", "language", "school", "salt", "data"),
        ("format", "key", "language", "school"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class OpenedReport:
    """One report as it came out of a sealed page."""

    page: bytes
    pdf: bytes
    title: str = ""
    filename: str = ""
    is_insert: bool = False  # goes along with a report


@dataclass(frozen=True)
class PageContent:
    """All that was sealed in a page, and what stands on it in clear."""

    parts: tuple[OpenedReport, ...]
    school: str
    language: str
    recipient: str
    delivery: str
    query_until: date
    receipt: ReceiptWish | MacWish | None = None
    messages: MessagesWish | None = None


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
    """The student numbers on a sealed page; of what goes along with a report with `+` before it.

    InputError `unstamped-page` or `mixed-stamps` unless a part has one stamp in its HTML and exactly that one on every
    page of its PDF; `strange-attachment` or `data-not-printed` where that has more attached than it prints.
    """
    students: set[str] = set()
    for place, part in enumerate(reopen_sealed(page, code), start=1):
        where = f"a sealed page, report {place}"
        stamps = stamps_of_page(part.page)
        number = student_of(stamps, where)
        must_be(stamps, stamps | printed_stamps(part.page), where)
        refuse_other_pdf(part.pdf, stamps, f"{where}, PDF")
        marked = {is_insert_page(one.last_line) for one in pages_of(part.pdf)}
        if len(marked) > 1 or marked != {part.is_insert}:
            raise mixed("a report and what goes along with one are in one file", where)
        students.add(PLAN + number if part.is_insert else number)
    return students


def _reopened(page: bytes, secret: bytes) -> PageContent:
    before, block, after = _taken_apart(page)
    fields = json.loads(block)
    form = _FORMATS[fields["format"]]
    salt, data = (base64.b64decode(fields[name], validate=True) for name in ("salt", "data"))
    rewritten = {name: fields[name] for name in form.written} | {
        name: base64.b64encode(value).decode() for name, value in (("salt", salt), ("data", data))
    }
    text = json.dumps(rewritten, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    if text.encode() != block:
        raise ValueError("not the one way to write it down")
    clear = "\n".join(fields[name] for name in form.clear).encode()
    once = _hkdf(secret, salt, fields["format"].encode(), 44)
    packed = AESGCM(once[:32]).decrypt(once[32:], data, clear)
    marker = hmac.new(_hkdf(secret, b"", f"{fields['format']} salt".encode(), 32), digestmod="sha256")
    marker.update(len(clear).to_bytes(8) + clear + packed)
    if not hmac.compare_digest(marker.digest(), salt):
        raise ValueError("the salt was not made from the content, so a key might have been used twice")
    content = zlib.decompress(packed, wbits=-15)
    about, parts = _parts(content, form.content, hashlib.sha256(before + _OPEN + _CLOSE + after).hexdigest())
    return PageContent(
        parts, fields["school"], fields["language"], about["recipient"], about["delivery"],
        date.fromisoformat(about["query_until"]), _receipt(about, fields), _messages(about),
    )  # fmt: skip


def _receipt(about: dict[str, Any], fields: dict[str, str]) -> ReceiptWish | MacWish | None:
    """The key pair of a page, and where it says that it was opened."""
    wish = about.get("receipt")
    if fields["format"] == "termpost.sealed/1":
        return MacWish(wish["to"], base64.b64decode(wish["key"], validate=True)) if wish else None
    if fields["format"] == "termpost.sealed/2":
        shown, pair, to = fields["receipt_key"], wish["key"] if wish else None, wish["to"] if wish else ""
    else:
        shown, pair, to = fields["key"], about.get("key"), wish or ""
    if pair is None:
        if shown or to:
            raise ValueError("the page shows a key that it does not have")
        return None
    public = base64.b64decode(shown, validate=True)
    private = base64.urlsafe_b64decode(pair["d"] + "=")
    numbers = derive_private_key(int.from_bytes(private), SECP256R1()).public_key().public_numbers()
    x, y = numbers.x.to_bytes(32), numbers.y.to_bytes(32)
    halves = {name: base64.urlsafe_b64encode(half)[:-1].decode() for name, half in (("d", private), ("x", x), ("y", y))}
    if public != b"\4" + x + y or pair != {"kty": "EC", "crv": "P-256"} | halves or len(private) != len(x):
        raise ValueError("the two halves of the key are not one pair, so nothing that the page signs would be taken")
    return ReceiptWish(str(to), private, public)


def _messages(about: dict[str, Any]) -> MessagesWish | None:
    """Where a family's messages go; a page that sends them must be able to sign them."""
    wish = about.get("messages")
    if wish is None:
        return None
    if "key" not in about or set(wish) != {"to", "home"}:
        raise ValueError("the page would send messages that nobody could take")
    return MessagesWish(wish["to"], base64.b64decode(wish["home"], validate=True))


def _taken_apart(page: bytes) -> tuple[bytes, bytes, bytes]:
    before, opening, rest = page.partition(_OPEN)
    block, closing, after = rest.partition(_CLOSE)
    if not opening or not closing or _OPEN in after:
        raise ValueError("not a sealed page")
    return before, block, after


def _parts(content: bytes, form: str, shell: str) -> tuple[dict[str, Any], tuple[OpenedReport, ...]]:
    place = 4 + int.from_bytes(content[:4])
    about = json.loads(content[4:place])
    if about["format"] != form or about["shell"] != shell:
        raise ValueError("the page around the reports was changed")
    opened = []
    for part in about["parts"]:
        middle, end = place + part["page"], place + part["page"] + part["pdf"]
        name = (part["title"], part["filename"], part.get("insert") is True)
        opened.append(OpenedReport(content[place:middle], content[middle:end], *name))
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
