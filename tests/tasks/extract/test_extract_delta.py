"""A delta applied on the extract loaded last: what it makes of it, that it does so once, and what is refused."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.extract.land import fingerprint, land
from termpost.tasks.extract.last_loaded import last_loaded
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.oneroster.delta import compose
from termpost.tasks.formats.source_file import SourceFile
from termpost.tasks.lake.connection import memory_connection

from tests.tasks.gradebook import Gradebook, Rooms, read_csv, write_csv

MONDAY, TUESDAY = "2021-09-13T06:00:00Z", "2021-09-14T06:00:00+00:00"
RESULTS = ["sourcedId", "status", "dateLastModified", "lineItemSourcedId", "studentSourcedId", "scoreStatus", "score",
           "scoreDate", "comment"]  # fmt: skip


def manifest(folder: Path, **modes: str) -> None:
    rows = [("manifest.version", "1.0"), ("oneroster.version", "1.1"), *((f"file.{n}", m) for n, m in modes.items())]
    header = ["propertyName", "value"]
    write_csv(folder / "manifest.csv", header, [dict(zip(header, row, strict=True)) for row in rows])


def result(person: str, score: str, at: str = MONDAY, status: str = "active", **cells: str) -> dict[str, str]:
    return {
        "sourcedId": f"r-quiz-{person}", "status": status, "dateLastModified": at, "lineItemSourcedId": "quiz",
        "studentSourcedId": person, "scoreStatus": "fully graded", "score": score, "scoreDate": "2021-09-13", **cells,
    }  # fmt: skip


def delta_of(
    folder: Path, rows: list[dict[str, str]], header: list[str] = RESULTS, modes: Mapping[str, str] | None = None
) -> Path:
    manifest(folder.parent, results="delta")  # the folder is made with its first file
    folder.mkdir()
    manifest(folder, **{"results": "delta", **(modes or {})})
    write_csv(folder / "results.csv", header, rows)
    return folder


def files_of(folder: Path) -> list[SourceFile]:
    return open_source(str(folder))


def table(files: list[SourceFile], name: str) -> list[dict[str, str]]:
    (file,) = (file for file in files if file.name == name)
    with file.open() as source:
        return list(csv.DictReader(io.TextIOWrapper(source, encoding="utf-8", newline="")))


@pytest.fixture
def base(gradebook: Gradebook, tmp_path: Path) -> Path:
    folder = gradebook.write(tmp_path / "base")
    manifest(folder, results="bulk", users="bulk")
    return folder


def applied(rooms: Rooms, delta: Path) -> list[SourceFile]:
    files = files_of(delta)
    return compose(files, last_loaded(rooms.home, fingerprint(files)))


def landed(rooms: Rooms, files: list[SourceFile]) -> str:
    """As the extract stage keeps them, and loaded."""
    from termpost.tasks.check.landing import check_landing

    extract = land(rooms.home.store, rooms.home.tags, files, fingerprint(files), ())
    check_landing(rooms.home, extract, CheckParameters())
    return rooms.load(extract)


def test_the_delta_comes_first_and_the_rest_is_as_it_was(base: Path, tmp_path: Path) -> None:
    delta = delta_of(tmp_path / "delta", [result("s-bela", "7"), result("s-new", "3", sourcedId="r-new")])
    whole = compose(files_of(delta), files_of(base))
    rows = table(whole, "results.csv")
    assert [(row["sourcedId"], row["score"]) for row in rows] == [
        ("r-quiz-s-bela", "7"), ("r-new", "3"), ("r-quiz-s-anna", "9"),
    ]  # fmt: skip
    names = {file.name for file in whole}
    assert names == {file.name for file in files_of(base)}
    assert table(whole, "users.csv") == read_csv(base / "users.csv")
    said = {row["propertyName"]: row["value"] for row in table(whole, "manifest.csv")}
    assert (said["file.results"], said["file.users"], said["oneroster.version"]) == ("bulk", "bulk", "1.1")


def test_bulk_in_a_mixed_bundle_replaces_its_file(base: Path, tmp_path: Path) -> None:
    delta = delta_of(tmp_path / "delta", [result("s-bela", "7")], modes={"categories": "bulk"})
    write_csv(delta / "categories.csv", ["sourcedId", "title"], [{"sourcedId": "assignment", "title": "Work"}])
    whole = compose(files_of(delta), files_of(base))
    assert [row["title"] for row in table(whole, "categories.csv")] == ["Work"]


def test_columns_may_stand_in_another_order_and_none_of_the_base_is_lost(base: Path, tmp_path: Path) -> None:
    header = ["score", "sourcedId", "status", "dateLastModified", "metadata.x"]
    rows = [{"score": "7", "sourcedId": "r-quiz-s-bela", "status": "active", "dateLastModified": MONDAY}]
    whole = compose(files_of(delta_of(tmp_path / "delta", rows, header)), files_of(base))
    first, second = table(whole, "results.csv")
    assert (first["score"], first["studentSourcedId"]) == ("7", "")
    (before,) = (row for row in read_csv(base / "results.csv") if row["sourcedId"] == "r-quiz-s-anna")
    assert second == before | {"metadata.x": ""}


def test_a_delta_is_checked_loaded_and_applied_once_only(base: Path, rooms: Rooms, tmp_path: Path) -> None:
    landed(rooms, files_of(base))
    gone = {"scoreStatus": "", "score": "", "scoreDate": ""}  # a row that goes need say no more than its id
    delta = delta_of(tmp_path / "delta", [
        result("s-bela", "7"), result("s-anna", "", status="tobedeleted") | gone,
        result("s-anna", "10", sourcedId="r-again"),
    ])  # fmt: skip
    once = applied(rooms, delta)
    loaded = landed(rooms, once)
    marks = rooms.rows("SELECT score FROM lake.core_result WHERE extract_id = ? ORDER BY 1", loaded)
    assert [int(score) for (score,) in marks] == [7, 10]
    with memory_connection() as con:
        folder = rooms.home.store.url(f"landing/{loaded}")
        rooms.home.store.let_in(con)
        sources = {file.name: f"{folder}/{file.name}" for file in once}
        findings = hold_against_contracts(con, sources, loaded, CheckParameters())
    assert (findings.outcome, findings.problems) == ("accepted", ())
    assert fingerprint(applied(rooms, delta)).id == loaded
    # and on top of another one, the first still says the same
    later = delta_of(tmp_path / "later", [result("s-bela", "8", at=TUESDAY)])
    landed(rooms, applied(rooms, later))
    again = {row["sourcedId"]: row["score"] for row in table(applied(rooms, later), "results.csv")}
    assert again == {"r-quiz-s-bela": "8", "r-quiz-s-anna": "", "r-again": "10"}


def test_torn_rows_of_a_delta_do_not_multiply(base: Path, rooms: Rooms, tmp_path: Path) -> None:
    landed(rooms, files_of(base))
    delta = delta_of(tmp_path / "delta", [result("s-bela", "7")])
    path = delta / "results.csv"
    path.write_text(path.read_text() + 'x,"y"z,w\nr-torn,active\n', encoding="utf-8")
    once = applied(rooms, delta)
    loaded = landed(rooms, once)
    assert fingerprint(applied(rooms, delta)).id == loaded
    with once[[file.name for file in once].index("results.csv")].open() as source:
        assert len(source.read().splitlines()) == 1 + 3 + 1


def test_a_row_number_is_that_of_the_file_handed_in(base: Path, tmp_path: Path) -> None:
    delta = delta_of(tmp_path / "delta", [result("s-bela", "7"), result("s-anna", "NaN"), result("s-anna", "1", at="")])
    rows = [{**row, "sourcedId": f"{row['sourcedId']}-{n}"} for n, row in enumerate(read_csv(delta / "results.csv"))]
    write_csv(delta / "results.csv", RESULTS, rows)
    folder = tmp_path / "whole"
    folder.mkdir()
    for file in compose(files_of(delta), files_of(base)):
        (folder / file.name).parent.mkdir(exist_ok=True)
        with file.open() as source:
            (folder / file.name).write_bytes(source.read())
    with memory_connection() as con:
        sources = {path.relative_to(folder).as_posix(): str(path) for path in folder.rglob("*.csv")}
        problems = hold_against_contracts(con, sources, "x", CheckParameters()).problems
    found = {(p.rule, p.severity, p.row, p.column) for p in problems}
    assert {("type-decimal", "error", 2, "score"), ("required", "error", 3, "dateLastModified")} <= found
    assert not {row for rule, _, row, _ in found if rule == "required"} - {3}  # the base was bulk: no date, no fault


def test_a_file_of_the_vendor_that_the_manifest_lists_is_skipped(base: Path, tmp_path: Path) -> None:
    delta = delta_of(tmp_path / "delta", [result("s-bela", "7")], modes={"vendorExtras": "bulk"})
    (delta / "vendorExtras.csv").write_text("a\n1\n")
    assert "vendorExtras.csv" not in [file.name for file in compose(files_of(delta), files_of(base))]


@pytest.mark.parametrize(
    ("modes", "files", "code"),
    [
        ({"users": "delta"}, {}, "manifest-mismatch"),  # listed, and not there: changes would be lost
        ({"orgs": "bulk"}, {}, "manifest-mismatch"),
        ({}, {"users.csv": "sourcedId\n"}, "manifest-mismatch"),  # there, and nobody says what it is
        ({"users": "absent"}, {"users.csv": "sourcedId\n"}, "manifest-mismatch"),
        ({}, {"results.csv": "id,status\n1,active\n"}, "missing-column"),
    ],
)
def test_a_delta_that_could_be_taken_wrongly_is_refused(
    modes: dict[str, str], files: dict[str, str], code: str, base: Path, tmp_path: Path
) -> None:
    delta = delta_of(tmp_path / "delta", [result("s-bela", "7")], modes=modes)
    for name, text in files.items():
        (delta / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        compose(files_of(delta), files_of(base))
    assert caught.value.code == code


@pytest.mark.parametrize(("at", "stale"), [(MONDAY, True), (TUESDAY, False), ("2021-09-14T08:00:00+02:00", False),
                                           ("", False)])  # fmt: skip
def test_a_delta_older_than_what_was_loaded_is_refused(at: str, stale: bool, base: Path, tmp_path: Path) -> None:
    newer = compose(files_of(delta_of(tmp_path / "one", [result("s-bela", "7", at=TUESDAY)])), files_of(base))
    delta = files_of(delta_of(tmp_path / "two", [result("s-bela", "5", at=at)]))
    if not stale:
        assert table(compose(delta, newer), "results.csv")[0]["score"] == "5"
        return
    with pytest.raises(InputError) as caught:
        compose(delta, newer)
    assert caught.value.code == "stale-delta"
    assert "s-bela" not in str(caught.value)


def test_a_delta_without_what_it_changes_is_refused(base: Path, rooms: Rooms, tmp_path: Path) -> None:
    delta = delta_of(tmp_path / "delta", [result("s-bela", "7")])
    with pytest.raises(InputError) as never:
        applied(rooms, delta)
    loaded = landed(rooms, files_of(base))
    assert applied(rooms, delta)
    manifest(delta, results="delta", roles="absent")
    path = delta / "manifest.csv"
    path.write_text(path.read_text().replace("version,1.1", "version,1.2"), encoding="utf-8")
    with pytest.raises(InputError) as other_version:
        applied(rooms, delta)
    manifest(delta, results="delta")
    for key in list(rooms.home.store.list(f"landing/{loaded}/")):
        rooms.home.store.delete(key)
    with pytest.raises(InputError) as emptied:
        applied(rooms, delta)
    assert {e.value.code for e in (never, other_version, emptied)} == {"delta-without-base"}
    assert "bulk" in emptied.value.remedy


def test_a_manifest_alone_says_that_nothing_has_changed(tmp_path: Path) -> None:
    (tmp_path / "extract").mkdir()
    manifest(tmp_path / "extract", results="absent")
    with pytest.raises(InputError) as caught:
        files_of(tmp_path / "extract")
    assert caught.value.code == "no-updates"
