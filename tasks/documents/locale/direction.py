"""A value within a line that runs the other way: a phone number, a grade or a Latin name among Arabic letters.

Unicode's isolates would say it in one sign each, but `visible` takes them out of every text, since a name may hide
them, and old mail programs do not know them. Marks of direction have no such power: they act as a letter of no width
would. The inner ones give the value ends of its own direction, so that `B+` keeps its sign; the outer ones keep it from
joining what stands beside it. On paper a rule of `paper.typ` sets what stands between them in a direction of its own.
"""

import re
from functools import lru_cache
from unicodedata import bidirectional

LTR, RTL = "ltr", "rtl"
MARKS = {LTR: "\u200e", RTL: "\u200f"}
DIRECTION_OF = {"L": LTR, "R": RTL, "AL": RTL}
PLAIN = re.compile("[0-9.,% \u00a0\u200e]*")  # reads the same in every line


@lru_cache(maxsize=50_000)
def isolated(value: str, direction: str) -> str:
    """A value as it stands in a line of this direction; as it is where nothing can turn round."""
    if PLAIN.fullmatch(value) or (direction == LTR and value.isascii()):
        return value
    if value.startswith(MARKS[direction]) and value.endswith(MARKS[direction]):
        return value  # it is already
    strong = [DIRECTION_OF[kind] for kind in map(bidirectional, value) if kind in DIRECTION_OF]
    own = strong[0] if strong else LTR
    if own == direction:
        is_mixed = (
            MARKS[direction] not in value and len(set(strong)) > 1
        )  # with marks it was composed of what is isolated
        return f"{MARKS[direction]}{value}{MARKS[direction]}" if is_mixed else value
    if direction == LTR and not strong:
        return value
    inner = value.strip(MARKS[own])
    return f"{MARKS[direction]}{MARKS[own]}{inner}{MARKS[own]}{MARKS[direction]}"
