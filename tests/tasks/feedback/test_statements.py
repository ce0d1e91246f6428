"""A family's statement goes wherever the report goes from then on, and to nobody else (34 CFR 99.21(c))."""

from pathlib import Path
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import Refused
from termpost.schemas.documents.feedback.door import DoorContent
from termpost.schemas.documents.pack import ChosenEnvelopes
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.export.export import PATTERN, export_cycle
from termpost.tasks.channels.portal.door.reopen_door import reopen_door
from termpost.tasks.channels.print.print_run import PrintWish, print_packs
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.feedback.door import content
from termpost.tasks.feedback.door.facts import door_facts
from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.home.kept_statements import kept_statements
from termpost.tasks.home.notes import keep_note
from termpost.tasks.home.recipient_codes import code_of

from tests.laws.test_doors import door_key
from tests.pack_manifests import rows
from tests.school import CYCLE, FATHER, LISA, MOTHER, OTHER, Prepared
from tests.snapshots import copy_of, released_school, snapshot

WORDS = "We still say that the quiz was handed in."


@pytest.fixture
def school(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Prepared:
    """The father of Lisa lost a hearing, and has put his words on the record."""
    made = copy_of(snapshot(tmp_path_factory, "released", released_school), tmp_path)
    home, lisa = made.open(), made.ref(LISA)
    report = next(e.report for e in made.entries("report_made") if e.student == lisa)
    key = "notes/q00000000000a/change-1.sealed"
    about = {"query": "q00000000000a", "student": lisa}
    home.log.append("test", [
        Entry.model_validate(about | {"kind": "query_received", "reason": "correction", "via": "phone",
                                      "recipient": made.ref(FATHER), "report": report, "version": 1}),
        Entry.model_validate(about | {"kind": "query_changed", "reason": "statement-kept", "actor": "mlopez",
                                      "object": key, "digest": keep_note(home, lisa, key, WORDS)}),
    ])  # fmt: skip
    return made


def door_of(school: Prepared, contact: str) -> DoorContent:
    home, ref = school.open(), school.ref(contact)
    return reopen_door(home.store.get(door_key(home, ref)), code_of(home, ref)).content


def test_behind_the_door_of_all_who_may_have_that_report_and_of_nobody_else(school: Prepared) -> None:
    refresh_doors(school.open(), "test")
    for contact, said in ((FATHER, [WORDS]), (MOTHER, [WORDS]), (OTHER, [])):
        reports = door_of(school, contact).reports
        assert [one.text for report in reports for one in report.statements] == said
        assert all(not one.statements for one in reports if one.student != "Lisa Sybil Woods")
    assert door_of(school, MOTHER).queries == ()  # who asked is not told
    assert refresh_doors(school.open(), "again") == 0


def test_its_heading_stands_in_the_school_s_language_too_for_whoever_reads_another(school: Prepared) -> None:
    (home, facts) = (school.open(), door_facts(school.open(), [school.ref(FATHER)]))
    with patch.object(content, "_language", return_value="ar"):
        found = content.content_of(home, facts, school.ref(FATHER), "0" * 32)
    assert [(one.title, one.language) for report in found.reports for one in report.statements] == [
        ("A statement kept with this report", "en")
    ]  # fmt: skip
    refresh_doors(home, "test")
    assert [one.title for report in door_of(school, FATHER).reports for one in report.statements] == [""]


def test_a_door_without_it_is_not_put(school: Prepared) -> None:
    with patch.object(content, "_statements", return_value=[]), pytest.raises(Refused) as caught:
        refresh_doors(school.open(), "test")
    assert caught.value.code == "wrong-statement"


def test_it_lies_in_each_envelope_with_that_report_and_is_laid_there_once(school: Prepared, tmp_path: Path) -> None:
    wish = PrintWish(CYCLE, ChosenEnvelopes())
    for folder in ("one", "two"):
        print_packs(school.open(), wish, tmp_path / folder, "operator")
    assert (tmp_path / "one" / "pack-01.pdf").read_bytes() == (tmp_path / "two" / "pack-01.pdf").read_bytes()
    pages = [page.text for page in read_pages((tmp_path / "one" / "pack-01.pdf").read_bytes())]
    assert sum(WORDS in " ".join(text.split()) for text in pages) == 2
    assert {row["students"]: row["enclosed"] for row in rows(tmp_path / "one").values()} == {
        "Kyle Hughes": "", "Fannie Medina; Lisa Sybil Woods": "statement", "Lisa Sybil Woods": "statement",
    }  # fmt: skip
    assert [e.query for e in school.entries("released") if e.query] == ["q00000000000a"]


def test_an_export_has_it_beside_the_report(school: Prepared, tmp_path: Path) -> None:
    export_cycle(school.open(), CYCLE, tmp_path / "out", PATTERN, "operator")
    (sheet,) = (tmp_path / "out").glob("*-statement-*.pdf")
    assert sheet.name.startswith(LISA)
    assert WORDS in " ".join(read_pages(sheet.read_bytes())[0].text.split())


def test_later_versions_have_it_and_earlier_ones_and_other_reports_do_not(school: Prepared) -> None:
    (one,) = kept_statements(school.open().log.entries())
    lisa, report = school.ref(LISA), one.report or ""
    assert one.goes_with(lisa, report, 1)
    assert one.goes_with(lisa, report, 7)
    assert not one.goes_with(lisa, report, 0)
    assert not one.goes_with(lisa, "another", 1)
    assert not one.goes_with(school.ref(OTHER), report, 1)
