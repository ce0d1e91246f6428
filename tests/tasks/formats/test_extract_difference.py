"""Two extracts compared by their form: files, columns, and what cells look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from termpost.schemas.base.errors import InputError
from termpost.tasks.formats.extract_difference import ShapeChange, difference, kind_of, kind_together, shape_of
from termpost.tasks.formats.source_file import SourceFile, from_bytes


def file(name: str, text: str) -> SourceFile:
    return from_bytes(name, text.encode())


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("", "empty"), (" ", "empty"), ("true", "true or false"), ("FALSE", "true or false"), ("12", "number"),
        ("-1.5", "number"), (".5", "number"), ("0", "number"), ("0.5", "number"), ("007", "number with leading zeros"),
        ("9,5", "number with comma"), ("2021-12-17", "date"), ("2021-12-17T10:00:00.000Z", "instant"),
        ("2021-12-17 10:00", "instant"), ("12/17/2021", "date in another order"), ("17.12.21", "date in another order"),
        ("12/17/2021 4:30 PM", "date in another order"), ("A-", "text"), ("1e5", "text"), ("1,234,567", "text"),
    ],
)  # fmt: skip
def test_what_a_cell_looks_like(cell: str, kind: str) -> None:
    assert kind_of(cell) == kind


def test_a_column_is_what_all_its_cells_are() -> None:
    assert kind_together(["number", "empty"]) == "number"
    assert kind_together(["number", "number with leading zeros"]) == "number with leading zeros"
    assert kind_together(["number", "number with comma"]) == "number with comma"
    assert kind_together(["number", "date"]) == "text"
    assert kind_together([]) == kind_together(["empty"]) == "empty"


def test_new_gone_and_retyped_are_named_each_where_it_is() -> None:
    before = [file("a.csv", "id,born,mark,old\n007,2001-02-03,9,x\n"), file("gone.csv", "id\n1\n")]
    now = [file("a.csv", "id,born,mark,new\n7,02/03/2001,9.5,\n"), file("new.csv", "id\n1\n")]
    assert difference(before, now) == [
        ShapeChange("a.csv", "old", "column gone", "text"),
        ShapeChange("a.csv", "id", "retyped", "number with leading zeros", "number"),
        ShapeChange("a.csv", "born", "retyped", "date", "date in another order"),
        ShapeChange("a.csv", "new", "new column", None, "empty"),
        ShapeChange("gone.csv", None, "file gone"), ShapeChange("new.csv", None, "new file"),
    ]  # fmt: skip


def test_a_column_that_went_blank_is_named() -> None:
    assert difference([file("a.csv", "m\n1\n")], [file("a.csv", "m\n\n")]) == [
        ShapeChange("a.csv", "m", "retyped", "number", "empty")
    ]


def test_the_order_of_columns_a_mark_at_the_beginning_and_torn_rows_are_no_difference() -> None:
    assert difference([file("a.csv", "x,y\n1,b\n")], [file("a.csv", "\ufeffy,x\nb,2\ntorn\n,\n")]) == []


def test_a_file_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        shape_of(file("a.csv", 'x\n"never closed\n'))
    assert refused.value.code == "unreadable-csv"


@given(st.lists(st.lists(st.text(alphabet="0123456789-.,/:TZ aé", max_size=12), min_size=2, max_size=2), max_size=8))
def test_an_extract_does_not_differ_from_itself_in_another_order(rows: list[list[str]]) -> None:
    def made(of: list[list[str]]) -> SourceFile:
        return file("a.csv", "x,y\n" + "".join('"{}","{}"\n'.format(*row) for row in of))

    assert difference([made(rows)], [made(rows[::-1])]) == []
