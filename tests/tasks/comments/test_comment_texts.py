"""Texts with headings of their own and coded sentences: from the extract to the report, through the sheet and back."""

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import StudentIdentity
from termpost.tasks.comments.spreadsheet import read_sheet
from termpost.tasks.comments.workbooks import csv_of, workbook_of
from termpost.tasks.home.comment_edits import comments_of
from termpost.tasks.secrets.identities import open_identities

from tests.tasks.gradebook import Gradebook, Rooms, write_csv

CYCLE = "2021-fall-final"
COMMENTS = "supplement/comments.csv"


HEADER = ("studentSourcedId", "classSourcedId", "cycle", "author", "comment", "strength", "nextStep", "homeHelp",
          "studentSays", "codes")  # fmt: skip


@pytest.fixture
def taken(rooms: Rooms, gradebook: Gradebook, tmp_path: Path) -> ExtractId:
    anna, bela = ({"studentSourcedId": student, "cycle": CYCLE} for student in ("s-anna", "s-bela"))
    of_class = anna | {"classSourcedId": "alg"}
    said = {"strength": "Asks.", "nextStep": "=Write more.", "studentSays": "I sing.", "codes": "s03 N01"}
    gradebook.add("users.csv", sourcedId="t1", orgSourcedIds="255901001", role="teacher", givenName="Ada",
                  familyName="Keller", enabledUser="true")  # fmt: skip
    gradebook.enroll("t1", "alg", role="teacher")
    folder = gradebook.write(tmp_path / "x")
    write_csv(folder / COMMENTS, HEADER, [
        of_class | {"author": "A. Keller"} | said,
        of_class | {"author": "B. Brandt", "comment": "Well done.", "strength": "Listens.", "codes": "N01"},
        bela | {"comment": "In homeroom."},
        bela | {"codes": "S99"},  # quarantined
        bela,  # likewise
    ])  # fmt: skip
    rooms.home.staff.add("mlopez", "Maria Lopez", "registrar")
    return rooms.take_in(folder)


def printed(rooms: Rooms, extract_id: ExtractId, student: str) -> Any:
    ref = PersonRef(str(rooms.home.people.find(student)))
    with rooms.lake() as lake:
        students = open_identities(lake, rooms.home.people, extract_id, StudentIdentity, [ref])
    return comments_of(rooms.home, CYCLE, students)[ref]


def run(rooms: Rooms, *arguments: object) -> Result:
    where = ["--cycle", CYCLE, "--home", str(rooms.home.path), "--as-of", "2021-12-14"]
    return CliRunner().invoke(termpost, ["comments", *map(str, arguments), *where], standalone_mode=False)


def said(comment: Any) -> dict[str, tuple[list[str], str]]:
    return {part.kind: ([one.code for one in part.sentences], part.text) for part in comment.parts}


def test_each_text_is_printed_of_its_kind_and_a_row_that_says_nothing_is_held(rooms: Rooms, taken: ExtractId) -> None:
    comment = printed(rooms, taken, "s-anna")["alg"]
    assert (comment.text, comment.author) == ("Well done.", "A. Keller, B. Brandt")
    assert said(comment) == {
        "strength": (["S03"], "Asks.\n\nListens."), "next_step": (["N01"], "=Write more."),
        "student_says": ([], "I sing."),
    }  # fmt: skip
    assert dict(comment.parts[0].sentences[0].texts).keys() == set(rooms.home.settings.institution.languages)
    assert printed(rooms, taken, "s-bela")[None].text == "In homeroom."


def test_texts_and_codes_are_edited_in_a_workbook_and_come_back(rooms: Rooms, taken: ExtractId, tmp_path: Path) -> None:
    sheet, back = tmp_path / "sheet.xlsx", tmp_path / "back.xlsx"
    assert run(rooms, "export", sheet).exception is None
    rows = list(csv.reader(io.StringIO(csv_of(sheet.read_bytes(), "x").decode(), newline="")))
    row = next(n for n, cells in enumerate(rows) if "A. Keller" in cells)
    assert rows[row][rows[0].index("next_step")] == "'=Write more."

    def save(cell: str, xml: str, column: str = "codes", value: str = "N01") -> None:
        """With one cell as a spreadsheet would have it, and one as it is typed."""
        changed = [list(cells) for cells in rows]
        changed[row][rows[0].index(column)] = value
        changed[row][rows[0].index(cell)] = "@here@"
        out = io.StringIO(newline="")
        csv.writer(out).writerows(changed)
        with zipfile.ZipFile(io.BytesIO(workbook_of(out.getvalue().encode()))) as made:
            parts = {name: made.read(name).decode() for name in made.namelist()}
        typed = re.compile('<c r="[A-Z]+[0-9]+" t="inlineStr"><is><t xml:space="preserve">@here@</t></is></c>')
        with zipfile.ZipFile(back, "w") as archive:
            for name, text in parts.items():
                archive.writestr(name, typed.sub(lambda _: xml, text))

    save("next_step", "<c><v>2021</v></c>", "codes", "H02")  # a number is read as its text
    result = run(rooms, "import", back, "--by", "mlopez")
    assert (result.exception, result.return_value, result.stderr) == (None, None, "")
    assert "2021" in result.stdout
    assert said(printed(rooms, taken, "s-anna")["alg"]) == {
        "strength": ([], "Asks.\n\nListens."), "next_step": (["N01"], "2021"), "home_help": (["H02"], ""),
        "student_says": ([], "I sing."),
    }  # fmt: skip
    assert "Nothing is new" in run(rooms, "import", back, "--by", "mlopez").stdout

    formula = '<c r="A1" t="str"><f>1+1</f><v>2</v></c>'
    run(rooms, "export", tmp_path / "again.xlsx")
    rows = list(csv.reader(io.StringIO(csv_of((tmp_path / "again.xlsx").read_bytes(), "x").decode(), newline="")))
    for column, value, xml, told in (
        ("codes", "S99", "<c><v>2021</v></c>", "S99 is not in the bank (row"),
        ("strength", "<b>Good</b>", "<c><v>2021</v></c>", "column strength"),
        ("student_says", "Other.", "<c><v>2021</v></c>", "not for editing"),
        ("strength", "Good.", formula, "a cell holds a formula (back.xlsx, sheet comments, cell"),
    ):  # fmt: skip
        save("next_step", xml, column, value)
        refused = run(rooms, "import", back, "--by", "mlopez")
        assert refused.return_value == 1
        assert told in refused.stderr


def test_a_sheet_may_be_of_one_class_or_one_teacher(
    rooms: Rooms, gradebook: Gradebook, taken: ExtractId, tmp_path: Path
) -> None:
    def authors(name: str, *options: str) -> list[str]:
        result = run(rooms, "export", tmp_path / name, *options)
        assert result.exception is None, result.exception
        return [row.cells["author"] for row in read_sheet((tmp_path / name).read_bytes())[0]]

    assert authors("a.csv", "--class", "alg") == ["A. Keller", "B. Brandt"]
    assert authors("t.csv", "--teacher", "t1") == ["A. Keller", "B. Brandt"]
    assert len(authors("b.csv")) == 3
    for option, code in (("--class", "unknown-class"), ("--teacher", "unknown-teacher")):
        refused = run(rooms, "export", tmp_path / "c.csv", option, "nobody").exception
        assert isinstance(refused, InputError)
        assert refused.code == code


def test_a_workbook_has_the_same_bytes_each_time_and_the_text_of_every_cell() -> None:
    table = 'a,b\r\n"=1+1, ""x""\r\nñ 数 <ع>"," two  blanks "\r\n'.encode("utf-8-sig")
    made = workbook_of(table)
    assert made == workbook_of(table)
    rows = list(csv.reader(io.StringIO(csv_of(made, "x").decode(), newline="")))
    assert rows == [["a", "b"], ['=1+1, "x"\nñ 数 <ع>', " two  blanks "]]
    assert csv_of(table, "x") == table
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert all(one.date_time[0] == 1980 for one in archive.infolist())


def test_the_bank_can_be_printed(rooms: Rooms) -> None:
    home = ["--home", str(rooms.home.path)]
    shown = CliRunner().invoke(
        termpost, ["comments", "bank", "--language", "en", "--json", *home], standalone_mode=False
    )
    assert shown.exception is None
    assert "Hand in all work on time." in shown.stdout
    refused = CliRunner().invoke(termpost, ["comments", "bank", "--language", "xx", *home], standalone_mode=False)
    assert isinstance(refused.exception, InputError)
