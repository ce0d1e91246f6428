"""Law 3, of comments: what goes out says what was read, and where the school asks for it, everything was."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from school import CYCLE, FANNIE, KYLE, LISA, SCHOOL_ID, Prepared

from flows.cli import termpost
from schemas.errors import Refused
from schemas.prepared import PreparedSchool, manifest_key
from tasks.proofread.sheet import COLUMNS, read_sheet, write_sheet

pytestmark = pytest.mark.xdist_group("laws")
OF = {LISA: 3, FANNIE: 2, KYLE: 3}  # comments in the sample


def read(school: Prepared, folder: Path, *students: str, **cells: str) -> None:
    """Says the same of every comment of these students, through the command."""
    sheet = folder / f"{len(list(folder.iterdir()))}.csv"
    where = ["--cycle", CYCLE, "--home", str(school.home), "--as-of", "2021-12-17"]
    CliRunner().invoke(termpost, ["comments", "export", str(sheet), *where], standalone_mode=False)
    table = [row.cells for row in read_sheet(sheet.read_bytes())[0]]
    assert len(table) == sum(OF.values())
    for row in table:
        if row["student_id"] in students:
            row.update(cells)
    sheet.write_bytes(write_sheet([row[column] for column in COLUMNS] for row in table))
    given = ["comments", "import", str(sheet), "--by", "mlopez", "--json", *where]
    result = CliRunner().invoke(termpost, given, standalone_mode=False)
    assert json.loads(result.stdout)["changed"] == sum(OF[student] for student in students)


def demand(school: Prepared) -> None:
    with (school.home / "termpost.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[release]\ncomments_accepted = true\n")


def refusal(school: Prepared, **arguments: object) -> Refused:
    with pytest.raises(Refused) as caught:
        school.release(**arguments)  # type: ignore[arg-type]
    assert school.entries("approved", "released", "planned") == []
    assert "\n" not in str(caught.value)
    return caught.value


def released(school: Prepared) -> int:
    school.release()
    return len(school.entries("released"))


def test_without_the_setting_comments_need_not_be_read(school: Prepared) -> None:
    assert released(school) == 3


def test_a_release_waits_until_every_comment_on_it_is_accepted_or_declined(school: Prepared, tmp_path: Path) -> None:
    demand(school)
    said = refusal(school)
    assert (said.code, said.what) == (
        "comments-not-accepted",
        "8 comments on these reports are neither accepted nor declined",
    )
    assert [entry.reason for entry in school.entries("refused")] == ["comments-not-accepted"]
    read(school, tmp_path, LISA, FANNIE, state="accepted")
    assert refusal(school).what == "3 comments on these reports are neither accepted nor declined"
    read(school, tmp_path, KYLE, state="accepted")
    assert released(school) == 3


def test_a_report_that_is_kept_back_may_have_unread_comments(school: Prepared, tmp_path: Path) -> None:
    demand(school)
    read(school, tmp_path, LISA, FANNIE, state="accepted")
    school.release(hold_back=[school.ref(KYLE)])
    assert len(school.entries("released")) == 2


@pytest.mark.parametrize(
    "cells",
    [{"state": "edited", "edited_comment": "Another text."}, {"state": "accepted", "edited_comment": "Another text."},
     {"state": "declined"}],
)  # fmt: skip
def test_a_report_prepared_with_other_comments_is_not_released(
    school: Prepared, tmp_path: Path, cells: dict[str, str]
) -> None:
    read(school, tmp_path, LISA, **cells)
    said = refusal(school)
    assert (said.code, said.what, said.mend) == (
        "comments-changed",
        "1 report is not as the comments are now",
        "prepare the cycle again",
    )
    school.prepare(school.extract)
    assert released(school) == 3


def test_an_edited_text_is_no_accepted_one(school: Prepared, tmp_path: Path) -> None:
    demand(school)
    read(school, tmp_path, LISA, FANNIE, KYLE, state="edited", edited_comment="Another text.")
    school.prepare(school.extract)
    assert refusal(school).code == "comments-not-accepted"
    read(school, tmp_path, LISA, FANNIE, KYLE, state="accepted")
    assert released(school) == 3


def test_a_comment_on_a_course_that_is_not_on_the_report_is_not_asked_for(school: Prepared, tmp_path: Path) -> None:
    demand(school)
    read(school, tmp_path, LISA, FANNIE, state="accepted")
    rows = [
        row for row in school.extract.read("enrollments.csv")
        if (row["userSourcedId"], row["classSourcedId"]) != (KYLE, "123456789")
    ]  # fmt: skip
    school.extract.write("enrollments.csv", rows)
    items = {row["sourcedId"]: row["classSourcedId"] for row in school.extract.read("lineItems.csv")}
    marks = [
        row for row in school.extract.read("results.csv")
        if (row["studentSourcedId"], items[row["lineItemSourcedId"]]) != (KYLE, "123456789")
    ]  # fmt: skip
    school.extract.write("results.csv", marks)
    school.prepare(school.extract)
    assert refusal(school).what == "2 comments on these reports are neither accepted nor declined"


def test_the_manifest_says_of_each_report_which_comments_it_has_and_nobody_can_read_it(school: Prepared) -> None:
    manifest = PreparedSchool.model_validate_json(school.store.get(manifest_key(SCHOOL_ID, CYCLE)))
    digests = {report.comments for report in manifest.reports}
    assert len(digests) == 3
    assert all(len(digest) == 64 for digest in digests)
