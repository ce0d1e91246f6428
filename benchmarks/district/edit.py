"""Changes one row of a CSV file and leaves every other byte as it is. Streams, so that size does not matter."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random

from termpost.schemas.base.errors import InputError

Row = dict[str, str]
Suits = Callable[[Row], bool]


def _lines(path: Path) -> Iterator[bytes]:
    """Records with their line ends; the standard allows no line break inside a field."""
    with path.open("rb") as source:
        yield from source


def _cells(line: bytes) -> list[str]:
    return next(csv.reader([line.decode("utf-8-sig").rstrip("\r\n")]))


def _line(cells: Iterable[str], end: bytes) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue().encode() + end


def ending(line: bytes) -> bytes:
    """The line end that a record has."""
    return b"\r\n" if line.endswith(b"\r\n") else b"\n"


def rows(path: Path) -> Iterator[Row]:
    """The rows of a file by column."""
    lines = _lines(path)
    header = _cells(next(lines))
    for line in lines:
        yield dict(zip(header, _cells(line), strict=True))


def pick(path: Path, rng: Random, suits: Suits) -> tuple[int, Row]:
    """(1-based number, row), each suitable row with equal chance; InputError where none suits."""
    chosen, seen = None, 0
    for number, row in enumerate(rows(path), 1):
        if suits(row):
            seen += 1
            if rng.randrange(seen) == 0:
                chosen = number, row
    if chosen is None:
        raise InputError("no-place", "no row can take this flaw", path.name, "plant it in a larger extract")
    return chosen


def replace_line(path: Path, number: int, change: Callable[[bytes], bytes]) -> None:
    """Puts what `change` makes of a record in its place; 0 is the header."""
    draft = path.with_name(path.name + ".draft")
    with draft.open("wb") as out:
        out.writelines(change(line) if place == number else line for place, line in enumerate(_lines(path)))
    draft.replace(path)


def replace_row(path: Path, number: int, *new: Row) -> None:
    """Puts rows in the place of one."""
    replace_line(path, number, lambda line: b"".join(_line(row.values(), ending(line)) for row in new))


def append_row(path: Path, row: Row) -> None:
    """Adds a row at the end."""
    with path.open("rb") as source:
        end = ending(source.readline())
    with path.open("ab") as out:
        out.write(_line(row.values(), end))
