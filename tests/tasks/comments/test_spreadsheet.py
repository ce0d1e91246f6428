"""The sheet: what goes out comes back character by character, and nothing in it is a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from termpost.tasks.comments.spreadsheet import COLUMNS, read_sheet, undefuse, write_sheet
from termpost.tasks.documents.spreadsheet import defuse

CELL = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("'=+-@\t\r\n\",; "), max_size=30)
ROW = st.tuples(*[CELL] * len(COLUMNS)).filter(lambda row: any(cell.strip() for cell in row))
HEADER = ",".join(COLUMNS)
LINE = ",".join(["x"] * len(COLUMNS))


def problems(text: str | bytes) -> list[tuple[str, str]]:
    rows, found = read_sheet(text if isinstance(text, bytes) else text.encode())
    assert found or rows
    assert all("\n" not in str(problem) and "secret" not in str(problem) for problem in found)
    return [(problem.code, problem.where) for problem in found]


@given(st.lists(ROW, max_size=5))
def test_every_character_comes_back_and_no_cell_begins_as_a_formula(table: list[tuple[str, ...]]) -> None:
    data = write_sheet(table)
    assert data.startswith(b"\xef\xbb\xbf")
    rows, found = read_sheet(data)
    assert found == []
    assert [tuple(row.cells.values()) for row in rows] == table
    assert [row.number for row in rows] == list(range(1, len(table) + 1))
    for cells in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        assert not any(cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) for cell in cells)


@given(CELL)
def test_a_defused_cell_is_undone_and_any_other_is_left_alone(cell: str) -> None:
    assert undefuse(defuse(cell)) == cell
    assert defuse("plain") == "plain"
    assert undefuse("'tis the season") == "'tis the season"


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_spreadsheet_may_save_with_another_delimiter_and_other_ends_of_line(sign: str) -> None:
    header, line = (text.replace(",", sign) for text in (HEADER, LINE))
    for end in ("\n", "\r\n"):
        rows, found = read_sheet(
            f'"{header.split(sign)[0]}"{header[len("comment_id") :]}{end}{line}{end}{end}'.encode()
        )
        assert found == []
        assert [set(row.cells.values()) for row in rows] == [{"x"}]


def test_columns_may_stand_in_any_order_and_blank_ones_at_the_end_are_nothing() -> None:
    rows, found = read_sheet(f"{','.join(reversed(COLUMNS))},,\n{LINE},,\n,,\n{LINE}\n".encode())
    assert found == []
    assert [row.number for row in rows] == [1, 2]
    assert set(rows[0].cells) == set(COLUMNS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("no-sheet", "the file")]),
        ("secret,of,others\n1,2,3\n", [("no-sheet", "the file")]),
        (f"{HEADER}\n{LINE}\n".encode("utf-16"), [("not-utf8", "the file")]),
        (f"{HEADER}\nJosé{LINE}\n".encode("latin-1"), [("not-utf8", "the file")]),
        (HEADER.replace("state,", "").replace("comment_id,", ""),
         [("missing-column", "the header"), ("missing-column", "the header")]),
        (f"{HEADER},secret\n{LINE},\n", [("unknown-column", f"the header, column {len(COLUMNS) + 1}")]),
        (f"{HEADER},state\n{LINE},\n", [("duplicate-column", "the header")]),
        (f'{HEADER}\n{LINE}\n"x{LINE}\n', [("unreadable", "line 3 of the file")]),
        (f"{HEADER}\n{LINE}\n{LINE},secret\nx,y\n",
         [("ragged-row", "row 2 below the header"), ("ragged-row", "row 3 below the header")]),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_sheet_is_told_in_one_line_for_each_fault(
    text: str | bytes, expected: list[tuple[str, str]]
) -> None:
    assert problems(text) == expected
