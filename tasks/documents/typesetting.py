"""Setting a paper with Typst: by the fonts that ship with it alone, and the same bytes for the same data."""

import json
import threading
from datetime import UTC, date, datetime, time
from typing import Any, Final, Literal

import typst
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.shipped import TEMPLATES
from termpost.tasks.documents.printable import printable, spelled
from termpost.tasks.documents.row_headers import with_row_headers

UNPRINTABLE = "unprintable"  # error code: no font here covers a character
# read aloud (ISO 14289-1) and kept for as long as anybody needs it (ISO 19005-3, with what is attached), in one file
STANDARDS: Final[tuple[Literal["ua-1", "a-3a"], ...]] = ("ua-1", "a-3a")
_kept = threading.local()  # a compiler holds parsed fonts and its cache, and is not shared between threads


def typesetter(template: str) -> typst.Compiler:
    """This thread's compiler for a file of templates/. Only the fonts that ship with it are used."""
    compilers: dict[str, typst.Compiler] | None = getattr(_kept, "compilers", None)
    if compilers is None:
        compilers = _kept.compilers = {}
    if template not in compilers:
        compilers[template] = typst.Compiler(
            str(TEMPLATES / template),
            root=str(TEMPLATES),
            font_paths=[str(TEMPLATES / "fonts")],
            ignore_system_fonts=True,
        )
    return compilers[template]


def instant(day: date) -> int:
    """The date a document carries: midnight UTC of a day of the cycle, in seconds of the epoch; never the clock."""
    return int(datetime.combine(day, time(), UTC).timestamp())


def typeset(template: str, *, data: dict[str, str], dated: date, claims: bool = True) -> bytes:
    """A template with its data, each a text in JSON, as PDF.

    With `claims` it is PDF/UA-1 and PDF/A-3a and says so, and each row of a table has a row header. Without, it says
    nothing of the kind: what joins other files, or is laid over them.

    What no font can set was replaced before (printable.py). Where marks meet that no font has together, which only
    Typst finds, they are set by name.

    Raises InputError where even that cannot be set.
    """
    try:
        try:
            made = _compiled(template, data, dated, claims)
        except typst.TypstError:
            by_name = {key: json.dumps(_spelled(json.loads(text)), ensure_ascii=False) for key, text in data.items()}
            made = _compiled(template, by_name, dated, claims)
    except typst.TypstError:
        # Typst's message quotes the text it failed on, so it is dropped
        raise InputError(
            UNPRINTABLE,
            "a paper holds text that cannot be set, most likely in a script that no font here covers",
            "templates/fonts",
            "add an open font that covers the script",
        ) from None
    return made


def _compiled(template: str, data: dict[str, str], dated: date, claims: bool) -> bytes:
    made = typesetter(template).compile(
        format="pdf", sys_inputs=data, pdf_standards=list(STANDARDS) if claims else [], timestamp=instant(dated)
    )
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return with_row_headers(made) if claims else made


def _spelled(value: Any) -> Any:
    if isinstance(value, str):
        return spelled(printable(value))
    if isinstance(value, list):
        return [_spelled(one) for one in value]
    return {key: _spelled(one) for key, one in value.items()} if isinstance(value, dict) else value
