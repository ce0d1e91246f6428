"""Reading a PDF back with PDFium: a reader that shares nothing with Typst, which wrote it."""

import re
from dataclasses import dataclass
from io import BytesIO
from threading import Lock

import pypdfium2
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdfium2 import raw

from schemas.errors import InputError

DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ONE_AT_A_TIME = Lock()  # PDFium keeps state for the whole process


@dataclass(frozen=True)
class Page:
    """What one page says, and whether anything at all is on it."""

    text: str
    blank: bool  # nothing painted (ISO 32000-2, 8.2), nothing attached


def read_pages(pdf: bytes) -> list[Page]:
    """Every page in order.

    Raises:
        InputError: `unreadable-pdf`, when it cannot be read or has no page.
    """
    with _ONE_AT_A_TIME:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError:
            raise _unreadable() from None
        try:
            pages = [_read(document, index) for index in range(len(document))]
        except pypdfium2.PdfiumError:
            raise _unreadable() from None
        finally:
            document.close()
    if not pages:
        raise _unreadable()
    return pages


def _read(document: pypdfium2.PdfDocument, index: int) -> Page:
    page = document[index]
    text_page = page.get_textpage()
    try:
        text = text_page.get_text_bounded()
        painted = raw.FPDFPage_CountObjects(page) or raw.FPDFPage_GetAnnotCount(page)
        return Page(text, blank=not painted)
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
