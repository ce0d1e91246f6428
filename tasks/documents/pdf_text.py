"""Reading a PDF back with PDFium: a reader that shares nothing with Typst, which wrote it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from threading import Lock

import pypdfium2
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdfium2 import raw
from termpost.schemas.base.errors import InputError

DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
PAPER = 250  # of 255 greys; from there on it is no ink
_ONE_AT_A_TIME = Lock()  # PDFium keeps state for the whole process


@dataclass(frozen=True)
class Page:
    """What one page says, and whether anything at all is on it."""

    text: str
    blank: bool  # nothing painted (ISO 32000-2, 8.2), nothing attached
    foot: str = ""  # what stands in the lowest strip of it, where one was asked for; then it is not in `text`


def read_pages(pdf: bytes, strip: float = 0) -> list[Page]:
    """Every page in order.

    Args:
        strip: height in points at the lower edge that is read apart.

    Raises:
        InputError: `unreadable-pdf`, when it cannot be read or has no page.
    """
    with _opened(pdf) as document:
        pages = [_read(document, index, strip) for index in range(len(document))]
    if not pages:
        raise _unreadable()
    return pages


def is_white_below(pdf: bytes, height: float) -> bool:
    """Whether nothing is seen in the strip of that height, in points, at the lower edge of any page.

    Raises:
        InputError: `unreadable-pdf`.
    """
    with _opened(pdf) as document:
        strips = (page.render(crop=(0, 0, 0, page.get_height() - height), grayscale=True) for page in document)
        return all(min(bytes(strip.buffer), default=PAPER) >= PAPER for strip in strips)


@contextmanager
def _opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    with _ONE_AT_A_TIME:
        try:
            document = pypdfium2.PdfDocument(pdf)
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
        painted = raw.FPDFPage_CountObjects(page) or raw.FPDFPage_GetAnnotCount(page)
        return Page(text, blank=not painted, foot=foot)
    finally:
        text_page.close()
        page.close()


def read_as_written(pdf: bytes, index: int) -> str:
    """The text of one page in the order it was written, by pypdf.

    PDFium reorders the words of a line on a page that reads right to left; pypdf does not, and is five times slower.
    There the map of a font may have marks of direction beside a figure, in the middle of a number: nobody sees them.
    """
    try:
        return DIRECTIONS.sub("", str(PdfReader(BytesIO(pdf)).pages[index].extract_text()))
    except PyPdfError:
        raise _unreadable() from None


def _unreadable() -> InputError:
    return InputError("unreadable-pdf", "a PDF cannot be read, or has no page", "the store", "prepare the cycle again")
