"""What the quick check looks at of a segment; it must judge by it alone, whatever lies there."""

import hashlib

import pytest
from termpost.tasks.log.segments import BrokenError, ChainPlace, Outline, outline, skim_segment


@pytest.mark.parametrize(("data", "header", "rows", "first", "last"), [
    (b"", b"", 0, b"", b""),
    (b"h", b"h", 0, b"h", b"h"),
    (b"h\n", b"h\n", 0, b"h\n", b"h\n"),
    (b"h\na\n", b"h\n", 1, b"a\n", b"a\n"),
    (b"h\na\n\nb\r\n", b"h\n", 3, b"a\n", b"b\r\n"),
    (b"h\na\x0b\x0c\x85b\nc", b"h\n", 2, b"a\x0b\x0c\x85b\n", b"c"),
])  # fmt: skip
def test_rows_end_with_a_newline_and_with_nothing_else(
    data: bytes, header: bytes, rows: int, first: bytes, last: bytes
) -> None:
    assert outline(data) == Outline(header, rows, first, last, hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("data", [b"", b"\n", b"h", b"{}\n", b"h\na"])
def test_what_is_no_segment_is_malformed(data: bytes) -> None:
    with pytest.raises(BrokenError) as broken:
        skim_segment(outline(data), ChainPlace())
    assert broken.value.reason == "malformed"
