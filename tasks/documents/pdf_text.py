"""Reading a PDF back with PDFium: a reader that shares nothing with Typst, which wrote it."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from threading import Lock

import pypdfium2
from PIL.Image import Image
from pypdfium2 import raw
from termpost.schemas.base.errors import InputError

DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
PAPER = 250  # of 255 greys; from there on it is no ink
SAME_LINE = 3  # points
FOOT = 14  # points, from the lowest sign of a page: its last line, above which the templates leave more than that free
GAP = 0.5  # of the height of a line: what stands so far apart is not one word
READ_LAST = 4  # files whose text is kept, in memory alone
_ONE_AT_A_TIME = Lock()  # PDFium keeps state for the whole process


@dataclass(frozen=True)
class Page:
    """What one page says, and whether anything at all is on it."""

    text: str
    blank: bool  # nothing painted (ISO 32000-2, 8.2), nothing attached
    foot: str = ""  # what stands in the lowest strip of it, where one was asked for; then it is not in `text`
    last_line: str = ""  # of `text`: the foot of the page, where no running text can get


def read_pages(pdf: bytes, strip: float = 0, password: str = "") -> list[Page]:
    """Every page in order.

    Args:
        strip: height in points at the lower edge that is read apart.
        password: of one that is locked.

    Raises:
        InputError: `unreadable-pdf`, when it cannot be read or has no page.
    """
    return list(_read_once(pdf, strip, password))


@lru_cache(maxsize=READ_LAST)
def _read_once(pdf: bytes, strip: float, password: str) -> tuple[Page, ...]:
    """One file is looked at in several ways, one after the other: whose it is, what is attached, which numbers."""
    with _opened(pdf, password) as document:
        pages = tuple(_read(document, index, strip) for index in range(len(document)))
    if not pages:
        raise _unreadable()
    return pages


def page_count(pdf: bytes) -> int:
    """How many pages there are, without reading one.

    Raises:
        InputError: `unreadable-pdf`, when it cannot be read or has none.
    """
    with _opened(pdf) as document:
        if not (count := len(document)):
            raise _unreadable()
    return count


def is_white_below(pdf: bytes, height: float) -> bool:
    """Whether nothing is seen in the strip of that height, in points, at the lower edge of any page.

    Raises:
        InputError: `unreadable-pdf`.
    """
    with _opened(pdf) as document:
        strips = (page.render(crop=(0, 0, 0, page.get_height() - height), grayscale=True) for page in document)
        return all(min(bytes(strip.buffer), default=PAPER) >= PAPER for strip in strips)


def pictures_of(pdf: bytes, places: Iterable[int], scale: float) -> Iterator[Image]:
    """Pages as they are seen, in greys; those that are not there are left out.

    Args:
        scale: dots per point; 2 is 144 dpi.

    Raises:
        InputError: `unreadable-pdf`.
    """
    with _opened(pdf) as document:
        for place in places:
            if place < len(document):
                yield document[place].render(scale=scale, grayscale=True).to_pil()


@contextmanager
def _opened(pdf: bytes, password: str = "") -> Iterator[pypdfium2.PdfDocument]:
    with _ONE_AT_A_TIME:
        try:
            document = pypdfium2.PdfDocument(pdf, password=password or None)
        except pypdfium2.PdfiumError:
            raise _unreadable() from None
        try:
            yield document
        except pypdfium2.PdfiumError:
            raise _unreadable() from None
        finally:
            document.close()


def _read(document: pypdfium2.PdfDocument, index: int, strip: float) -> Page:
    page = document[index]
    text_page = page.get_textpage()
    try:
        text = text_page.get_text_bounded(bottom=strip or None)
        foot = text_page.get_text_bounded(top=strip) if strip else ""
        edges = (text_page.get_rect(n)[1] for n in range(text_page.count_rects()))
        lowest = min((edge for edge in edges if edge >= strip), default=strip)
        last_line = text_page.get_text_bounded(bottom=strip or None, top=lowest + FOOT)
        painted = raw.FPDFPage_CountObjects(page) or raw.FPDFPage_GetAnnotCount(page)
        return Page(text, blank=not painted, foot=foot, last_line=last_line)
    finally:
        text_page.close()
        page.close()


def read_as_seen(pdf: bytes, index: int, last_line_above: float | None = None, password: str = "") -> str:
    """The text of one page as an eye meets it: line by line from the top, the signs of a line from left to right.

    With `last_line_above` of its last line alone, above a strip of so many points.

    Where a page reads from right to left PDFium puts the words of a line into the order of that script, those of a
    Latin stamp too; by where each sign stands it is found as it was printed. What is in the script itself comes out
    backwards. Marks of direction, which the map of a font may have beside a figure, are nothing that is seen.
    """
    with _opened(pdf, password) as document:
        page = document[index]
        text_page = page.get_textpage()
        try:
            signs = list(_signs(text_page))
        finally:
            text_page.close()
            page.close()
    if last_line_above is not None:
        signs = [sign for sign in signs if sign.bottom >= last_line_above]
        lowest = min((sign.bottom for sign in signs), default=0)
        signs = [sign for sign in signs if sign.bottom <= lowest + FOOT]
    return DIRECTIONS.sub("", "\n".join(_lines(signs)))


@dataclass(frozen=True)
class _Sign:
    """One character and where it stands, in points from the lower left corner."""

    text: str
    left: float
    right: float
    bottom: float
    height: float


def _signs(text_page: pypdfium2.PdfTextPage) -> Iterator[_Sign]:
    for place in range(text_page.count_chars()):
        left, bottom, right, top = text_page.get_charbox(place, loose=True)
        text = text_page.get_text_range(place, 1)
        # a space that PDFium adds between what it takes for words stands nowhere
        if right > left and not (text.isspace() and raw.FPDFText_IsGenerated(text_page, place) == 1):
            yield _Sign(text, left, right, bottom, top - bottom)


def _lines(signs: list[_Sign]) -> Iterator[str]:
    """A line is what stands less than SAME_LINE lower than the sign before it; a gap is a space."""
    line: list[_Sign] = []
    for sign in sorted(signs, key=lambda one: -one.bottom):
        if line and line[-1].bottom - sign.bottom > SAME_LINE:
            yield _spaced(line)
            line = []
        line.append(sign)
    yield _spaced(line)


def _spaced(line: list[_Sign]) -> str:
    text, end = "", float("inf")
    for sign in sorted(line, key=lambda one: one.left):
        text += f" {sign.text}" if sign.left - end > GAP * sign.height else sign.text
        end = sign.right
    return text


def is_locked(pdf: bytes) -> bool:
    """Whether it takes a password to read anything of it.

    Raises:
        InputError: `unreadable-pdf`, where it is no PDF.
    """
    with _ONE_AT_A_TIME:
        try:
            pypdfium2.PdfDocument(pdf).close()
        except pypdfium2.PdfiumError as error:
            if error.err_code == raw.FPDF_ERR_PASSWORD:
                return True
            raise _unreadable() from None
    return False


def _unreadable() -> InputError:
    return InputError("unreadable-pdf", "a PDF cannot be read, or has no page", "the store", "prepare the cycle again")


def page_pictures(pdf: bytes, dots: int = 90) -> Iterator[bytes]:
    """A PNG of each page, with so many dots an inch."""
    with _opened(pdf) as document:
        for page in document:
            out = BytesIO()
            page.render(scale=dots / 72).to_pil().save(out, "PNG", optimize=True)
            yield out.getvalue()
