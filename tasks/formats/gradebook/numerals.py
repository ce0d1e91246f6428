"""Numbers as people of several languages write them, read without guessing: 87.5, 87,5, 1.234,5, 1 234,5."""

import re
from collections.abc import Iterable

SPACES = " \u00a0\u202f'’"  # what parts thousands, beside the comma or point that does not part decimals
TWO_DECIMALS = {mark: re.compile(rf"-?[0-9]+[{mark}][0-9]{{1,2}}") for mark in ",."}
# nothing in these says which mark is which: whole digits, or thousands parted by spaces
CLEAR = re.compile(rf"-?(?:[0-9]+|[0-9]{{1,3}}(?:[{SPACES}][0-9]{{3}})+)")
LOOKS_PLAIN = re.compile(r"-?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)")
PERCENT = re.compile(r"(-?[0-9]{1,4})[.,]([0-9]+)(\s?%?)")
FULL = {
    mark: re.compile(rf"-?(?:[0-9]+|[0-9]{{1,3}}(?:[{other}{SPACES}][0-9]{{3}})+)(?:[{mark}][0-9]+)?")
    for mark, other in ((",", "."), (".", ","))
}


def decimal_mark(cells: Iterable[str], semicolons: bool) -> str | None:
    """What parts decimals in a file: the mark before one or two last digits.

    Args:
        cells: the file's numbers, as they came.
        semicolons: whether semicolons part the cells, as where the comma is taken for decimals.

    Returns:
        "," or ".", or None where nothing tells. Where both are used the cells contradict each other, and those of the
        less likely mark will be no numbers.
    """
    seen = {mark for cell in cells for mark, pattern in TWO_DECIMALS.items() if pattern.fullmatch(cell.strip())}
    if len(seen) == 1:
        return seen.pop()
    if semicolons:
        return ","
    return "." if seen else None


def plain(cell: str, mark: str | None) -> str:
    """A localised number or per cent in plain digits with a point; anything else as it came.

    What looks like a number, but not of the file's language, gets a question mark: it is for the check to refuse.
    """
    bare = cell.strip()
    percent = bare.endswith("%")
    number = bare.removesuffix("%").rstrip() if percent else bare
    if not (FULL[mark] if mark else CLEAR).fullmatch(number):
        return f"{cell}?" if LOOKS_PLAIN.fullmatch(number) else cell
    thousands = {",": ".", ".": ","}.get(mark or "", "") + SPACES
    digits = number.translate({ord(c): None for c in thousands}).replace(",", ".")
    return digits + "%" if percent else digits


def plain_percent(cell: str) -> str:
    """A total in plain digits with a point, whichever mark it came with: no per cent has thousands to part."""
    found = PERCENT.fullmatch(cell.strip())
    return f"{found[1]}.{found[2]}{found[3]}" if found else cell.strip()
