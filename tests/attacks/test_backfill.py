"""A year before termpost is read in: nothing that was so then becomes a right, a name or an address of today."""

import shutil
from pathlib import Path

import pytest

from tests.attacks.office import CONTACTS, bar, open_to, run, told, whole
from tests.school import CYCLE, FATHER, LISA, MOTHER, Extract, Prepared


def a_year_ago(school: Prepared, folder: Path) -> Extract:
    """The same people and marks, a year earlier; nobody was barred, and the mother lived elsewhere."""
    shutil.copytree(school.extract.folder, folder)
    for path in folder.rglob("*.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace("2021-", "2020-").replace("2022-", "2021-"))
    old = Extract(folder)
    old.change(CONTACTS, {"contactSourcedId": MOTHER}, street="1 Former", city="Elsewhere", postalCode="10001")
    old.change("users.csv", {"sourcedId": MOTHER}, familyName="Maiden")
    return old


@pytest.mark.soak
def test_a_father_barred_today_stays_barred_after_a_year_in_which_he_was_not(school: Prepared, tmp_path: Path) -> None:
    old = a_year_ago(school, tmp_path / "old")
    bar(school, FATHER)
    school.prepare(school.extract)
    before = told(school, "recipients", "--cycle", CYCLE)
    assert [r["allowed"] for r in before if (r["student"], r["contact"]) == (LISA, FATHER)] == [False]
    done = run(school, "backfill", "--session", "2020-fall", "--extract", str(old.folder))
    assert done.exception is None, done.exception
    assert told(school, "recipients", "--cycle", CYCLE) == before
    waiting = len(school.entries("report_made"))
    school.prepare(school.extract)
    assert len(school.entries("report_made")) == waiting  # and nobody's report is another for it
    school.release()
    assert open_to(school, FATHER) == set()
    assert "page" in open_to(school, MOTHER)
    assert whole(school)
