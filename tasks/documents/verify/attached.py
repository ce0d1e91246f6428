"""Independent verification (law 13): what is attached to a PDF, and whether its pages print all of it.

It trusts nothing that made the file, and reads it with QPDF. Of the data it knows next to nothing: whatever word or
figure is in it has to be found on the pages, as PDFium reads them, so that a fault cannot attach what nobody prints.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any, Final

import pikepdf
from termpost.schemas.base.errors import InputError
from termpost.tasks.documents.pdf_text import read_as_seen
from termpost.tasks.documents.verify.letter_lines import READABLE, squeezed

STRANGE: Final = "strange-attachment"
NOT_PRINTED: Final = "data-not-printed"
_NAME, _TYPE, _FORMAT = "report.json", "/application/json", "termpost.printed-report/1"
_LARGEST = 1 << 20  # bytes of data, far more than any report has
# what a report needs; all else could act, hide or ask (ISO 32000-2, 7.7.2 and 12.6)
_CATALOG = {
    "/Type", "/Version", "/Pages", "/Lang", "/MarkInfo", "/Metadata", "/Names", "/AF", "/Outlines", "/OutputIntents",
    "/StructTreeRoot", "/PageLabels", "/PageLayout", "/PageMode", "/ViewerPreferences", "/Dests", "/Extensions",
}  # fmt: skip
_PAGE = {
    "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Contents",
    "/Rotate", "/Group", "/StructParents", "/Tabs", "/Annots",
}  # fmt: skip
_CODES = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47: how a program is told the language; not printed
_MOST_BOOKMARKS = 10_000  # so that a list that leads back into itself ends
_KEY = re.compile(r"[a-z_]{1,30}")
_EXACT = ("exact", "of")
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[0-9]+(?:[.,٫٬ \u00a0\u202f][0-9]+)*")
# the last two: rooms on paper into which words are laid when it is printed; the code's is of earlier versions
_LINKS = ("https://", "http://", "mailto:", "tel:", "termpost:days", "termpost:code")


def attached_data(pdf: bytes, where: str) -> dict[str, Any] | None:
    """The data of a report; None where nothing is attached, as to a report of before there was any.

    Raises:
        InputError: `strange-attachment`, where anything else is attached, or the file could do something by itself.
    """
    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            _refuse_acting(document, where)
            found = _attached(document, where)
            data = None if found is None else found.read_bytes()
    except (pikepdf.PdfError, AttributeError, KeyError, TypeError, RecursionError):
        raise _strange("the PDF cannot be read", where) from None
    if data is None:
        return None
    try:
        said = json.loads(data.decode("utf-8"), parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        raise _strange("what is attached is no JSON", where) from None
    if not isinstance(said, dict) or said.get("format") != _FORMAT or len(data) > _LARGEST:
        raise _strange("what is attached is not the data of a report", where)
    return said


def refuse_attached(pdf: bytes, where: str) -> None:
    """Paper carries no data: nothing may be attached to what is printed, and it may do nothing.

    Raises:
        InputError: `strange-attachment`.
    """
    if attached_data(pdf, where) is not None:
        raise _strange("data is attached to what goes on paper", where)


def refuse_unprinted(pdf: bytes, pages: Sequence[str], stamp: str, where: str, *, must_have: bool = False) -> None:
    """Whether what is attached is about this report, and all of it is on its pages.

    Args:
        pages: the text of each, as PDFium reads it.
        stamp: of the report.
        must_have: a report that is made now has its data; one of before has none.

    Raises:
        InputError: `strange-attachment`, `data-not-printed`.
    """
    data = attached_data(pdf, where)
    if data is None:
        if must_have:
            raise _strange("the data of the report is not attached", where)
        return
    if data.get("stamp") != stamp:
        raise _strange("what is attached is another report's data", where)
    printed = _Printed(pdf, pages)
    rest = {key: value for key, value in data.items() if key not in ("format", "stamp")}
    if not all(printed.has(text) for text in _texts(rest, where)):
        raise _not_printed("the data that is attached says what the pages do not print", where)


class _Printed:
    """What the pages print: words as one reader gives them, and as they are seen where that one turns them round."""

    def __init__(self, pdf: bytes, pages: Sequence[str]) -> None:
        self._pdf, self._pages = pdf, pages
        self._words, self._text = set[str](), ""
        self._add(pages)
        self._is_seen = False

    def has(self, text: str) -> bool:
        words = list(_words(text))
        if self._holds(words):
            return True
        if not self._is_seen:  # slow, and seldom needed: a script that reads from right to left
            self._add([read_as_seen(self._pdf, place) for place in range(len(self._pages))])
            self._is_seen = True
        return self._holds(words)

    def _add(self, texts: Sequence[str]) -> None:
        self._words |= {word for text in texts for word in _words(text)}
        self._text += squeezed("".join(texts))

    def _holds(self, words: Sequence[str]) -> bool:
        # a figure has to be there as it is; a word may be broken over lines
        return all(word in self._words or (not word.isdigit() and word in self._text) for word in words)


def _words(text: str) -> Iterator[str]:
    """Its figures, in whatever digits a language has, and its words in scripts that a reader gives back as written."""
    for word in _WORD.findall(unicodedata.normalize("NFKC", text)):
        if word.isdecimal():
            yield _ascii(word)
        elif word.isascii() or max(word) < READABLE:
            yield word


def _ascii(figures: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in figures)


def _texts(value: Any, where: str) -> Iterator[str]:
    """Every text in the data that has to be printed."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, where)
    elif isinstance(value, dict):
        if not all(_KEY.fullmatch(key) for key in value):
            raise _strange("a key of what is attached is no plain word", where)
        if set(_EXACT) & value.keys():
            _refuse_inexact(value, where)
        for key, one in value.items():
            is_code = key == "language" and isinstance(one, str) and _CODES.fullmatch(one)
            if key not in _EXACT and not is_code:
                yield from _texts(one, where)
    else:
        raise _strange("what is attached has a value that is no text", where)


def _refuse_inexact(value: dict[str, Any], where: str) -> None:
    """The exact figures are those in words, read once more in whatever way a language writes a decimal."""
    try:
        exact = [Decimal(value[key]) for key in _EXACT if key in value]
        written = _NUMBER.findall(_ascii(value["text"]))
    except (InvalidOperation, TypeError, KeyError):
        raise _strange("an exact figure in what is attached is none", where) from None
    if len(exact) != len(written) or any(one not in _readings(text) for one, text in zip(exact, written, strict=True)):
        raise _not_printed("an exact figure in what is attached is not the one that is printed", where)


def _readings(written: str) -> set[Decimal]:
    """The last sign between digits may be the decimal one, or part thousands as those before it do."""
    parts = re.split(r"\D", written)
    whole = Decimal("".join(parts))
    return {whole} if len(parts) == 1 else {whole, Decimal(f"{''.join(parts[:-1])}.{parts[-1]}")}


def _refuse_acting(document: pikepdf.Pdf, where: str) -> None:
    """A report is read, and does nothing: no script, no action but a link, no form, no second document."""
    root: Any = document.Root
    names = set(root.get("/Names", {}).keys())
    if document.is_encrypted or not set(root.keys()) <= _CATALOG or not names <= {"/EmbeddedFiles", "/Dests"}:
        raise _strange("the PDF has something in it that no report has", where)
    pages: list[Any] = [page.obj for page in document.pages]
    for page in pages:
        if not set(page.keys()) <= _PAGE:
            raise _strange("a page has something in it that no report has", where)
        for note in page.get("/Annots", []):
            action: Any = note.get("/A", {})
            if note.get("/Subtype") != "/Link" or "/AA" in note or "/Next" in action:
                raise _strange("a page has a note or a field", where)
            if action and (action.get("/S") != "/URI" or not str(action.URI).startswith(_LINKS)):
                raise _strange("a page has an action that is no link", where)
    outline: list[Any] = [root.get("/Outlines", {}).get("/First")]
    seen = 0
    while outline and seen < _MOST_BOOKMARKS:
        item, seen = outline.pop(), seen + 1
        if item is None:
            continue
        if item.get("/A", {}).get("/S", "/GoTo") != "/GoTo" or "/Next" in item.get("/A", {}):
            raise _strange("a bookmark has an action", where)
        outline += [item.get("/Next"), item.get("/First")]


def _attached(document: pikepdf.Pdf, where: str) -> Any:
    """The one file, which the catalog and the tree of names both know; InputError where there is another."""
    root: Any = document.Root
    tree = root.get("/Names", {}).get("/EmbeddedFiles", {})
    named, associated = list(tree.get("/Names", [])), list(root.get("/AF", []))
    if "/Kids" in tree or len(named) not in (0, 2) or len(associated) != len(named) // 2:
        raise _strange("more is attached than the data of the report", where)
    if not named:
        return None
    file = named[1]
    if not (
        str(named[0]) == str(file.F) == str(file.UF) == _NAME
        and file.objgen == associated[0].objgen
        and file.get("/AFRelationship") == "/Data"
        and set(file.EF.keys()) <= {"/F", "/UF"}
        and all(one.get("/Subtype") == _TYPE for one in file.EF.values())
        and len({one.objgen for one in file.EF.values()}) == 1
    ):
        raise _strange("what is attached is not the data of a report", where)
    return file.EF.F


def _not_printed(what: str, where: str) -> InputError:
    return InputError(NOT_PRINTED, what, where, "tell the developers; do not send this one")


def _strange(what: str, where: str) -> InputError:
    return InputError(STRANGE, what, where, "make the report again; do not send this one")
