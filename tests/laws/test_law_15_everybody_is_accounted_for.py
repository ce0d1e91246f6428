"""Law 15: who sits in a school has a report of it, is held, or is named with the reason."""

import csv
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from termpost.tasks.channels.export.export import PATTERN, export_cycle
from termpost.tasks.papers.proof.proof import write_proof
from termpost.tasks.stage.manifests import prepared_of

from tests.command import Command
from tests.school import CYCLE, Extract, School, new_school
from tests.tasks.gradebook import Gradebook

HIGH, CENTRE, EMPTY = "255901001", "255901002", "255901003"
DUAL, ONE, LEFT, ALONE, LATER, OTHER = "s-dual", "s-one", "s-left", "s-alone", "s-later", "s-other"


def bundle(folder: Path) -> Extract:
    """Two schools with a student of both, a third whose class is another session's, and students of every fate."""
    book = Gradebook()
    for school, class_id in ((HIGH, "bio"), (CENTRE, "weld"), (EMPTY, "art")):
        book.school(school)
        book.course(class_id, school, "2022-spring" if school == EMPTY else "2021-fall")
    for item, class_id in (("quiz", "bio"), ("bead", "weld")):
        book.item(item, class_id, "10")
    for person, school in ((DUAL, HIGH), (ONE, HIGH), (LEFT, HIGH), (ALONE, HIGH), (LATER, HIGH), (OTHER, EMPTY)):
        book.student(person, school)
        book.add("demographics.csv", sourcedId=person, birthDate="2006-05-04")
    for person, class_id, school, dates in (
        (DUAL, "bio", HIGH, {}), (DUAL, "weld", CENTRE, {}), (ONE, "bio", HIGH, {}),
        (LEFT, "bio", HIGH, {"endDate": "2021-08-30"}), (LATER, "bio", HIGH, {"beginDate": "2021-12-14"}),
        (OTHER, "art", EMPTY, {"beginDate": "2021-08-23"}),
    ):  # fmt: skip
        book.enroll(person, class_id, school, **dates)
    for item, person in (("quiz", DUAL), ("bead", DUAL), ("quiz", ONE)):
        book.mark(item, person, "9")
    mother = {"role": "parent", "givenName": "Ada", "familyName": "Quill", "enabledUser": "true", "orgSourcedIds": HIGH}
    book.add("users.csv", sourcedId="m", **mother)
    for person in (DUAL, ONE, LEFT, ALONE, LATER, OTHER):
        reach = {"relation": "Mother", "street": "1 Elm", "city": "Grand Bend", "state": "TX", "postalCode": "78834"}
        book.add("supplement/contacts.csv", studentSourcedId=person, contactSourcedId="m", **reach)
    return Extract(book.write(folder))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[School, Extract]:
    folder = tmp_path_factory.mktemp("accounted")
    school, extract = new_school(folder / "home"), bundle(folder / "extract")
    school.prepare(extract)
    return school, extract


def test_whoever_sits_in_a_school_is_accounted_for(prepared: tuple[School, Extract]) -> None:
    school, _ = prepared
    names = {school.ref(person): person for person in (DUAL, ONE, LEFT, ALONE, LATER, OTHER)}
    found: Counter[tuple[str, str, str]] = Counter()
    for one in prepared_of(school.open(), CYCLE):
        found.update((one.school, names[report.student], "report") for report in one.reports)  # type: ignore[index]
        found.update((one.school, names[hold.student], "held") for hold in one.holds)  # type: ignore[index]
        found.update((one.school, names[left.student], left.reason) for left in one.unreported)  # type: ignore[index]
    assert found == Counter([
        (HIGH, DUAL, "report"), (CENTRE, DUAL, "report"), (HIGH, ONE, "report"), (HIGH, LEFT, "left"),
        (HIGH, ALONE, "no-seat"), (HIGH, LATER, "not-begun"), (EMPTY, OTHER, "other-session"),
    ])  # fmt: skip


def test_the_proof_pack_names_who_has_no_report(prepared: tuple[School, Extract], tmp_path: Path) -> None:
    school, _ = prepared
    write_proof(school.open(), CYCLE, tmp_path / "proof")
    with (tmp_path / "proof/unreported.csv").open(newline="") as file:
        rows = {(row["student"], row["reason"]) for row in csv.DictReader(file)}
    assert rows == {(LEFT, "left"), (ALONE, "no-seat"), (LATER, "not-begun"), (OTHER, "other-session")}


def test_prepare_counts_them_and_says_no_where_a_school_has_nothing(
    prepared: tuple[School, Extract], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    school, extract = prepared
    monkeypatch.setattr("termpost.flows.runner.run_flow", lambda *_: school.prepare(extract))
    said = command(
        "prepare", "--cycle", CYCLE, "--extract", extract.folder, "--home", school.home, "--as-of", school.told
    )
    assert said.code == 1
    assert f"no report was made for school {EMPTY}, which has students" in said.complaint
    assert "without a report: 1 has left; 1 sits in no class; 1 begins after the cut-off" in " ".join(said.out.split())


def test_a_student_of_two_schools_has_a_report_of_each(tmp_path: Path) -> None:
    """Case extracts/13: an id each, counted as two, exported as two, and the second may follow the first."""
    school, extract = new_school(tmp_path / "home"), bundle(tmp_path / "extract")
    school.prepare(extract)
    schools = {one.school: one for one in prepared_of(school.open(), CYCLE)}
    mine = school.ref(DUAL)
    ids = [report.report for name in (HIGH, CENTRE) for report in schools[name].reports if report.student == mine]
    assert len(set(ids)) == 2
    assert len({(e.report, e.version) for e in school.entries("report_made")}) == 3

    school.later(timedelta(minutes=1))
    school.release()
    assert len(school.entries("released")) == 3
    assert export_cycle(school.open(), CYCLE, tmp_path / "out", PATTERN, "mlopez") == 3
    assert {path.name for path in (tmp_path / "out").glob(f"{DUAL}-*.pdf")} == {
        f"{DUAL}-{name}-{CYCLE}-v1.pdf" for name in (HIGH, CENTRE)
    }

    extract.add(
        "enrollments.csv", sourcedId="e-new", userSourcedId=ONE, classSourcedId="weld", schoolSourcedId=CENTRE,
        role="student", beginDate="2021-08-23",
    )  # fmt: skip
    made = {one.school: one.made for one in school.prepare(extract)}
    assert made == {HIGH: 2, CENTRE: 2, EMPTY: 0}, "a report that is out at one school is none of the other"


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Command:
    return Command(monkeypatch, capsys)
