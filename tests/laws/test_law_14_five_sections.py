"""Law 14: an exam that nobody marked in five sections holds nobody and asks five times, once for each; a sign-off or a
decision by piece settles one with one code, a decision by cause all that are left."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from termpost.tasks.stage.manifests import prepared_of

from tests.grades.bundle import Bundle
from tests.grades.made_district import CALENDAR
from tests.laws.test_law_14_sign_off import acting, said
from tests.school import Extract, Prepared, new_school

SECTIONS = [f"sec{n}" for n in range(1, 6)]
POLICY = 'version = "t"\naggregate = "points"\n[scale]\nA = "90"\nF = "0"\n'
CYCLE = "final"


@pytest.fixture
def school(tmp_path: Path) -> Prepared:
    made = new_school(tmp_path / "home")
    for name, text in (("grading.toml", POLICY), ("calendar.toml", CALENDAR)):
        (made.home / name).write_text(text)
    book = Bundle(version="1.2")
    book.rows.pop("users.csv")
    book.category("c", "Work")
    book.add("users.csv", sourcedId="T1", enabledUser="true", orgSourcedIds="school", role="teacher", username="fry",
             givenName="Ana", familyName="Fry")  # fmt: skip
    for number, section in enumerate(SECTIONS):
        people = [f"p{number}{letter}" for letter in "ab"]
        for person in people:
            book.student(person)
            book.add("users.csv", sourcedId=f"c-{person}", enabledUser="true", orgSourcedIds="school", role="parent",
                     username=f"c-{person}", givenName="Pat", familyName=f"Of {person}")  # fmt: skip
            book.add("supplement/contacts.csv", studentSourcedId=person, contactSourcedId=f"c-{person}",
                     relation="Mother", isPrimary="true", livesWith="true")  # fmt: skip
        book.klass(section, *people)
        book.add("enrollments.csv", sourcedId=f"t-{section}", classSourcedId=section, schoolSourcedId="school",
                 userSourcedId="T1", role="teacher", primary="true")  # fmt: skip
        book.item(f"test-{section}", section, "c", 20)
        book.item(f"exam-{section}", section, "c", 100, title="Term exam", dueDate="2021-12-08")
        for person in people:
            book.mark(f"test-{section}", 18, person)
    extract = Extract(book.write(tmp_path / "extract"))
    prepared = Prepared(made.home, made.phone, datetime(2021, 12, 17, 14, tzinfo=UTC), extract=extract)
    prepared.prepare(extract, cycle=CYCLE)
    return prepared


def asked(school: Prepared) -> list[tuple[str, str, int]]:
    """What is open: cause, class and how many grades wait for it."""
    rows = said(school, "holds", "--cycle", CYCLE)
    assert all(row["cause"] for row in rows)  # nobody is held
    return [(row["cause"], row["class"], row["students"]) for row in rows if row["decision"] is None]


def test_an_exam_nobody_marked_in_five_sections_asks_five_times_and_one_code_settles_each(school: Prepared) -> None:
    phone = school.register("afry", "teacher")
    assert asked(school) == [("unmarked-piece", section, 2) for section in SECTIONS]
    (manifest,) = prepared_of(school.open(), CYCLE)
    assert (len(manifest.reports), len(manifest.holds)) == (10, 0)
    assert [report.to_follow for report in manifest.reports] == [1] * 10

    signed = acting(school, phone, "afry", "grades-complete", "--cycle", CYCLE, "--class", SECTIONS[0], "--json")
    assert signed.exception is None, signed.output
    by_piece = ["holds", "resolve", "--cycle", CYCLE, "--accept"]
    done = acting(school, phone, "afry", *by_piece, "--piece", f"exam-{SECTIONS[1]}", "--json")
    assert [(row["piece"], row["students"]) for row in json.loads(done.stdout)["resolved"]] == [("exam-sec2", 2)]
    assert [section for _, section, _ in asked(school)][-3:] == SECTIONS[2:]
    done = acting(school, phone, "afry", *by_piece, "--cause", "unmarked-piece", "--json")
    settled = {row["piece"] for row in json.loads(done.stdout)["resolved"]}
    assert {f"exam-{section}" for section in SECTIONS[2:]} <= settled

    # its blanks are missing from the next run on, as tests/laws/test_law_14_sign_off.py shows
    assert [section for _, section, _ in asked(school)] in ([], SECTIONS[:1])
    assert [entry.class_id for entry in school.entries("grading_complete")] == SECTIONS[:1]
