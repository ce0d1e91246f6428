"""Which characters the fonts that ship with termpost have: read from their `cmap` tables (OpenType 1.9, cmap)."""

import struct
from array import array
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from termpost.schemas.base.shipped import TEMPLATES

FIRST_FONT = "NotoSans-Regular.ttf"  # every paper is set in it; the others stand in for what it lacks
PLATFORMS = {(3, 10): 3, (0, 6): 3, (0, 4): 2, (3, 1): 1, (0, 3): 1}  # platform, encoding → the fullest goes first


@cache
def fonts() -> dict[str, frozenset[int]]:
    """File name → code points it has a glyph for; read once a process."""
    return {path.name: frozenset(_characters(path)) for path in sorted((TEMPLATES / "fonts").glob("*.?tf"))}


@cache
def covered() -> frozenset[int]:
    """Code points that some font has."""
    return frozenset[int]().union(*fonts().values())


def _characters(path: Path) -> Iterator[int]:
    with path.open("rb") as file:
        tables = struct.unpack(">4xH6x", file.read(12))[0]
        places = {tag: (at, size) for tag, _, at, size in struct.iter_unpack(">4sIII", file.read(16 * tables))}
        at, size = places[b"cmap"]
        file.seek(at)
        table = file.read(size)
    found = struct.iter_unpack(">HHI", table[4 : 4 + 8 * struct.unpack(">H", table[2:4])[0]])
    known = [(PLATFORMS.get((platform, encoding), 0), offset) for platform, encoding, offset in found]
    subtable = table[max(known)[1] :]
    yield from _segmented(subtable) if subtable[:2] == b"\0\x04" else _grouped(subtable)


def _grouped(table: bytes) -> Iterator[int]:
    """Format 12: groups of characters whose glyphs follow each other."""
    size, count = struct.unpack(">I4xI", table[4:16])
    for first, last, glyph in struct.iter_unpack(">III", table[16:size][: 12 * count]):
        yield from range(first + (glyph == 0), last + 1)


def _segmented(table: bytes) -> Iterator[int]:
    """Format 4: segments, whose glyphs are computed or looked up; glyph 0 is none."""
    words = array("H", table[: struct.unpack(">H", table[2:4])[0] & ~1])
    words.byteswap()
    count = words[3] // 2
    ends, starts = words[7 : 7 + count], words[8 + count : 8 + 2 * count]
    deltas, offsets = words[8 + 2 * count : 8 + 3 * count], words[8 + 3 * count : 8 + 4 * count]
    for number, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for character in range(first, min(last, 0xFFFE) + 1):
            if offset:
                place = 8 + 3 * count + number + offset // 2 + character - first
                glyph = words[place] if place < len(words) else 0
            else:
                glyph = (character + delta) & 0xFFFF
            if glyph:
                yield character
