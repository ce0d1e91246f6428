"""Independent verification (law 13): whether a report carries the number that belongs to it and its version.

It shares no code with what makes numbers and prints them. In a page a number is read from an element of its own, and in
a PDF from the link that its square has too, where no text of a report can get; an envelope keeps no links, so there it
must stand among the words.
"""

import hashlib
import hmac
import io
import re
from collections.abc import Collection
from html.parser import HTMLParser

import pikepdf
from termpost.tasks.documents.pdf_text import read_as_seen, read_pages
from termpost.tasks.documents.verify.stamps import mixed, unstamped

_PRINTED = re.compile(r"(?<![0-9A-Z-])([0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3})(?![0-9A-Z-])")
_LINKED = re.compile(r"/verify/([0-9A-HJKMNP-TV-Z]{16})\Z")
SIGNS = 16
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def expected_number(secret: bytes, report: str, version: int) -> str:
    """The number of a report version, without dashes, made once more: HKDF and base 32 written out."""
    extracted = hmac.digest(bytes(32), secret, "sha256")
    key = hmac.digest(extracted, b"termpost.verification/1 number\x01", "sha256")
    rest = int(hmac.new(key, f"{report}\n{version}".encode(), hashlib.sha256).hexdigest()[:20], 16)
    signs = ""
    while len(signs) < SIGNS:
        rest, place = divmod(rest, 32)
        signs = _DIGITS[place] + signs
    return signs


def refuse_other_number(page: bytes, pdf: bytes, number: str | None) -> None:
    """Holds both renditions of a report against the number that it must carry; None: none.

    Raises:
        InputError: `unstamped-page`, where it is missing; `mixed-stamps`, where another report's stands there.
    """
    wanted = {number} if number else set[str]()
    for found, where in ((_of_page(page), "HTML page"), (_linked_in(pdf), "a PDF")):
        if wanted - found:
            raise unstamped("the number by which a copy is verified is missing", where)
        if found - wanted:
            raise mixed("a report carries another number than its own to be verified by", where)
    if number:
        refuse_without_numbers(pdf, {number})


def refuse_without_numbers(pdf: bytes, numbers: Collection[str], password: str = "") -> None:
    """Whether each of these numbers can be read in a PDF.

    Args:
        password: of one that is locked.

    Raises:
        InputError: `unstamped-page`, where one is missing; `unreadable-pdf`.
    """
    left = set(numbers)
    if not left:
        return
    pages = read_pages(pdf, password=password)
    for page in pages:
        left -= printed_numbers(page.text)
    for place in range(len(pages) if left else 0):  # in a line from right to left PDFium turns words round
        left -= printed_numbers(read_as_seen(pdf, place, password=password))
    if left:
        raise unstamped("the number by which a copy is verified is missing", "a PDF")


def printed_numbers(text: str) -> set[str]:
    """Whatever in a text is written as a number is: four groups of four signs; without dashes."""
    return {number.replace("-", "") for number in _PRINTED.findall(text)}


def _linked_in(pdf: bytes) -> set[str]:
    found: set[str] = set()
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            for page in document.pages:
                for note in page.obj.get("/Annots", pikepdf.Array()):
                    action = note.get("/A", pikepdf.Dictionary())
                    found |= set(_LINKED.findall(str(action.get("/URI", ""))))
    except pikepdf.PdfError:
        raise unstamped("the PDF cannot be read, or has no page", "a PDF") from None
    return found


class _NumberReader(HTMLParser):
    """Collects the words in elements of class `verification-number`, in which is text alone."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._is_number = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._is_number = "verification-number" in (dict(attrs).get("class") or "").split()

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - HTMLParser passes it
        self._is_number = False

    def handle_data(self, data: str) -> None:
        if self._is_number:
            self.words.append(data)


def _of_page(html: bytes) -> set[str]:
    reader = _NumberReader()
    reader.feed(html.decode("utf-8", errors="replace"))
    reader.close()
    return printed_numbers(" ".join(reader.words))
