"""Copies that say what they are not: a stamp over every page, the original's bytes left as they are."""

import json
from contextlib import ExitStack
from datetime import date
from io import BytesIO

import pikepdf
from termpost.schemas.base.errors import InputError
from termpost.tasks.documents.claims import drop_attached, drop_kept_claim
from termpost.tasks.documents.typesetting import typeset

# pages that draw carelessly leave a changed grid behind, which the stamp must not be drawn in
BEFORE, OVER = b"q", b"Q\n/Artifact BMC q /TermpostStamp Do Q EMC"
NAME = pikepdf.Name("/TermpostStamp")


def stamped(pdf: bytes, text: str, language: str, dated: date, *, across: bool = True) -> bytes:
    """A copy of a PDF with a text across every page and once more at its head; same inputs, same bytes.

    The stamp is an artifact, so the copy stays tagged and accessible as the original is. It has no data attached, which
    would carry no stamp, and does not say that it is PDF/A.

    Args:
        across: False: at the head alone, on a copy that is the real thing and may not be used for everything.

    Raises:
        InputError: the PDF cannot be read, or no font covers the text.
    """
    made = BytesIO()
    try:
        with ExitStack() as open_stamps, pikepdf.open(BytesIO(pdf)) as copy:
            stamps: dict[tuple[float, float], pikepdf.Object] = {}
            for page in copy.pages:
                left, bottom, right, top = (float(edge) for edge in page.mediabox)
                size = right - left, top - bottom
                if size not in stamps:
                    data = BytesIO(_stamp(text, language, size, dated, across=across))
                    stamp = open_stamps.enter_context(pikepdf.open(data))
                    stamps[size] = copy.copy_foreign(stamp.pages[0].as_form_xobject())
                _lay_over(copy, page, stamps[size])
            drop_attached(copy)
            drop_kept_claim(copy)
            copy.save(made, deterministic_id=True, fix_metadata_version=False)
    except pikepdf.PdfError:
        raise InputError("unreadable-pdf", "a PDF cannot be read", "the store", "prepare the cycle again") from None
    return made.getvalue()


def _lay_over(copy: pikepdf.Pdf, page: pikepdf.Page, stamp: pikepdf.Object) -> None:
    own = pikepdf.Dictionary(dict(page.resources.items()))  # pages may share theirs
    own.XObject = pikepdf.Dictionary(dict(own.get("/XObject", pikepdf.Dictionary()).items()))
    own.XObject[NAME] = stamp
    page.obj.Resources = own
    page.contents_add(copy.make_stream(BEFORE), prepend=True)
    page.contents_add(copy.make_stream(OVER))


def _stamp(text: str, language: str, size: tuple[float, float], dated: date, *, across: bool) -> bytes:
    width, height = size
    data = {"text": text, "language": language.split("-", maxsplit=1)[0], "width": width, "height": height,
            "across": across}  # fmt: skip
    return typeset("stamp.typ", data={"stamp": json.dumps(data)}, dated=dated, claims=False)
