"""Law 3, of comments: what goes out says what was read, and where the school asks for it, everything was."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import Refused
from termpost.tasks.comments.spreadsheet import COLUMNS, read_sheet, write_sheet

from tests.school import CYCLE, FANNIE, KYLE, LISA, Prepared

COMMENTS = {LISA: 3, FANNIE: 2, KYLE: 3}


def read(school: Prepared, folder: Path, *students: str, **cells: str) -> None:
    """Says the same of every comment of these students, through the command."""
    sheet, where = folder / "sheet.csv", ["--cycle", CYCLE, "--home", str(school.home), "--as-of", "2021-12-17"]
    sheet.unlink(missing_ok=True)
    CliRunner().invoke(termpost, ["comments", "export", str(sheet), *where], standalone_mode=False)
    table = [row.cells for row in read_sheet(sheet.read_bytes())[0]]
    for row in table:
        if row["student_id"] in students:
            row.update(cells)
    sheet.write_bytes(write_sheet([row[column] for column in COLUMNS] for row in table))
    given = ["comments", "import", str(sheet), "--by", "mlopez", "--json", *where]
    result = CliRunner().invoke(termpost, given, standalone_mode=False)
    assert json.loads(result.stdout)["changed"] == sum(COMMENTS[student] for student in students)


def refused(school: Prepared) -> str:
    with pytest.raises(Refused) as caught:
        school.release()
    assert school.entries("approved", "released", "planned") == []
    assert [entry.reason for entry in school.entries("refused")][-1] == caught.value.code
    return caught.value.code


def test_a_release_waits_until_every_comment_on_it_is_accepted_or_declined(school: Prepared, tmp_path: Path) -> None:
    with (school.home / "termpost.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[release]\ncomments_accepted = true\n")
    assert refused(school) == "comments-not-accepted"
    read(school, tmp_path, LISA, FANNIE, KYLE, state="accepted")
    school.release()
    assert len(school.entries("released")) == 3


@pytest.mark.soak
def test_a_report_prepared_with_another_comment_is_not_released(school: Prepared, tmp_path: Path) -> None:
    read(school, tmp_path, LISA, edited_comment="Another text.")
    assert refused(school) == "comments-changed"
    school.prepare(school.extract)
    school.release()
    assert len(school.entries("released")) == 3
