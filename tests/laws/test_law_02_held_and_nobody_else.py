"""Laws 1 and 2, through the flow: every row is accepted or quarantined; whom a quarantined row touches waits."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from termpost.flows.cli import termpost
from termpost.schemas.documents.findings import Findings
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.stage.manifests import prepared_of

from tests.school import CYCLE, FANNIE, KYLE, LISA, OTHER, Extract, Prepared
from tests.snapshots import small_school, snapshot, working_copy
from tests.tagged import said

TABLES = {"results.csv": "core_result", "enrollments.csv": "core_enrollment", "lineItems.csv": "core_line_item",
          "supplement/attendance.csv": "core_attendance"}  # fmt: skip


def say(school: Prepared, *arguments: str) -> list[dict[str, str | bool]]:
    told = CliRunner().invoke(termpost, [*arguments, "--home", str(school.home), "--as-of", "2021-12-17", "--json"],
                              standalone_mode=False, catch_exceptions=False)  # fmt: skip
    rows: list[dict[str, str | bool]] = json.loads(told.stdout)
    return rows


def plant(extract: Extract) -> None:
    """A mark of LISA that is no number, and a contact of KYLE with a restriction that is no day."""
    item = extract.read("results.csv")
    (sourced, *_) = (row["sourcedId"] for row in item if row["studentSourcedId"] == LISA)
    extract.change("results.csv", {"sourcedId": sourced}, score="eighty")
    extract.change("supplement/contacts.csv", {"studentSourcedId": KYLE}, restrictionFrom="soon")


def planted_school(folder: Path) -> Prepared:
    school = small_school(folder)
    plant(school.extract)
    school.prepare(school.extract)
    return school


@pytest.fixture
def planted(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Prepared]:
    """Prepared again with the faults in it."""
    with working_copy(snapshot(tmp_path_factory, "planted", planted_school), tmp_path) as made:
        yield made


def test_rows_in_are_rows_in_the_lake_and_rows_in_quarantine(planted: Prepared) -> None:
    school = planted
    extract_id = {manifest.extract_id for manifest in prepared_of(school.open(), CYCLE)}.pop()
    findings = Findings.model_validate(said(school.store.get(f"quarantine/{extract_id}/findings.json")))
    rows_in = {path.relative_to(school.extract.folder).as_posix(): len(school.extract.read(str(path)))
               for path in school.extract.folder.rglob("*.csv")}  # fmt: skip
    assert {file.name: file.rows for file in findings.files} == rows_in
    assert all(file.rows == file.accepted + file.quarantined for file in findings.files)
    kept = {file.name: file.quarantined for file in findings.files if file.quarantined}
    assert kept == {"results.csv": 1, "supplement/contacts.csv": 1}
    for name, quarantined in kept.items():
        lines = school.store.get(f"quarantine/{extract_id}/{name}").decode().splitlines()
        assert len(list(csv.reader(lines))) == 1 + quarantined
    with open_lake(school.open().lake) as lake:
        for name, table in TABLES.items():
            (count,) = (
                lake.execute(f"SELECT count(*) FROM lake.{table} WHERE extract_id = ?", [extract_id]).fetchone() or ()
            )
            assert count == rows_in[name] - kept.get(name, 0), name


def test_whom_a_quarantined_row_touches_waits_and_nobody_else(planted: Prepared) -> None:
    school = planted
    held = {(h["student"], h["reason"]) for h in say(school, "holds", "--cycle", CYCLE)}
    assert {student for student, _ in held} == {LISA, KYLE}
    assert all(reason for _, reason in held)
    rows = {(r["student"], r["allowed"], r["rule"]) for r in say(school, "recipients", "--cycle", CYCLE)}
    assert rows == {(FANNIE, True, "parent"), (LISA, False, "held")} | {r for r in rows if r[0] == KYLE}
    assert not any(allowed for student, allowed, _ in rows if student == KYLE)
    school.release()
    assert school.state().released_students == {school.ref(FANNIE)}
    assert {e.student for e in school.entries("planned")} == {school.ref(FANNIE)}
    assert school.release() == []  # nothing is left to do, and the held stay held


def test_the_way_out_of_a_hold_is_a_mended_extract(planted: Prepared) -> None:
    school = planted
    school.release()
    school.extract.change("results.csv", {"score": "eighty"}, score="80")
    school.extract.change("supplement/contacts.csv", {"studentSourcedId": KYLE}, restrictionFrom="")
    school.prepare(school.extract)
    assert say(school, "holds", "--cycle", CYCLE) == []
    school.release()
    assert school.state().released_students == {school.ref(student) for student in (LISA, FANNIE, KYLE)}
    assert school.ref(OTHER) in {e.recipient for e in school.entries("delivered")}
