"""An export that no longer has the columns with bars, stops and consents: nothing is lifted by it in silence."""

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.lake.connection import open_lake

from tests.attacks.office import CONTACTS, accept_losses, bar, let_in, run, told
from tests.school import CYCLE, FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Extract, Prepared, new_school, small_extract
from tests.services.oneroster_server import SECRET, oneroster_service
from tests.snapshots import snapshot, working_copy
from tests.tasks.extract.rest_district import district

STUDENTS = "supplement/students.csv"
OF_CONTACTS = ("legalGuardian", "contactRestrictions", "restrictionFrom", "restrictionUntil", "agreementUntil",
               "addressConfidential")  # fmt: skip
OF_STUDENTS = ("dependent", "consentToParents", "recordsHold")
Damage = Callable[[Extract], None]


def guarded(folder: Path) -> Prepared:
    """Lisa's father is barred, Kyle's record is on hold, and every column with such a word is used."""
    new = new_school(folder / "home")
    school = Prepared(new.home, new.phone, extract=small_extract(folder / "extract"))
    bar(school, FATHER, contactRestrictions="no-contact", restrictionFrom="2021-09-01", restrictionUntil="2031-09-01")
    bar(school, MOTHER, legalGuardian="true", addressConfidential="true")
    bar(school, OTHER, KYLE, agreementUntil="2031-01-01")
    said = {"dependent": "true", "consentToParents": "true", "recordsHold": ""}
    students = [{"studentSourcedId": student, **said} for student in (LISA, FANNIE)]
    school.extract.write(STUDENTS, [*students, {"studentSourcedId": KYLE, **said, "recordsHold": "true"}])
    school.prepare(school.extract)
    return school


@pytest.fixture
def school(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Prepared]:
    with working_copy(snapshot(tmp_path_factory, "guarded", guarded), tmp_path) as made:
        yield made


def without(name: str, *columns: str) -> Damage:
    def damage(extract: Extract) -> None:
        extract.write(name, [{k: v for k, v in row.items() if k not in columns} for row in extract.read(name)])

    return damage


def blanked(name: str, *columns: str) -> Damage:
    def damage(extract: Extract) -> None:
        extract.write(name, [row | dict.fromkeys(columns, "") for row in extract.read(name)])

    return damage


def gone(name: str) -> Damage:
    return lambda extract: (extract.folder / name).unlink()


def header_alone(name: str) -> Damage:
    def damage(extract: Extract) -> None:
        path = extract.folder / name
        path.write_text(path.read_text().splitlines()[0] + "\n")

    return damage


def newest(school: Prepared) -> str:
    with open_lake(school.open().lake) as lake:
        query = "SELECT extract_id FROM lake.core_extract ORDER BY known_at DESC, rowid DESC LIMIT 1"
        return str(lake.execute(query).fetchall()[0][0])


def losses(school: Prepared, folder: Path | str | None = None) -> dict[tuple[str, str, str], dict[str, Any]]:
    """(severity, rule, file) → what `termpost check` says that the extract lacks."""
    found = run(school, "check", str(folder or school.extract.folder), "--json")
    said = json.loads(found.stdout)
    rules = ("vanished-file", "vanished-column", "fewer-rows")
    listed = [problem for problem in said["problems"] if problem["rule"] in rules]
    assert len({(p["severity"], p["rule"], p["file"]) for p in listed}) == len(listed)  # one line each
    assert (said["outcome"] == "rejected") is any(problem["severity"] == "fatal" for problem in said["problems"])
    return {(p["severity"], p["rule"], p["file"]): p for p in listed}


REFUSED: dict[str, tuple[Damage, str, str, Sequence[str]]] = {
    "all columns of contacts": (without(CONTACTS, *OF_CONTACTS), "vanished-column", CONTACTS, OF_CONTACTS),
    "all columns of students": (without(STUDENTS, *OF_STUDENTS), "vanished-column", STUDENTS, OF_STUDENTS),
    "one column of contacts": (without(CONTACTS, "contactRestrictions"), "vanished-column", CONTACTS, OF_CONTACTS[1:2]),
    "one column of students": (without(STUDENTS, "recordsHold"), "vanished-column", STUDENTS, OF_STUDENTS[2:]),
    "consents blank throughout": (blanked(STUDENTS, "consentToParents"), "vanished-column", STUDENTS, OF_STUDENTS[1:2]),
    "contacts gone": (gone(CONTACTS), "vanished-file", CONTACTS, ()),
    "students gone": (gone(STUDENTS), "vanished-file", STUDENTS, ()),
    "a header of contacts": (header_alone(CONTACTS), "vanished-file", CONTACTS, ()),
    "a header of students": (header_alone(STUDENTS), "vanished-file", STUDENTS, ()),
}  # fmt: skip


def test_check_names_what_the_extract_loaded_last_had_and_rejects_the_export(school: Prepared, tmp_path: Path) -> None:
    last = newest(school)
    assert losses(school) == {}
    for what, (damage, rule, file, columns) in REFUSED.items():
        folder = shutil.copytree(school.extract.folder, tmp_path / what)
        damage(Extract(folder))
        found = losses(school, folder)
        assert list(found) == [("fatal", rule, file)], what
        (problem,) = found.values()
        assert last[:12] in problem["message"], what
        assert set(re.findall(r"(\w+) 0 of [123]\b", problem["message"])) == set(columns), what
        assert problem["column"] == (columns[0] if len(columns) == 1 else None)
        assert re.search(f'put "{file} .+ after {last[:12]}" into accept under', problem["remedy"]), what


def test_prepare_refuses_it_and_lets_out_nothing_until_somebody_says_why(school: Prepared) -> None:
    before = newest(school)
    without(CONTACTS, "contactRestrictions", "restrictionFrom", "restrictionUntil")(school.extract)
    with pytest.raises(InputError) as refused:
        school.prepare(school.extract)
    assert refused.value.code == "extract-rejected"
    assert "contactRestrictions 0 of 1" in refused.value.what
    assert before[:12] in refused.value.what
    assert refused.value.where == CONTACTS
    assert newest(school) == before
    rows = [r for r in told(school, "recipients", "--cycle", CYCLE) if (r["student"], r["contact"]) == (LISA, FATHER)]
    assert [(row["allowed"], row["rule"]) for row in rows] == [(False, "no-contact")]

    settings = (school.home / "termpost.toml").read_text()
    accept_losses(school, refused.value.remedy.replace("contactRestrictions 0", "contactRestrictions 1"))
    with pytest.raises(InputError) as other:  # what was accepted is another loss
        school.prepare(school.extract)
    assert other.value.code == "extract-rejected"
    (school.home / "termpost.toml").write_text(settings)
    let_in(school)
    assert newest(school) != before
    assert [e.reason for e in school.entries("settings_changed") if e.reason] == [
        "check-accept"
    ] * 2  # the wrong one too
    notes = [school.store.get(key).decode() for key in school.store.list("notes/check-accept/")]
    assert any("contactRestrictions 0" in note and "by the office now" in note for note in notes)
    (school.home / "termpost.toml").write_text(settings)
    school.prepare(school.extract)  # what was let in once is no question any more
    assert {severity for severity, _, _ in losses(school)} == {"warning"}
    bar(school, MOTHER, legalGuardian="")  # and the next one is compared with it
    assert list(losses(school)) == [("warning", "vanished-column", CONTACTS)]


def test_an_older_extract_is_not_the_record_again_where_it_lacks_a_bar(school: Prepared, tmp_path: Path) -> None:
    newer = Extract(shutil.copytree(school.extract.folder, tmp_path / "newer"))
    newer.write(STUDENTS, [row | {"verdict": "false"} for row in newer.read(STUDENTS)])
    school.prepare(newer)
    with pytest.raises(InputError, match="verdict 0 of 3"):
        school.prepare(school.extract)
    school.prepare(newer)


def test_one_bar_that_is_lifted_by_a_blank_cell_is_told_and_stops_nothing(school: Prepared) -> None:
    blanked(CONTACTS, "contactRestrictions", "restrictionFrom", "restrictionUntil")(school.extract)
    (found,) = losses(school).values()
    assert found["severity"] == "warning"
    assert "contactRestrictions 0 of 1" in found["message"]
    school.prepare(school.extract)


def change(folder: Path, source: Extract) -> Path:
    """A delta of results, with the supplement that the export has now."""
    folder.mkdir()
    properties = {"manifest.version": "1.0", "oneroster.version": "1.1", "file.results": "delta"}
    rows = [source.read("results.csv")[0] | {"status": "active", "dateLastModified": "2021-12-16T06:00:00Z"}]
    Extract(folder).write("manifest.csv", [{"propertyName": k, "value": v} for k, v in properties.items()])
    Extract(folder).write("results.csv", rows)
    shutil.copytree(source.folder / "supplement", folder / "supplement")
    return folder


def test_a_delta_takes_no_bar_away_and_what_it_does_not_bring_stays(school: Prepared, tmp_path: Path) -> None:
    whole = change(tmp_path / "first", school.extract)
    (whole / CONTACTS).unlink()
    (whole / STUDENTS).unlink()
    assert losses(school, whole) == {}
    school.prepare(Extract(whole))
    without(CONTACTS, "contactRestrictions")(school.extract)
    without(STUDENTS, "recordsHold")(school.extract)
    cut = change(tmp_path / "second", school.extract)
    expected = {("fatal", "vanished-column", CONTACTS), ("fatal", "vanished-column", STUDENTS)}
    assert losses(school, cut).keys() == expected
    with pytest.raises(InputError, match="contactRestrictions"):
        school.prepare(Extract(cut))


def test_an_export_in_another_format_must_bring_the_bars_too(school: Prepared, tmp_path: Path) -> None:
    newer = Extract(shutil.copytree(school.extract.folder, tmp_path / "newer"))
    shutil.rmtree(newer.folder / "supplement")
    without("demographics.csv", "birthDate")(newer)
    manifest = {row["propertyName"]: row["value"] for row in newer.read("manifest.csv")} | {"oneroster.version": "1.2"}
    newer.write("manifest.csv", [{"propertyName": name, "value": value} for name, value in manifest.items()])
    found = losses(school, newer.folder)
    assert {key for key in found if key[0] == "fatal"} == {
        ("fatal", "vanished-file", CONTACTS), ("fatal", "vanished-file", STUDENTS),
    }  # fmt: skip
    assert {file.partition("/")[0] for _, _, file in found} == {"supplement"}  # of other files nothing can be compared


@pytest.mark.soak
def test_a_service_that_takes_the_place_of_files_brings_no_bars_and_is_refused(
    school: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    with oneroster_service(district()) as service:
        where = "TERMPOST_SOURCE__ONEROSTER__"
        said = {f"{where}TOKEN_URL": f"{service.root}/token", f"{where}CLIENT_ID": "termpost",
                "TERMPOST_ONEROSTER_CLIENT_SECRET": SECRET}  # fmt: skip
        for name, value in said.items():
            monkeypatch.setenv(name, value)
        found = losses(school, service.uri)
    assert {key for key in found if key[0] == "fatal"} == {
        ("fatal", "vanished-file", CONTACTS), ("fatal", "vanished-file", STUDENTS),
    }  # fmt: skip


def test_what_nobody_is_protected_by_is_told_and_stops_nothing(school: Prepared, tmp_path: Path) -> None:
    extract = Extract(shutil.copytree(school.extract.folder, tmp_path / "changed"))
    gone("supplement/attendance.csv")(extract)
    without("lineItems.csv", "dueDate", "assignDate")(extract)
    extract.write("results.csv", extract.read("results.csv")[:20])
    without(CONTACTS, "street", "livesWith")(extract)
    found = losses(school, extract.folder)
    assert found.keys() == {
        ("warning", "vanished-file", "supplement/attendance.csv"), ("warning", "vanished-column", "lineItems.csv"),
        ("warning", "fewer-rows", "results.csv"), ("warning", "vanished-column", CONTACTS),
    }  # fmt: skip
    (said,) = (problem for problem in found.values() if problem["file"] == "lineItems.csv")
    assert {"dueDate", "assignDate"} <= set(re.findall(r"\w+", said["message"]))
    assert said["remedy"]
    assert "vanished-file" in run(school, "check", str(extract.folder)).output
    school.prepare(extract)


def test_half_of_many_contacts_is_a_cut_export_and_the_first_extract_is_compared_with_nothing(tmp_path: Path) -> None:
    new = new_school(tmp_path / "home")
    school = Prepared(new.home, new.phone, extract=small_extract(tmp_path / "extract"))
    rows = school.extract.read(CONTACTS)
    with (school.extract.folder / CONTACTS).open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows([row for row in rows for _ in range(3)])  # the same row several times is one to the reports
    assert losses(school) == {}
    school.prepare(school.extract)
    school.extract.write(CONTACTS, rows)
    assert list(losses(school)) == [("fatal", "fewer-rows", CONTACTS)]
    with pytest.raises(InputError, match="less than half as many rows"):
        school.prepare(school.extract)
