"""A whole cycle on the sample district by the real flows; what must come of it is counted from the CSV files alone."""

import hashlib
import subprocess
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, expect
from termpost.flows.cli import termpost
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.log.verify import verify

from tests.flows.district import Prefect, WholeCycle
from tests.school import CYCLE, new_school, whole_extract

PREPARE = ["prepare", "--cycle", CYCLE, "--extract"]


def due(cycle: WholeCycle) -> set[str]:
    """Students enrolled in a class of the autumn."""
    classes = {
        row["sourcedId"] for row in cycle.extract.read("classes.csv") if "2021-fall" in row["termSourcedIds"].split(",")
    }
    return {
        row["userSourcedId"]
        for row in cycle.extract.read("enrollments.csv")
        if row["role"] == "student" and row["classSourcedId"] in classes
    }


def parents(cycle: WholeCycle) -> set[tuple[str, str]]:
    """Student and parent; all students are minors, no parent is restricted, both parents have the right."""
    assert all(date.fromisoformat(r["birthDate"]) > date(2003, 12, 17) for r in cycle.extract.read("demographics.csv"))
    rows = cycle.extract.read("supplement/contacts.csv")
    assert {row["relation"] for row in rows} == {"Mother", "Father"}
    assert {row["contactRestrictions"] for row in rows} == {""}
    return {(row["studentSourcedId"], row["contactSourcedId"]) for row in rows}


def test_everyone_who_is_due_has_a_report_and_every_parent_gets_it(cycle: WholeCycle) -> None:
    students, pairs = len(due(cycle)), len(parents(cycle))
    recipients = len({contact for _, contact in parents(cycle)})
    assert (students, pairs, recipients) in ((10, 18, 18), (49, 100, 100))
    assert Counter(entry.kind for entry in cycle.entries()) == {
        "extract_received": 1,
        "checked": 1,
        "kept": 1,
        "report_made": 2 * students,
        "approved": 1,
        "released": students,
        "planned": 2 * pairs,
        "sealed": 3 * recipients,  # a page, an envelope and a door
        "delivered": pairs,
        "sent": pairs,
    }
    (prepared,) = cycle.prepared
    assert (prepared.students, prepared.made, prepared.held) == (students, students, 0)
    (delivered,) = cycle.delivered
    assert delivered.by_channel == (("portal", pairs), ("print", pairs))
    objects = Counter((key.split("/")[0], key.rsplit(".", 1)[1]) for key in cycle.store.list("") if "." in key)
    assert objects["reports", "pdf"] == objects["reports", "html"] == students
    assert objects["sealed", "html"] == objects["print", "pdf"] == objects["door", "json"] == recipients


def test_who_got_what_is_what_the_record_says_pair_by_pair(cycle: WholeCycle) -> None:
    people: dict[str, str] = {cycle.ref(row["sourcedId"]): row["sourcedId"] for row in cycle.extract.read("users.csv")}
    for kind in ("delivered", "sent"):
        assert {(people[e.student or ""], people[e.recipient or ""]) for e in cycle.entries(kind)} == parents(cycle)


def test_each_disclosure_says_of_whom_to_whom_when_how_and_by_which_right(cycle: WholeCycle) -> None:
    """34 CFR 99.32(a)(3): the parties, and the interest they had; docs/log.md says which key answers which demand."""
    planned = {entry.delivery: entry for entry in cycle.entries("planned")}
    released = {(entry.report, entry.version): entry for entry in cycle.entries("released")}
    for entry in (*cycle.entries("delivered"), *cycle.entries("sent")):
        before = planned[entry.delivery]
        assert before.seq < entry.seq
        assert before.reason == "parent"  # the rule of termpost.tasks.rights.rules, a closed code
        same = ("cycle", "report", "version", "student", "recipient", "channel")
        assert {getattr(before, key) == getattr(entry, key) for key in same} == {True}
        assert None not in {getattr(entry, key) for key in same}
        who = released[entry.report, entry.version]
        assert (who.student, who.actor != "pipeline", who.seq < before.seq) == (entry.student, True, True)


def test_every_student_is_released_or_held_with_a_reason(cycle: WholeCycle) -> None:
    released = {entry.student for entry in cycle.entries("released")}
    held = {entry.student for entry in cycle.entries("held") if entry.reason}
    assert {cycle.ref(student) for student in due(cycle)} == released | held


def test_the_log_holds_with_every_object_it_names(cycle: WholeCycle) -> None:
    home = cycle.open()
    verdict = verify(
        home.store, home.keys.log_key.public_key(), home.anchor, full=True, objects=object_is_as_logged(home)
    )
    assert (verdict.ok, verdict.entries) == (True, len(list(home.log.entries())))


def everything(cycle: WholeCycle) -> dict[str, object]:
    """Every object with its sha256, and how many rows each table of the lake has."""
    seen: dict[str, object] = {
        str(path.relative_to(cycle.home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((cycle.home / "vault").rglob("*"))
        if path.is_file()
    }
    with open_lake(cycle.open().lake) as lake:
        tables = lake.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake'").fetchall()
        seen |= {name: lake.execute(f"SELECT count(*) FROM lake.{name}").fetchone() for (name,) in tables}
    return seen


def test_a_second_cycle_adds_nothing_and_says_so(cycle: WholeCycle) -> None:
    before = everything(cycle)
    where = ["--home", str(cycle.home), "--as-of", "2021-12-17"]
    for command, answer in (
        ([*PREPARE, str(cycle.extract.folder)], "Nothing is new: every report was there already."),
        (
            ["release", "--cycle", CYCLE, "--by", "mlopez", "--otp", "000000"],
            "Nothing to do: everything that may go out has gone out.",
        ),
    ):
        said = CliRunner().invoke(termpost, [*command, *where], standalone_mode=False, catch_exceptions=False)
        assert answer in said.stdout
    assert everything(cycle) == before


@pytest.mark.soak
def test_one_student_fewer_is_exactly_one_report_fewer(cycle: WholeCycle, tmp_path: Path) -> None:
    school, extract = new_school(tmp_path / "home"), whole_extract(tmp_path / "extract")
    gone = min(due(cycle))
    extract.without(gone)
    school.prepare(extract, prefect=True)
    reported = {entry.student for entry in school.entries("report_made")}
    assert reported == {school.ref(student) for student in due(cycle) - {gone}}
    assert school.open().people.find(gone) is None


@pytest.mark.needs("qpdf", "pdfinfo")
@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.soak)])
def test_every_pdf_is_whole_and_tagged(cycle: WholeCycle, tmp_path: Path, every: int) -> None:
    store, pdfs = cycle.open().store, list[Path]()
    for key in store.list(""):
        if key.endswith(".pdf"):
            pdfs.append(tmp_path / key.replace("/", "-"))
            pdfs[-1].write_bytes(store.get(key))
    assert len(pdfs) == len(due(cycle)) + len(parents(cycle))
    for pdf in pdfs[::every]:
        assert subprocess.run(["qpdf", "--check", pdf], capture_output=True, check=False).returncode == 0, pdf.name
    for pdf in pdfs[::every]:
        said = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
        assert "Tagged:          yes" in said


def type_code(page: Page, code: str) -> None:
    page.get_by_label("Access code").fill(code)
    page.keyboard.press("Enter")


def test_a_sealed_page_opens_for_its_recipient_only_and_names_its_student_only(
    cycle: WholeCycle, browser: Browser
) -> None:
    student, parent = min(parents(cycle))
    stranger = next(contact for other, contact in sorted(parents(cycle)) if other != student)
    users = {row["sourcedId"]: row for row in cycle.extract.read("users.csv")}
    name = " ".join(users[student][part] for part in ("givenName", "middleName", "familyName") if users[student][part])
    home = cycle.open()
    (key,) = cycle.store.list(f"sealed/{cycle.ref(parent)}/")
    page = browser.new_page(offline=True)
    page.goto(Path(home.store.url(key)).as_uri())
    type_code(page, code_of(home, cycle.ref(stranger)))
    expect(page.get_by_role("alert")).to_contain_text("That code does not open this page")
    expect(page.locator("iframe")).to_have_count(0)
    type_code(page, code_of(home, cycle.ref(parent)))
    report = page.frame_locator("iframe:visible").locator("body")
    expect(report).to_contain_text(name)
    text = page.locator("body").inner_text() + report.inner_text()
    others = [f"{user['givenName']} {user['familyName']}" for user in users.values() if user["sourcedId"] != student]
    assert [other for other in others if other in text] == []
    assert f"{users[student]['identifier']} · {CYCLE} · v1" in text


def test_the_run_is_seen_in_prefect_with_counts(cycle: WholeCycle, prefect: Prefect) -> None:
    names = {row for rows in map(prefect.rows, ("flow",)) for row in (str(column) for r in rows for column in r)}
    assert {"prepare-reports", "release-reports"} <= names
