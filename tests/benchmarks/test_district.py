"""The made-up district: clean, repeatable, of every kind, and written without holding it in memory."""

import csv
import os
import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import get_args
from zipfile import ZipFile

import duckdb
import pytest
from termpost.schemas.base.errors import InputError

from benchmarks import Benchmark, Measured
from benchmarks.bench import main as bench
from benchmarks.district import Counts, District, write_district
from benchmarks.district.audit import Extract, audit
from benchmarks.district.columns import Version
from benchmarks.district.flaws import FLAWS, plant
from benchmarks.district.kinds import KINDS
from benchmarks.district.variety import lacking

ROOT = Path(__file__).parents[2]
BASE = "sourcedId status dateLastModified "
NEW_IN_1_2 = {  # 1EdTech, OneRoster CSV binding 1.2.1: where it differs from 1.1
    "categories.csv": BASE + "title weight",
    "lineItems.csv": BASE + "title description assignDate dueDate classSourcedId categorySourcedId "
    "academicSessionSourcedId resultValueMin resultValueMax schoolSourcedId",
    "results.csv": BASE
    + "lineItemSourcedId studentSourcedId scoreStatus score scoreDate comment textScore classSourcedId "
    "inProgress incomplete late missing",
    "roles.csv": BASE + "userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId",
    "userProfiles.csv": BASE + "userSourcedId profileType vendorId applicationId description credentialType username "
    "password",
    "users.csv": BASE + "enabledUser username userIds givenName familyName middleName identifier email sms phone "
    "agentSourcedIds grades password userMasterIdentifier preferredGivenName preferredMiddleName "
    "preferredFamilyName primaryOrgSourcedId pronouns",
}
SUPPLEMENT = {  # docs: the public interface
    "attendance": "studentSourcedId schoolSourcedId date event reason",
    "comments": "studentSourcedId classSourcedId cycle author language comment",
    "contacts": "studentSourcedId contactSourcedId relation isPrimary livesWith emergency legalGuardian "
    "contactRestrictions restrictionFrom restrictionUntil agreementUntil street city state postalCode country email "
    "phone preferredLanguage preferredChannel",
    "grades": "studentSourcedId classSourcedId academicSessionSourcedId grade percent note",
    "students": "studentSourcedId preferredName preferredLanguage dependent consentToParents recordsHold email",
}
VERSIONS: tuple[Version, ...] = get_args(Version)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counts]:
    home = tmp_path_factory.mktemp("districts")
    return {version: write_district(District(version=version), home / version) for version in VERSIONS}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    home, order = tmp_path_factory.mktemp("small"), {"students": 160, "line_items_per_class": 4}
    return {v: write_district(District(version=v, **order), home / v).path for v in VERSIONS}


@pytest.fixture(params=VERSIONS)
def extract(request: pytest.FixtureRequest, made: dict[str, Counts]) -> Extract:
    return Extract(made[request.param].path)


def header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.csv")}


def test_headers_are_those_of_the_public_sample_and_of_the_standard(made: dict[str, Counts]) -> None:
    sample = {path.name: header(path) for path in (ROOT / "examples/grand-bend").glob("*.csv")}
    changed = {name: columns.split() for name, columns in NEW_IN_1_2.items()}
    assert {path.name: header(path) for path in made["1.1"].path.glob("*.csv")} == sample
    assert {path.name: header(path) for path in made["1.2"].path.glob("*.csv")} == sample | changed


@pytest.mark.parametrize("version", VERSIONS)
def test_supplement_has_the_columns_of_the_interface(made: dict[str, Counts], version: str) -> None:
    found = {path.stem: header(path) for path in (made[version].path / "supplement").glob("*.csv")}
    assert found == {name: columns.split() for name, columns in SUPPLEMENT.items()}


def test_manifest_names_exactly_the_files_that_are_there(extract: Extract, made: dict[str, Counts]) -> None:
    version = extract.rows("SELECT value FROM manifest WHERE propertyName = 'oneroster.version'")[0][0]
    bulk = extract.values("SELECT substr(propertyName, 6) || '.csv' FROM manifest WHERE value = 'bulk'")
    assert bulk == {path.name for path in made[version].path.glob("*.csv")} - {"manifest.csv"}


@pytest.mark.parametrize("version", VERSIONS)
def test_counts_are_those_of_the_files(made: dict[str, Counts], version: str) -> None:
    counts = made[version]
    for name, rows in counts.rows.items():
        with (counts.path / name).open(encoding="utf-8", newline="") as file:
            assert sum(1 for _ in csv.reader(file)) - 1 == rows > 0, name
    assert sum(counts.contacts.values()) == counts.rows["supplement/contacts.csv"]
    assert sum(counts.statuses.values()) == counts.rows["results.csv"]
    assert counts.students == counts.rows["demographics.csv"] == 500


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("students", [12, 50, 500, 1300])
def test_an_extract_of_any_size_is_clean(tmp_path: Path, students: int, version: Version) -> None:
    counts = write_district(
        District(students=students, version=version, seed=students, line_items_per_class=4), tmp_path
    )
    assert counts.students == students
    assert audit(tmp_path) == []


def test_classes_differ_in_size_students_in_courses_and_some_work_has_no_mark(extract: Extract) -> None:
    sizes = extract.values("SELECT count(*) FROM enrollments WHERE role = 'student' GROUP BY classSourcedId")
    assert len(sizes) > 8
    seats = "FROM enrollments WHERE role = 'student' AND endDate IS NULL GROUP BY userSourcedId"
    assert extract.values(f"SELECT count(*) {seats}") == {6, 7, 8, 9}
    marks = "SELECT 1 FROM lineItems JOIN enrollments e USING (classSourcedId) WHERE e.role = 'student'"
    [(possible, rows)] = extract.rows(f"SELECT (SELECT count(*) FROM ({marks})), (SELECT count(*) FROM results)")
    assert 0.97 < rows / possible < 1


def test_1_2_says_late_missing_and_incomplete(made: dict[str, Counts]) -> None:
    extract = Extract(made["1.2"].path)
    for column in ("late", "missing", "incomplete", "inProgress"):
        assert "true" in extract.values(f"SELECT {column} FROM results"), column
    assert extract.values("SELECT weight FROM categories") == {"40", "20"}
    assert extract.values("SELECT role FROM roles") >= {"student", "teacher", "parent", "guardian", "relative", "aide"}
    assert extract.rows("SELECT count(*) FROM roles") == extract.rows("SELECT count(*) FROM users")


@pytest.mark.parametrize("seed", range(1, 5))
def test_500_students_hold_everything_whatever_the_seed(tmp_path: Path, seed: int) -> None:
    counts = write_district(District(seed=seed, line_items_per_class=6), tmp_path)
    assert lacking(Extract(tmp_path)) == []
    assert set(counts.contacts) == set(counts.examples) == set(KINDS)


@pytest.mark.parametrize("hash_seed", ["1", "77"])
def test_the_same_order_gives_the_same_bytes_in_another_process(
    made: dict[str, Counts], hash_seed: str, tmp_path: Path
) -> None:
    order = [sys.executable, "-m", "benchmarks.district", "--version", "1.2", str(tmp_path / "out")]
    subprocess.run(order, check=True, cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": hash_seed}, capture_output=True)
    assert contents(tmp_path / "out") == contents(made["1.2"].path)


def test_the_version_changes_neither_people_nor_marks_and_the_seed_changes_both(
    made: dict[str, Counts], tmp_path: Path
) -> None:
    one, two = Extract(made["1.1"].path), Extract(made["1.2"].path)
    other = Extract(write_district(District(seed=2), tmp_path / "other").path)
    for query in (
        "SELECT sourcedId, givenName, familyName, email, agentSourcedIds FROM users ORDER BY 1",
        "SELECT sourcedId, scoreStatus, score, scoreDate, comment FROM results ORDER BY 1",
        "SELECT * FROM contacts ORDER BY 1, 2",
        "SELECT * FROM attendance ORDER BY ALL",
    ):
        assert one.rows(query) == two.rows(query) != other.rows(query)


def test_a_zip_holds_the_same_files_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    small = District(students=50)
    plain = write_district(small, tmp_path / "plain")
    first, second = (write_district(small, tmp_path / name, zip=True).path for name in ("a", "b"))
    with ZipFile(first) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == contents(plain.path)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert first.read_bytes() == second.read_bytes()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["district.zip"]


def test_a_folder_in_use_and_an_impossible_district_are_refused(tmp_path: Path) -> None:
    (tmp_path / "roles.csv").write_text("left over")
    with pytest.raises(InputError) as caught:
        write_district(District(students=50), tmp_path)
    assert caught.value.code == "folder-not-empty"
    for order in ({"students": 11}, {"students": 50, "schools": 5}, {"line_items_per_class": 0}, {"year": 3000}):
        with pytest.raises(InputError):
            District(**order)  # type: ignore[arg-type]


@pytest.mark.soak
def test_memory_does_not_grow_with_the_district(tmp_path: Path) -> None:
    peaks = []
    for students in (700, 4200):
        tracemalloc.start()
        write_district(District(students=students, line_items_per_class=2), tmp_path / str(students))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
    assert peaks[1] < 20 * 2**20


BROKEN = {  # what the audit says; "": it cannot be read any more
    "bad-date": "type-date", "bad-number": "type-decimal", "bad-status": "status", "missing-score": "status-score",
    "unknown-student": "reference results.studentSourcedId", "duplicate-result": "unique results",
    "duplicate-user": "unique users", "not-enrolled": "not-enrolled", "score-above-max": "above-max", "ragged-row": "",
    "misspelt-header": "", "misspelt-restriction-header": "", "not-utf8": "", "empty-file": "", "missing-file": "",
    "bad-contact-reference": "reference contacts.contactSourcedId", "bad-restriction": "restriction",
    "reversed-restriction-dates": "restriction", "wrong-role": "contact-role",
}  # fmt: skip


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flaw_breaks_one_rule_at_the_place_it_names(
    flaw: str, version: str, small: dict[str, Path], tmp_path: Path
) -> None:
    clean = small[version]
    folder = Path(shutil.copytree(clean, tmp_path / "broken"))
    planted = plant(folder, flaw, seed=3)
    before, after = contents(clean), contents(folder)
    assert {name for name in before if before[name] != after.get(name)} == {planted.file}
    if planted.row is not None:
        old, new = before[planted.file].splitlines(), after[planted.file].splitlines()
        added = len(new) - len(old)
        assert old[: planted.row] == new[: planted.row]
        assert old[planted.row + 1 - added :] == new[planted.row + 1 :]
        assert new[planted.row] != old[planted.row] if not added else added == 1
        [student] = planted.students
        assert any(student.encode() in line for line in (*old[planted.row : planted.row + 1], new[planted.row]))
    if BROKEN[flaw]:
        assert audit(folder) == [BROKEN[flaw]]
    else:
        with pytest.raises((duckdb.Error, UnicodeDecodeError)):
            audit(folder)
    again = Path(shutil.copytree(clean, tmp_path / "again"))
    assert plant(again, flaw, seed=3) == planted
    assert contents(again) == after


def test_bench_fails_on_a_ratio_above_its_limit(capsys: pytest.CaptureFixture[str]) -> None:
    def measured(ratio: float) -> Benchmark:
        return lambda _: Measured("op", "2 s", "1 s", ratio, limit=2.0)

    assert bench([measured(2.0)]) == 0
    assert bench([measured(1.0), measured(2.01)]) == 1
    assert "FAILED" in capsys.readouterr().out
