"""The second code path (law 13): opens what is about to be sent and says whose reports are in it.

It trusts nothing that made the page. Of the sealing it shares `codes.tidy` only, and states the format once more.
"""

import base64
import hashlib
import hmac
import json
import re
import zlib
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.receipt import ReceiptWish
from termpost.tasks.documents.pdf_text import Page, read_as_seen, read_pages
from termpost.tasks.secrets.access_codes import tidy

_FORMAT = "termpost.sealed/1"
_CONTENT = "termpost.sealed-content/1"
_OPEN, _CLOSE = b'<script type="application/json" id="sealed">', b"</script>"
_KEYS = ("data", "format", "language", "salt", "school")

# Report.stamp: `<student number> · <cycle id> · v<version>`. Bounded by white space on both sides, so that of a number
# with a sign that is not foreseen (S/123) nothing is read rather than its tail.
_STAMP = re.compile(r"(?<!\S)([\w.\-]+)[ \u00a0]+·[ \u00a0]+([\w.\-]+)[ \u00a0]+·[ \u00a0]+v([1-9][0-9]*)(?!\S)")


@dataclass(frozen=True)
class Opened:
    """One report as it came out of a sealed page."""

    page: bytes
    pdf: bytes
    title: str = ""
    filename: str = ""


@dataclass(frozen=True)
class Content:
    """All that was sealed in a page, and what stands on it in clear."""

    parts: tuple[Opened, ...]
    school: str
    language: str
    recipient: str
    delivery: str
    query_until: date
    receipt: ReceiptWish | None = None


def reopen_sealed(page: bytes, code: str) -> list[Opened]:
    """Every part of a sealed page. InputError `does-not-open` on a wrong code or when any byte was changed."""
    return list(reopen(page, code).parts)


def reopen(page: bytes, code: str) -> Content:
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

    InputError `unstamped-page` unless a part has one stamp in its HTML and exactly that one on every page of its PDF.
    """
    students: set[str] = set()
    for place, part in enumerate(reopen_sealed(page, code), start=1):
        where = f"a sealed page, report {place}"
        stamps = stamps_of_page(part.page)
        number = student_of(stamps, where)
        if not _read(part.page).printed <= stamps:
            raise _unstamped("the page carries another report's stamp", where)
        for sheet, found in enumerate(stamps_of_pdf(part.pdf), start=1):
            if found != stamps:
                raise _unstamped("the stamp is missing or not the HTML page's", f"{where}, PDF page {sheet}")
        students.add(number)
    return students


def students_in_envelope(pdf: bytes, cover_pages: int = 1) -> set[str]:
    """The student numbers in a print envelope: `cover_pages` sheets of two pages with the letter, then reports.

    InputError `unstamped-page` when a page after the letter is neither blank nor stamped exactly once, or when there is
    no report. A stamp that strayed into the letter counts as a student.
    """
    students: set[str] = set()
    reports = 0
    for place, page in enumerate(_pages(pdf)):
        where = f"a print envelope, page {place + 1}"
        stamps = stamps_in(page.text)
        if place < 2 * cover_pages:
            students |= {student_of({stamp}, where) for stamp in stamps}
        elif not page.blank:
            students.add(student_of(stamps or _as_written(pdf, place, page), where))
            reports += 1
    if not reports:
        raise _unstamped("there is no report after the letter", "a print envelope")
    return students


def stamps_of_page(html: bytes) -> set[str]:
    """The contents of `<meta name="termpost-report">`."""
    return _read(html).declared


def stamps_of_pdf(pdf: bytes) -> list[set[str]]:
    """The stamps printed on each page, in page order; InputError `unstamped-page` when the PDF cannot be read."""
    return [stamps_in(page.text) or _as_written(pdf, place, page) for place, page in enumerate(_pages(pdf))]


def _as_written(pdf: bytes, place: int, page: Page) -> set[str]:
    """A second look, for a page on which PDFium finds no stamp."""
    return set() if page.blank else stamps_in(read_as_seen(pdf, place))


def _reopened(page: bytes, secret: bytes) -> Content:
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
    return Content(
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


def _parts(content: bytes, shell: str) -> tuple[dict[str, Any], tuple[Opened, ...]]:
    place = 4 + int.from_bytes(content[:4])
    about = json.loads(content[4:place])
    if about["format"] != _CONTENT or about["shell"] != shell:
        raise ValueError("the page around the reports was changed")
    opened = []
    for part in about["parts"]:
        middle, end = place + part["page"], place + part["page"] + part["pdf"]
        opened.append(Opened(content[place:middle], content[middle:end], part["title"], part["filename"]))
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


class _Reader(HTMLParser):
    """Collects the stamp a page declares and the stamps in its visible text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.declared: set[str] = set()
        self.printed: set[str] = set()
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "meta" and named.get("name") == "termpost-report":
            self.declared.add(named.get("content") or "")

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def close(self) -> None:
        super().close()
        self.printed = stamps_in(" ".join(self._text))


def _read(html: bytes) -> _Reader:
    reader = _Reader()
    reader.feed(html.decode("utf-8", errors="replace"))
    reader.close()
    return reader


def _pages(pdf: bytes) -> list[Page]:
    try:
        return read_pages(pdf)
    except InputError:
        raise _unstamped("the PDF cannot be read, or has no page", "a PDF") from None


def stamps_in(text: str) -> set[str]:
    """The stamps in a text, `number · cycle · version`."""
    return {" · ".join((number, cycle, f"v{version}")) for number, cycle, version in _STAMP.findall(text)}


def student_of(stamps: set[str], where: str) -> str:
    """The student number of the only stamp; InputError `unstamped-page` where there is none, or a second."""
    if len(stamps) != 1:
        raise _unstamped("there must be exactly one stamp", where)
    found = _STAMP.fullmatch(next(iter(stamps)))
    if found is None:
        raise _unstamped("the stamp does not read `number · cycle · version`", where)
    return found[1]


def _unstamped(what: str, where: str) -> InputError:
    return InputError("unstamped-page", what, where, "make the report again; do not send this one")
