"""A difference between two texts, word by word."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Literal

Piece = tuple[Literal["=", "-", "+"], str]  # kept, taken out, put in
MARKS = {"=": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}  # as git marks words


def word_difference(before: str, after: str) -> list[Piece]:
    """In order; the pieces = and - together are `before`, those = and + together `after`."""
    old, new = (re.findall(r"\s+|\w+|[^\w\s]", text) for text in (before, after))
    pieces: list[Piece] = []
    out: list[str] = []  # what the change in hand takes out
    put: list[str] = []
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (what, i, j, k, m) in enumerate(steps, start=1):
        # a blank between two changed words is part of the change: nobody reads word, blank, word
        if what != "equal" or ("".join(old[i:j]).isspace() and 1 < number < len(steps)):
            out += old[i:j]
            put += new[k:m]
            continue
        pieces += _changed(out, put)
        pieces.append(("=", "".join(old[i:j])))
        out, put = [], []
    return pieces + _changed(out, put)


def _changed(out: Iterable[str], put: Iterable[str]) -> list[Piece]:
    both: tuple[Piece, Piece] = ("-", "".join(out)), ("+", "".join(put))
    return [piece for piece in both if piece[1]]


def shown(pieces: Iterable[Piece]) -> str:
    """On one terminal: a character that would steer it is shown as a box."""
    text = "".join(f"{MARKS[kind][0]}{piece}{MARKS[kind][1]}" for kind, piece in pieces)
    return re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "□", text.replace("\r\n", "\n"))
