"""The proof pack names whoever is held with the row of the extract, or with what is missing where there is none."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from termpost.schemas.documents.findings import findings_key
from termpost.schemas.documents.prepared import Hold
from termpost.schemas.log.cycle_state import NO_RECIPIENT
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.papers.prepared import schools_of
from termpost.tasks.papers.proof.facts import facts_of
from termpost.tasks.papers.proof.paper import make_proof
from termpost.tasks.papers.proof.proof import write_proof
from termpost.tasks.stage.manifests import keep_manifest

from tests.reading import page_texts
from tests.tasks.check.test_hold_places import held, rows_of, written
from tests.tasks.gradebook import Gradebook, Rooms
from tests.tasks.papers.paperwork import CYCLE, STUDENTS

pytestmark = pytest.mark.needs("pdftotext")


def listed(folder: Path) -> dict[str, tuple[str, str, str]]:
    with (folder / "holds.csv").open(newline="", encoding="utf-8") as source:
        return {row["reason"]: (row["file"], row["row"], row["rows"]) for row in csv.DictReader(source)}


def test_each_hold_has_its_place(rooms: Rooms, gradebook: Gradebook, tmp_path: Path) -> None:
    summaries = rooms.summarise(rooms.take_in(written(held(gradebook), tmp_path / "extract")))
    keep_manifest(rooms.home, "made", rooms.manifest(summaries, rooms.render(summaries)))
    write_proof(rooms.home, CYCLE, tmp_path / "pack")
    first, _ = rows_of(gradebook, "results.csv", score="seven")
    (name,) = rows_of(gradebook, "users.csv", givenName="RenÃ©e")
    assert listed(tmp_path / "pack") == {
        "type-decimal": ("results.csv", str(first), "2"),
        "garbled-name": ("users.csv", str(name), "1"),
        "records-hold": ("supplement/students.csv", "2", "1"),
    }
    said = " ".join(" ".join(page_texts((tmp_path / "pack" / "proof.pdf").read_bytes(), "-layout")).split())
    assert f"results.csv, row {first}" in said
    assert "and one more" in said
    rooms.home.store.delete(findings_key(summaries.extract_id))
    write_proof(rooms.home, CYCLE, tmp_path / "pack")
    assert set(listed(tmp_path / "pack").values()) == {("", "", "")}  # and it is made all the same


def test_what_no_row_says_is_told_by_what_is_missing(home: Home) -> None:
    with open_lake(home.lake) as lake:
        (school,) = schools_of(home, lake, CYCLE)
        facts = facts_of(home, lake, school)
    ref = home.people.find(STUDENTS[0])
    assert ref is not None
    reasons = ("no-contact-known", NO_RECIPIENT, "records-hold", "unstamped-page", "type-decimal")
    holds = tuple(Hold(student=ref, class_id=None, reason=reason) for reason in reasons)
    waiting = replace(school, prepared=school.prepared.model_copy(update={"holds": holds}))
    pdf = make_proof(home.settings, [replace(facts, school=waiting)], {}, frozenset())
    said = "".join(page_texts(pdf)).replace("\n", " ")
    for words in ("no contact is in", "nobody may have it", "student’s record", "the report itself", "no row is known"):
        assert words in " ".join(said.split())
