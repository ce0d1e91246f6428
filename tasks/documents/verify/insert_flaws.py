"""Whether a document that a school sends along is a plain PDF: pages that are read, and nothing that acts or hides."""

from io import BytesIO
from typing import Any

import pikepdf
from termpost.schemas.base.errors import InputError
from termpost.schemas.contracts.insert_rules import ACTING, LARGE, LARGEST, LOCKED, MOST_PAGES, NO_PDF
from termpost.tasks.documents.pdf_text import page_count

_OF_CATALOG = ("/AcroForm", "/OpenAction", "/AA", "/Collection", "/AF")
_NAMES = frozenset({"/JavaScript", "/EmbeddedFiles"})
_QUIET = frozenset({"/Link", "/Popup"})  # notes that add nothing to a page as it is seen


def insert_flaw(pdf: bytes) -> str:
    """The rule that it breaks (`schemas/contracts/insert_rules.py`); empty where there is nothing wrong with it."""
    if len(pdf) > LARGEST:
        return LARGE
    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            found = _flaw(document)
        page_count(pdf)  # a second reader, which is the one that looks at what goes out
    except pikepdf.PasswordError:
        return LOCKED
    except (pikepdf.PdfError, InputError, AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return NO_PDF
    return found


def _flaw(document: pikepdf.Pdf) -> str:
    if document.is_encrypted:
        return LOCKED
    if len(document.pages) > MOST_PAGES:
        return LARGE
    return ACTING if _acts(document) else ""


def _acts(document: pikepdf.Pdf) -> bool:
    root: Any = document.Root
    if any(key in root for key in _OF_CATALOG) or _NAMES & set(root.get("/Names", {}).keys()):
        return True
    for page in document.pages:
        if "/AA" in page.obj or "/AF" in page.obj:
            return True
        notes: Any = page.obj.get("/Annots", [])
        if any(str(note.get("/Subtype")) not in _QUIET or _is_strange_link(note) for note in notes):
            return True
    return False


def _is_strange_link(note: Any) -> bool:
    return "/AA" in note or str(note.get("/A", {}).get("/S", "/URI")) not in ("/URI", "/GoTo")
