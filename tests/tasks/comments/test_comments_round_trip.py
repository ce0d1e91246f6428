"""Comments out, read, and back: through the command, as a proof-reader has it."""

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.comments import edits_prefix
from termpost.schemas.documents.identity import StudentIdentity
from termpost.tasks.comments.spreadsheet import COLUMNS, read_sheet, write_sheet
from termpost.tasks.documents.spreadsheet import defuse
from termpost.tasks.home.comment_edits import all_edits, comments_of
from termpost.tasks.secrets.identities import open_identities

from tests.tasks.gradebook import Gradebook, Rooms, new_home

CYCLE = "2021-fall-final"
AWKWARD = '=SUM(A1), "quoted";\r\n\'-- ñ 数 ع \U0001f600'
Cells = dict[str, str]


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rooms, duckdb.DuckDBPyConnection]]:
    """Three comments on one student, two on another, two staff; and the lake, which opens slowly."""
    folder = tmp_path_factory.mktemp("round-trip")
    rooms = Rooms(new_home(folder / "home"))
    book = Gradebook()
    book.school()
    book.course("007", title="Algebra")
    book.course("art", title="Art")
    for person in ("0s1", "s2", "s3"):
        book.student(person)
        for class_id in ("007", "art"):
            book.enroll(person, class_id)
    book.item("quiz", "007", "10")
    book.mark("quiz", "s2", "9")
    for student, class_id, text, author in (
        ("s2", "art", "Draws a lot.", "B. Brandt"), ("0s1", "007", AWKWARD, "=A. Keller"), ("0s1", "", "Kind.", ""),
        ("0s1", "art", "Paints well and often.", "B. Brandt"), ("s2", "", "Quiet.", ""),
    ):  # fmt: skip
        row = {"studentSourcedId": student, "classSourcedId": class_id, "author": author, "comment": text}
        book.add("supplement/comments.csv", **row, cycle=CYCLE, language="en")
    book.add("supplement/comments.csv", studentSourcedId="s3", cycle="2021-fall-fnal", comment="Of no planned cycle.")
    rooms.take_in(book.write(folder / "extract"))
    rooms.home.staff.add("mlopez", "Maria Lopez", "registrar")
    rooms.home.staff.add("asmith", "Al Smith", "teacher")
    rooms.home.staff.add("gone", "Gone", "teacher")
    rooms.home.staff.remove("gone")
    with rooms.lake() as lake:
        yield rooms, lake


@pytest.fixture
def rooms(_made: tuple[Rooms, duckdb.DuckDBPyConnection], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rooms:
    made, lake = _made
    rooms = Rooms(replace(made.home, path=Path(shutil.copytree(made.home.path, tmp_path / "home"))))
    monkeypatch.setattr("termpost.tasks.comments.round_trip.open_lake", lambda _place: nullcontext(lake))
    monkeypatch.setattr(rooms, "lake", lambda: nullcontext(lake))
    return rooms


def run(rooms: Rooms, *arguments: object, cycle: str = CYCLE, as_of: str = "2021-12-14") -> Result:
    where = ["--cycle", cycle, "--home", str(rooms.home.path), "--as-of", as_of]
    return CliRunner().invoke(termpost, ["comments", *map(str, arguments), *where], standalone_mode=False)


def exported(rooms: Rooms) -> list[Cells]:
    path = rooms.home.path.parent / "sheet.csv"
    path.unlink(missing_ok=True)
    result = run(rooms, "export", path)
    assert result.exception is None, result.exception
    rows, problems = read_sheet(path.read_bytes())
    assert problems == []
    return [row.cells for row in rows]


def imported(rooms: Rooms, table: list[Cells], *options: object) -> Result:
    path = rooms.home.path.parent / "back.csv"
    path.write_bytes(write_sheet([cells[column] for column in COLUMNS] for cells in table))
    return run(rooms, "import", path, *options)


def is_done(result: Result) -> bool:
    return result.exception is None and result.return_value is None and not result.stderr


def complaints(result: Result) -> list[str]:
    assert result.return_value == 1, result.output
    assert result.stdout == ""
    return [line.removeprefix("termpost: ") for line in result.stderr.splitlines()]


def of(table: list[Cells], student: str, class_id: str) -> Cells:
    (found,) = (cells for cells in table if (cells["student_id"], cells["class_id"]) == (student, class_id))
    return found


def printed(rooms: Rooms, student: str) -> dict[str | None, str]:
    ref = rooms.home.people.find(student)
    assert ref
    with rooms.lake() as lake:
        ((extract_id,),) = lake.execute("SELECT extract_id FROM lake.core_extract").fetchall()
        students = open_identities(lake, rooms.home.people, extract_id, StudentIdentity, [ref])
    found = comments_of(rooms.home, CYCLE, students).get(ref, {})
    return {class_id: comment.text for class_id, comment in found.items()}


def test_the_sheet_has_every_comment_of_the_cycle_sorted_for_reading_and_is_for_its_owner(rooms: Rooms) -> None:
    table = exported(rooms)
    assert [(c["class_title"], c["class_id"], c["student_id"]) for c in table] == [
        ("", "", "0s1"), ("", "", "s2"), ("Algebra", "007", "0s1"), ("Art", "art", "0s1"), ("Art", "art", "s2"),
    ]  # fmt: skip
    awkward = of(table, "0s1", "007")
    assert (awkward["comment"], awkward["author"], awkward["language"]) == (AWKWARD, "=A. Keller", "en")
    assert awkward["student_name"] == "Given0s1 Family0s1"
    assert {c["state"] for c in table} == {"done"}
    assert {c["edited_comment"] + c["edited_by"] + c["edited_at"] for c in table} == {""}
    path = rooms.home.path.parent / "sheet.csv"
    assert path.stat().st_mode & 0o777 == 0o600
    # as a spreadsheet sees it
    raw = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    assert raw[3][COLUMNS.index("comment")] == defuse(AWKWARD) == f"'{AWKWARD}"


def test_an_export_says_what_it_found_and_never_writes_over_a_sheet(rooms: Rooms, tmp_path: Path) -> None:
    result = run(rooms, "export", tmp_path / "a.csv", "--json")
    states = {"done": 5, "edited": 0, "accepted": 0, "declined": 0}
    assert json.loads(result.stdout) == {"cycle": CYCLE, "comments": 5, "states": states, "astray": 1}
    before = (tmp_path / "a.csv").read_bytes()
    again = run(rooms, "export", tmp_path / "a.csv")
    assert isinstance(again.exception, InputError)
    assert again.exception.code == "file-exists"
    assert (tmp_path / "a.csv").read_bytes() == before
    assert "1 comment names a cycle" in run(rooms, "export", tmp_path / "b.csv").stdout


def test_a_home_without_an_extract_and_an_unplanned_cycle_are_refused(rooms: Rooms, tmp_path: Path) -> None:
    empty = Rooms(new_home(tmp_path / "empty"))
    for where, cycle, code in ((empty, CYCLE, "not-prepared"), (rooms, "2021-fall-fnal", "unknown-cycle")):
        result = run(where, "export", tmp_path / "a.csv", cycle=cycle)
        assert isinstance(result.exception, InputError)
        assert result.exception.code == code
    assert not (tmp_path / "a.csv").exists()
    assert not empty.home.lake.catalogue.exists()


def test_every_state_comes_back_with_who_and_when_and_a_second_import_changes_nothing(rooms: Rooms) -> None:
    table = exported(rooms)
    edited, accepted, declined, both = (
        of(table, "0s1", "007"), of(table, "s2", "art"), of(table, "s2", ""), of(table, "0s1", "art")
    )  # fmt: skip
    edited["edited_comment"] = 'Better,\nin "two" lines.'  # a text says by itself that it was edited
    accepted["state"] = " Accepted "
    declined["state"] = "declined"
    both |= {"state": "accepted", "edited_comment": "=Paints well."}
    for cells in (edited, accepted, declined, both):
        cells["edited_by"] = "asmith"
    dry = imported(rooms, table, "--dry-run")
    assert "dry run" in dry.stdout
    assert list(rooms.home.store.list(edits_prefix(CYCLE))) == []

    result = imported(rooms, table, "--json")
    said = json.loads(result.stdout)
    assert said["states"] == {"done": 1, "edited": 1, "accepted": 2, "declined": 1}
    assert said["changed"] == 4
    moves = {(c["student"], c["class"]): (c["row"], c["from"], c["to"], c["by"]) for c in said["changes"]}
    assert moves["0s1", "007"] == (3, "done", "edited", "asmith")
    (words,) = (c["words"] for c in said["changes"] if (c["student"], c["class"]) == ("0s1", "art"))
    assert words == [["+", "="], ["=", "Paints well"], ["-", " and often"], ["=", "."]]
    assert printed(rooms, "0s1") == {"007": edited["edited_comment"], None: "Kind.", "art": "=Paints well."}
    assert printed(rooms, "s2") == {"art": "Draws a lot."}

    assert imported(rooms, table).stdout.endswith("Nothing is new: all of this was there already.\n")
    assert len(list(rooms.home.store.list(edits_prefix(CYCLE)))) == 1
    now = exported(rooms)
    assert of(now, "0s1", "art")["edited_comment"] == "=Paints well."
    assert {c["edited_by"] for c in now} == {"asmith", ""}
    assert {c["edited_at"] for c in now} == {"2021-12-14T08:00:00-06:00", ""}
    assert is_done(imported(rooms, now, "--json"))
    assert len(list(rooms.home.store.list(edits_prefix(CYCLE)))) == 1


def test_the_terminal_shows_each_change_word_by_word_and_counts(rooms: Rooms) -> None:
    table = exported(rooms)
    of(table, "0s1", "art")["edited_comment"] = "Paints very well."
    of(table, "s2", "")["state"] = "accepted"
    said = imported(rooms, table, "--by", "mlopez").stdout
    assert "row 4: 0s1, Art: done → edited, by mlopez\n  Paints {+very +}well[- and often-].\n" in said
    assert "row 2: s2, homeroom: done → accepted, by mlopez\n" in said
    assert "Now prepare the cycle again" in said
    table = exported(rooms)
    of(table, "0s1", "")["state"] = "accepted"  # no text is another: the reports say it already
    assert "prepare the cycle again" not in imported(rooms, table, "--by", "mlopez").stdout


def test_earlier_texts_stay_and_an_edit_can_be_taken_back(rooms: Rooms) -> None:
    for text, state in (("One.", "edited"), ("Two.", "edited"), ("", "done"), ("", "accepted")):
        table = exported(rooms)
        of(table, "s2", "art").update(edited_comment=text, state=state)
        assert is_done(imported(rooms, table, "--by", "mlopez"))
    edits = [(edit.text, edit.state, edit.by, edit.written) for _, edit in all_edits(rooms.home, CYCLE)]
    assert edits == [
        ("One.", "edited", "mlopez", "Draws a lot."), ("Two.", "edited", "mlopez", "Draws a lot."),
        (None, "done", "mlopez", "Draws a lot."), (None, "accepted", "mlopez", "Draws a lot."),
    ]  # fmt: skip
    assert printed(rooms, "s2")["art"] == "Draws a lot."
    assert {edit.at for _, edit in all_edits(rooms.home, CYCLE)} == {datetime(2021, 12, 14, 14, tzinfo=UTC)}


def test_a_row_that_changed_since_the_export_is_refused_and_one_nobody_touched_is_no_change(rooms: Rooms) -> None:
    mine, theirs = exported(rooms), exported(rooms)
    of(theirs, "s2", "art")["edited_comment"] = "Theirs."
    assert is_done(imported(rooms, theirs, "--by", "asmith"))
    of(mine, "0s1", "")["state"] = "accepted"
    assert is_done(imported(rooms, mine, "--by", "mlopez"))  # the row that they changed is as it was exported
    assert printed(rooms, "s2")["art"] == "Theirs."
    of(mine, "s2", "art")["edited_comment"] = "Mine."
    of(mine, "0s1", "art")["state"] = "accepted"
    (line,) = complaints(imported(rooms, mine, "--by", "mlopez"))
    assert line.startswith("the comment has changed since this sheet was exported (row 5 below the header): export")
    assert printed(rooms, "s2")["art"] == "Theirs."
    assert of(exported(rooms), "0s1", "art")["state"] == "done"  # all or nothing
    del mine[4]
    assert is_done(imported(rooms, mine, "--by", "mlopez"))
    assert of(exported(rooms), "0s1", "art")["state"] == "accepted"


def test_what_a_spreadsheet_does_to_numbers_and_ends_of_line_is_no_edit(rooms: Rooms) -> None:
    table = exported(rooms)
    awkward = of(table, "0s1", "007")
    awkward |= {"class_id": "7", "comment": AWKWARD.replace("\r\n", "\n"), "state": "accepted"}
    of(table, "s2", "")["edited_comment"] = "Quiet."  # the text as it is
    assert is_done(imported(rooms, table, "--by", "mlopez"))
    assert printed(rooms, "0s1")["007"] == AWKWARD
    assert [edit.state for _, edit in all_edits(rooms.home, CYCLE)] == ["accepted"]


Break = Callable[[list[Cells]], Any]
FAULTS: dict[str, tuple[Break, list[tuple[str, int, str]]]] = {
    "state": (lambda t: t[0].update(state="fine"), [("this is no state", 1, "state")]),
    "student": (lambda t: t[1].update(student_id="s9"), [("no student has this id", 2, "student_id")]),
    "student of a comment there is not": (
        lambda t: t[1].update(student_id="s9", comment_id="c0"), [("no student has this id", 2, "student_id")],
    ),
    "another student": (
        lambda t: t[1].update(student_id="0s1"), [("the comment is about another student", 2, "student_id")],
    ),
    "comment": (lambda t: t[1].update(comment_id="c0"), [("the cycle has no such comment", 2, "comment_id")]),
    "twice": (
        lambda t: t.append(dict(t[2])), [("the comment has several rows", n, "comment_id") for n in (3, 6)],
    ),
    "text of the source": (
        lambda t: t[3].update(comment="Paints well."), [("this cell is not for editing", 4, "comment")],
    ),
    "language": (lambda t: t[3].update(language="es"), [("this cell is not for editing", 4, "language")]),
    "author": (lambda t: t[3].update(author=""), [("this cell is not for editing", 4, "author")]),
    "class": (lambda t: t[3].update(class_id="007"), [("this cell is not for editing", 4, "class_id")]),
    "no edit": (
        lambda t: t[0].update(state="edited", edited_comment="  "),
        [("edited, but there is no other text", 1, "edited_comment")],
    ),
    "wording": (
        lambda t: (t[0].update(edited_comment="x" * 2001), t[4].update(edited_comment="<b>x</b>")),
        [("the comment is longer than a report has room for", 1, "edited_comment"),
         ("the comment has markup, a placeholder or characters that nobody can see", 5, "edited_comment")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_row_is_one_line_and_nothing_of_the_sheet_is_taken(rooms: Rooms, fault: str) -> None:
    spoil, expected = FAULTS[fault]
    table = exported(rooms)
    of(table, "0s1", "art").update(state="accepted") if fault != "twice" else None
    spoil(table)
    lines = complaints(imported(rooms, table, "--by", "mlopez"))
    assert [line.rpartition("): ")[0] for line in lines] == [
        f"{what} (row {row} below the header, column {column}" for what, row, column in expected
    ]
    assert all(line.rpartition("): ")[2] for line in lines)  # the remedy
    assert list(rooms.home.store.list(edits_prefix(CYCLE))) == []


def test_who_read_must_be_registered_and_need_not_be_the_one_who_imports(rooms: Rooms) -> None:
    table = exported(rooms)
    for number, reader in enumerate(("", "nobody", "gone", "asmith")):
        table[number].update(state="accepted", edited_by=reader)
    assert [line.partition(":")[0] for line in complaints(imported(rooms, table))] == [
        "nobody says who read the comment (row 1 below the header, column edited_by)",
        "there is no such staff id (row 2 below the header, column edited_by)",
        "there is no such staff id (row 3 below the header, column edited_by)",
    ]
    for by in ("nobody", "gone"):
        result = imported(rooms, table, "--by", by)
        assert isinstance(result.exception, InputError)
        assert result.exception.code == "unknown-staff"
    assert is_done(imported(rooms, table, "--by", "mlopez"))
    assert [edit.by for _, edit in all_edits(rooms.home, CYCLE)] == ["mlopez"] * 4


def test_a_file_that_is_no_sheet_is_refused_line_by_line(rooms: Rooms, tmp_path: Path) -> None:
    path = tmp_path / "back.csv"
    absent = run(rooms, "import", path)
    assert isinstance(absent.exception, InputError)
    assert absent.exception.code == "no-file"
    path.write_text("comment_id,state,wrong\nx,y,z\n", encoding="utf-8")
    lines = complaints(run(rooms, "import", path))
    assert len(lines) == len(COLUMNS) - 2 + 1
    assert lines[0] == "the column student_id is missing (the header): leave the header as it was exported"
    assert lines[-1] == "a column is none of this sheet (the header, column 3): take it out"


def test_no_word_of_a_comment_reaches_the_log_or_lies_in_clear(rooms: Rooms) -> None:
    table = exported(rooms)
    of(table, "s2", "art").update(edited_comment="Xylophone.")
    before = list(rooms.home.log.entries())
    assert is_done(imported(rooms, table, "--by", "mlopez"))
    (entry,) = list(rooms.home.log.entries())[len(before) :]
    assert (entry.kind, entry.student, entry.reason) == ("kept", None, None)
    kept = [path for path in rooms.home.path.rglob("*") if path.is_file()]
    assert len(kept) > 10
    assert [path for path in kept if b"Xylophone" in path.read_bytes()] == []
