"""A small school whose cycle was prepared twice, and the ways to read a paper back."""

import io
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pikepdf
from termpost.schemas.base.clock import FixedClock
from termpost.tasks.home.home import Home
from termpost.tasks.stage.manifests import keep_manifest

from tests.pdf_standards import faults
from tests.reading import page_texts
from tests.tasks.gradebook import NOW, Gradebook, Rooms, new_home, write_csv

CYCLE = "2021-fall-final"
MARKUP = '#import "x" *b* <y> $z$ \\u{41}'
STUDENTS = tuple(f"s{number:02}" for number in range(12))
GRADES = ["studentSourcedId", "classSourcedId", "academicSessionSourcedId", "grade", "percent", "note"]
# papers are in the first language only; the grades of record differ from those that are printed
SETTINGS = {"TERMPOST_INSTITUTION__LANGUAGES": '["en"]', "TERMPOST_GRADING__GRADE_OF_RECORD": "computed"}
CODES = '\n[codes]\nby = ["handover", "post"]\n'
CLASSES = ("math", "arts", "band")


def book(first_marks: Sequence[str] = ("90", "61")) -> Gradebook:
    """Twelve students of three classes; s11 has a name that reads as markup; nobody has a mark in band."""
    made = Gradebook()
    made.school()
    for class_id in CLASSES:
        made.course(class_id)
        made.item(f"test-{class_id}", class_id, "100")
    for number, person in enumerate(STUDENTS):
        name = {"givenName": MARKUP} if person == "s11" else {}
        made.student(person, **name)
        for class_id in CLASSES if number else CLASSES[:2]:
            made.enroll(person, class_id)
        made.mark("test-math", person, first_marks[number] if number < 2 else str(60 + number))
        made.mark("test-arts", person, "80")
        mother = {"sourcedId": f"m-{person}", "role": "parent", "givenName": f"Mother{person}", "familyName": "Grown"}
        made.add("users.csv", orgSourcedIds="255901001", enabledUser="true", **mother)
        made.add(
            "supplement/contacts.csv", studentSourcedId=person, contactSourcedId=f"m-{person}", relation="Mother",
            isPrimary="true", livesWith="true", legalGuardian="true", street="1 Elm", city="Grand Bend", postalCode="7",
        )  # fmt: skip
        made.add("demographics.csv", sourcedId=person, birthDate="2007-02-03")
        made.add("supplement/grades.csv", studentSourcedId=person, classSourcedId="math",
                 academicSessionSourcedId="2021-fall", percent="99.5", grade="A")  # fmt: skip
    return made


def prepare(rooms: Rooms, made: Gradebook, folder: Path) -> None:
    """What the flow does, as far as papers need it."""
    source = made.write(folder)
    write_csv(source / "supplement" / "grades.csv", GRADES, made.files["supplement/grades.csv"])
    summaries = rooms.summarise(rooms.take_in(source))
    manifest = rooms.manifest(summaries, rooms.render(summaries))
    keep_manifest(rooms.home, "made", manifest)


def home_prepared_twice(folder: Path) -> Home:
    """The same cycle an hour later, with other marks for s00, and for s01 whose report is out by then."""
    rooms = Rooms(Home(new_home(folder / "home", file=CODES).path, FixedClock(NOW), SETTINGS))
    prepare(rooms, book(), folder / "extract")
    with rooms.lake() as lake:
        lake.execute(
            "INSERT INTO lake.out_release SELECT cycle_id, school_id, extract_id, policy, cutoff_date, known_at, ?"
            " FROM lake.out_cycle",
            [rooms.home.people.find("s01")],
        )
    later = Home(rooms.home.path, FixedClock(NOW + timedelta(hours=1)), SETTINGS)
    prepare(Rooms(later), book(("40", "41")), folder / "newer")
    return later


texts = page_texts


def flat(pages: Sequence[str]) -> str:
    return " ".join(" ".join(pages).split())


def assert_accessible(pdf: bytes) -> None:
    """Sound by qpdf; PDF/UA-1 and PDF/A-3a as an independent reader sees it, with nothing attached."""
    found = faults(pdf, attached=None)
    # a stamped copy keeps its tags, and claims no archive
    assert found == ({"no-pdfa-claim"} if b"/TermpostStamp" in pdf else set()), found
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:  # qpdf reads no standard input
        file.write(pdf)
        file.flush()
        subprocess.run(["qpdf", "--check", file.name], capture_output=True, check=True)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        metadata = document.Root.Metadata.read_bytes()
        assert b"pdfuaid:part>1<" in metadata
        assert b"<dc:title>" in metadata
        assert document.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in document.Root
        assert document.Root.Lang == "en"
        assert document.Root.ViewerPreferences.DisplayDocTitle
