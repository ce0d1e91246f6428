"""The proof pack: nothing left out that must be there, copies stamped, originals untouched, nobody else can read it."""

import csv
import hashlib
import io
import stat
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import pikepdf
import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.prepared import Hold, ResolvedHold
from termpost.schemas.log.cycle_state import NO_RECIPIENT
from termpost.schemas.log.entry import Entry
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.log.log import Log
from termpost.tasks.papers.prepared import schools_of
from termpost.tasks.papers.proof.facts import PrintedDifference, SchoolFacts, StudentTrend, facts_of
from termpost.tasks.papers.proof.list_writer import SchoolListing
from termpost.tasks.papers.proof.listing import MOST_CHANGES, MOST_TRENDS, Lists
from termpost.tasks.papers.proof.paper import make_proof
from termpost.tasks.papers.proof.proof import ProofPack, write_proof
from termpost.tasks.papers.proof.samples import choose

from tests.tasks.papers.paperwork import CYCLE, MARKUP, STUDENTS, assert_accessible, flat, texts

pytestmark = pytest.mark.needs("qpdf", "pdftotext")

STAMP = "PROOF – not released"


@pytest.fixture(scope="module")
def pack(home: Home, tmp_path_factory: pytest.TempPathFactory) -> ProofPack:
    return write_proof(home, CYCLE, tmp_path_factory.mktemp("proof") / "pack")


@pytest.fixture(scope="module")
def facts(home: Home) -> SchoolFacts:
    with open_lake(home.lake) as lake:
        (school,) = schools_of(home, lake, CYCLE)
        return facts_of(home, lake, school)


def rows(pack: ProofPack, file: str) -> list[dict[str, str]]:
    with (pack.folder / file).open(newline="", encoding="utf-8") as source:
        return list(csv.DictReader(source))


def lists(facts: SchoolFacts) -> dict[str, SchoolListing]:
    keys = ("holds", "differences", "odd", "changes", "falls", "rises")
    return dict(zip(keys, Lists(facts, translator_for("en")).all(), strict=True))


def paper(home: Home, facts: SchoolFacts) -> str:
    return flat(texts(make_proof(home.settings, [facts], {}, frozenset()), "-layout"))


def test_the_paper_is_accessible_and_says_what_there_is(pack: ProofPack) -> None:
    made = (pack.folder / "proof.pdf").read_bytes()
    assert_accessible(made)
    said = flat(texts(made))
    for sentence in (
        "12 reports are made; 12 are due.",
        "0 students are held.",
        "12 grades differ from the grade of record.",
        "2 courses are not as they were on December 17, 2021.",
        "2 reports replace an earlier version.",
    ):
        assert sentence in said
    assert MARKUP in said


def test_the_pack_is_for_its_owner_only(pack: ProofPack) -> None:
    assert stat.S_IMODE(pack.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in pack.folder.iterdir()} == {0o600}
    assert {file.name for file in pack.folder.iterdir()} == set(pack.files)


def test_a_folder_that_others_can_read_is_refused(home: Home, tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    with pytest.raises(InputError) as refused:
        write_proof(home, CYCLE, tmp_path / "open")
    assert refused.value.code == "not-private"
    assert list((tmp_path / "open").iterdir()) == []
    with pytest.raises(InputError) as unwritable:
        write_proof(home, CYCLE, tmp_path / "missing" / "pack")
    assert unwritable.value.code == "not-writable"


def test_making_it_again_gives_the_same_bytes(pack: ProofPack, home: Home, tmp_path: Path) -> None:
    assert write_proof(home, CYCLE, tmp_path / "again").files == pack.files
    for file in pack.files:
        assert (tmp_path / "again" / file).read_bytes() == (pack.folder / file).read_bytes(), file


def test_a_pack_with_fewer_samples_leaves_none_of_the_pack_before(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    folder.mkdir(mode=0o700)
    (folder / "sample-5.pdf").write_bytes(b"of another student")
    (folder / "notes.txt").write_bytes(b"of mine")
    with patch("termpost.tasks.papers.proof.proof.choose", lambda found, cycle_id: choose(found, cycle_id)[:2]):
        pack = write_proof(home, CYCLE, folder)
    assert {file.name for file in folder.iterdir()} == {*pack.files, "notes.txt"}


def test_every_sample_is_a_stamped_copy_of_the_prepared_bytes(pack: ProofPack, home: Home, facts: SchoolFacts) -> None:
    before = {key: hashlib.sha256(home.store.get(key)).hexdigest() for key in home.store.list("reports/")}
    reports = {facts.people[PersonRef(r.student)].number: r for r in facts.school.prepared.reports}
    samples = [row for row in rows(pack, "index.csv") if row["what"] == "sample"]
    assert len(samples) == 5
    for sample in samples:
        copy = (pack.folder / sample["file"]).read_bytes()
        assert_accessible(copy)
        original = texts(home.store.get(reports[sample["student"]].rendition("en", "pdf").object), "-raw")
        for page, of_original in zip(texts(copy, "-raw"), original, strict=True):
            assert STAMP in page
            assert STAMP not in of_original
            assert set(of_original.split()) <= set(page.split())
    assert {key: hashlib.sha256(home.store.get(key)).hexdigest() for key in before} == before


def test_the_stamp_is_an_artifact_to_whoever_listens(pack: ProofPack, home: Home, facts: SchoolFacts) -> None:
    sample = next(row for row in rows(pack, "index.csv") if row["file"] == "sample-1.pdf")
    (report,) = (
        r for r in facts.school.prepared.reports if facts.people[PersonRef(r.student)].number == sample["student"]
    )
    original, copy = home.store.get(report.rendition("en", "pdf").object), (pack.folder / "sample-1.pdf").read_bytes()
    assert marked(copy) == marked(original)  # the structure tree names what it named before, and nothing twice


def marked(pdf: bytes) -> list[str]:
    """The marked content of the first page that belongs to the structure tree (ISO 32000-1, 14.7.4)."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        said = pikepdf.parse_content_stream(document.pages[0])
        return sorted(
            repr(one.operands) for one in said if str(one.operator) == "BDC" and "/MCID" in repr(one.operands)
        )


def test_a_sample_whose_bytes_were_changed_is_refused(home: Home, facts: SchoolFacts, tmp_path: Path) -> None:
    keys = [report.rendition("en", "pdf").object for report in facts.school.prepared.reports]
    kept = {key: home.store.get(key) for key in keys}
    try:
        for key in keys:
            home.store.put(key, kept[key] + b"\n")
        with pytest.raises(Refused) as refused:
            write_proof(home, CYCLE, tmp_path / "pack")
        assert refused.value.code == "bytes-changed"
        assert not (tmp_path / "pack").exists()
    finally:
        for key in keys:
            home.store.put(key, kept[key])


def test_every_difference_of_the_lake_is_listed_with_both_grades(pack: ProofPack) -> None:
    found = rows(pack, "grade-differences.csv")
    assert {row["student"] for row in found} == set(STUDENTS)
    assert {(row["class"], row["recorded_percent"], row["printed"]) for row in found} == {
        ("math", "99.500000", "computed")
    }
    marks = ["40", "41", *(str(60 + n) for n in range(2, 12))]
    assert [row["computed_percent"] for row in found] == [f"{mark}.000000" for mark in marks]


def test_three_hundred_differences_are_all_printed(home: Home, facts: SchoolFacts) -> None:
    ref = facts.students[0].ref
    many = tuple(PrintedDifference(ref, f"class-{n:03}", None, None, None, "P", "imported") for n in range(300))
    said = paper(home, replace(facts, differences=many))
    assert "300 grades differ" in said
    assert all(f"class-{n:03}" in said for n in range(300))


def test_changes_since_the_earlier_preparation_are_then_and_now(pack: ProofPack) -> None:
    change, other = rows(pack, "changes.csv")
    assert (other["student"], other["percent_then"], other["percent_now"]) == ("s01", "61.000000", "41.000000")
    assert (change["student"], change["class"]) == ("s00", "math")
    assert (change["percent_then"], change["percent_now"], change["letter_now"]) == ("90.000000", "40.000000", "F")


def test_long_lists_say_how_many_more_the_file_has(facts: SchoolFacts) -> None:
    changes = tuple(replace(facts.changes[0], class_id=f"c{n}") for n in range(MOST_CHANGES + 3))
    trends = tuple(StudentTrend(student.ref, 2, Decimal(-1)) for student in facts.students)
    told = lists(replace(facts, changes=changes, trends=trends))
    assert len(told["changes"].listing.rows) == MOST_CHANGES
    assert told["changes"].listing.more == "3 more are in changes.csv."
    assert len(told["changes"].raw) == MOST_CHANGES + 3
    assert len(told["falls"].listing.rows) == MOST_TRENDS
    assert len(told["falls"].raw) == len(trends)
    assert told["rises"].listing.rows == ()


def test_where_there_is_nothing_it_says_none(home: Home, facts: SchoolFacts) -> None:
    nothing = replace(facts, differences=(), changes=(), trends=(), earlier=None, above=(), classes=())
    said = paper(home, nothing)
    assert said.count("None.") >= 5
    assert "This is the first preparation of the cycle." in said
    assert "0 students are held." in said
    assert "0 grades differ from the grade of record." in said


def test_who_is_held_is_named_with_the_reason_and_the_decision(home: Home, facts: SchoolFacts) -> None:
    first, second = facts.students[0].ref, facts.students[1].ref
    prepared = facts.school.prepared.model_copy(
        update={
            "holds": (Hold(student=first, class_id=None, reason="records-hold"),),
            "resolved": (
                ResolvedHold(student=second, class_id="math", reason="score-too-high", decision="accept", by="mlopez"),
            ),
        }
    )
    held = replace(facts, school=replace(facts.school, prepared=prepared))
    told = [[cell.text for cell in row] for row in lists(held)["holds"].listing.rows]
    assert [[row[2], *row[4:]] for row in told] == [  # and where: test_proof_places.py
        ["whole report", "records-hold", "waits"], ["Class math", "score-too-high", "accept, by mlopez"],
    ]  # fmt: skip
    assert "One student is held." in paper(home, held)


def test_a_student_for_whom_a_release_found_nobody_is_held(home: Home, facts: SchoolFacts, tmp_path: Path) -> None:
    logged = Home(home.path, home.clock, home.environ)
    lost = facts.students[3].ref
    entry = Entry(kind="held", cycle=CYCLE, student=lost, reason=NO_RECIPIENT)
    with patch.object(Log, "entries", lambda *_: iter([entry])):
        pack = write_proof(logged, CYCLE, tmp_path / "pack")
    (hold,) = rows(pack, "holds.csv")
    assert (hold["student"], hold["reason"]) == (facts.people[PersonRef(lost)].number, NO_RECIPIENT)
    assert pack.counts.held == 1
