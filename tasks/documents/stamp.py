"""Copies that nobody can take for the real thing: a stamp over every page, the original's bytes left as they are."""

import json
from datetime import date
from io import BytesIO

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from termpost.schemas.base.errors import InputError
from termpost.tasks.render.pdf import typeset


def stamped(pdf: bytes, text: str, language: str, dated: date) -> bytes:
    """A copy of a PDF with a text across every page and once more at its head; same inputs, same bytes.

    The stamp is an artifact, so the copy stays tagged and accessible as the original is.

    Raises:
        InputError: the PDF cannot be read, or no font covers the text.
    """
    try:
        writer = PdfWriter(clone_from=BytesIO(pdf))
        stamps: dict[tuple[float, float], PageObject] = {}
        for page in writer.pages:
            size = float(page.mediabox.width), float(page.mediabox.height)
            if size not in stamps:
                stamps[size] = _stamp(text, language, size, dated)
            page.merge_page(stamps[size])
        copy = BytesIO()
        writer.pdf_header = "%PDF-1.7"  # as the reports have it; pypdf would call it 1.3
        writer.write(copy)
    except PyPdfError:
        raise InputError("unreadable-pdf", "a PDF cannot be read", "the store", "prepare the cycle again") from None
    return copy.getvalue()


def _stamp(text: str, language: str, size: tuple[float, float], dated: date) -> PageObject:
    width, height = size
    data = {"text": text, "language": language.split("-", maxsplit=1)[0], "width": width, "height": height}
    pdf = typeset("stamp.typ", data={"stamp": json.dumps(data)}, dated=dated, standard=None)
    return PdfReader(BytesIO(pdf)).pages[0]
