"""Independent verification (law 13): whether a letter says what it should, as far as it can be read."""

import unicodedata
from collections.abc import Iterable

from termpost.tasks.documents.pdf_text import read_as_seen
from termpost.tasks.documents.wording import visible

READABLE = "\u0530"  # beyond Latin, Greek and Cyrillic no reader gives a line of a PDF back as it was written


def letter_contains(pdf: bytes, place: int, text: str, letters: Iterable[tuple[str, ...]]) -> bool:
    """Whether page `place`, read as `text`, has every line of one of these letters.

    The slow reader is asked only where the fast one finds nothing.
    """
    wanted = list(letters)
    return contains_lines(text, wanted) or contains_lines(read_as_seen(pdf, place), wanted)


def contains_lines(text: str, letters: Iterable[tuple[str, ...]]) -> bool:
    """Whether every line of one of these letters is in the text, as far as a reader can be trusted with it."""
    text = squeezed(text)
    return any(
        all(squeezed(visible(line)) in text for line in lines if all(sign < READABLE for sign in line))
        for lines in letters
    )


def shows_code(text: str, code: str) -> bool:
    """Whether an access code can be read in the text, however it is grouped."""
    return _bare(code) in _bare(text)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).upper()


def squeezed(text: str) -> str:
    """Without what a reader may add or lose between words, at the end of a line or in a ligature."""
    # PDFium has a mark of its own for the hyphen at which a long line was broken, and pdftotext's kin another
    text = text.replace("\x02", "-").replace("\ufffe", "-")
    return "".join(unicodedata.normalize("NFKC", text).split())
