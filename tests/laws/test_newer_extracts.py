"""What a newer extract may do to reports that wait: a delta changes what it names, and a cut-off one stops."""

import shutil
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError

from tests.school import FANNIE, KYLE, LISA, Extract, Prepared


def loads(school: Prepared) -> int:
    from termpost.tasks.lake.connection import read_lake

    with read_lake(school.open().lake) as lake:
        found = lake.execute("SELECT count(*) FROM core_extract").fetchone()
    return int(found[0]) if found else 0


def delta_of(extract: Extract, folder: Path, student: str, score: str) -> Extract:
    """New marks of one student, and nothing else."""
    folder.mkdir()
    shutil.copy(extract.folder / "manifest.csv", folder)
    delta = Extract(folder)
    rows = [row for row in extract.read("results.csv") if row["studentSourcedId"] == student]
    changed = {"status": "active", "dateLastModified": "2021-12-16T06:00:00Z", "score": score}
    delta.write("results.csv", [row | changed for row in rows])
    modes = [row | {"value": "absent"} if row["value"] == "bulk" else row for row in extract.read("manifest.csv")]
    delta.write("manifest.csv", modes)
    delta.change("manifest.csv", {"propertyName": "file.results"}, value="delta")
    return delta


def versions(school: Prepared) -> dict[str, int]:
    """Student → newest version."""
    names: dict[str, str] = {school.ref(student): student for student in (LISA, FANNIE, KYLE)}
    made = [(names[e.student or ""], e.version or 0) for e in school.entries("report_made")]
    return {student: max(version for who, version in made if who == student) for student in names.values()}


def test_a_delta_changes_the_reports_of_those_it_names_and_once_only(school: Prepared, tmp_path: Path) -> None:
    delta = delta_of(school.extract, tmp_path / "delta", LISA, "1")
    before = len(school.entries("extract_received"))
    school.prepare(delta)
    assert versions(school) == {LISA: 2, FANNIE: 1, KYLE: 1}
    assert loads(school) == 2
    (received,) = school.entries("extract_received")[before:]
    assert (received.object, school.entries("checked")[-1].reason) == (f"landing/{received.digest}", "accepted")
    facts = school.entries("report_made", "extract_received", "held")
    school.prepare(delta)
    assert (school.entries("report_made", "extract_received", "held"), loads(school)) == (facts, 2)


def test_an_extract_that_takes_a_third_of_the_school_away_stops_until_the_number_is_confirmed(school: Prepared) -> None:
    school.extract.without(KYLE)
    for leave in (None, 2):
        with pytest.raises(InputError) as caught:
            school.prepare(school.extract, leave=leave)
        assert caught.value.code == "many-deletions"
        assert KYLE not in str(caught.value)
    assert loads(school) == 1
    assert [entry.reason for entry in school.entries("refused")] == ["many-deletions"] * 2
    school.prepare(school.extract, leave=1)
    assert loads(school) == 2
