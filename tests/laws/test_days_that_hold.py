"""Until when families may ask is counted from the day on which something goes to them, and never lies before it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from termpost.schemas.log.asking_days import told_until
from termpost.tasks.channels.portal.reopen import is_sealed, reopen
from termpost.tasks.channels.portal.void_code import reseal_live, void_code
from termpost.tasks.distribute.withdraw import withdraw_from
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.documents.verify.letter_lines import squeezed
from termpost.tasks.stage.lateness import lateness

from tests.attacks.test_bar_has_a_basis import run, told
from tests.laws.test_law_05_corrections import change_marks
from tests.laws.test_taken_back import assert_log_holds, code, dying_before_put, page_of
from tests.school import CYCLE, FATHER, LISA, MOTHER, Prepared

pytestmark = pytest.mark.needs("pdftotext")


def until_on_page(school: Prepared, contact: str) -> date:
    return reopen(page_of(school, contact), code(school, contact)).query_until


def printed_text(school: Prepared, folder: Path) -> str:
    told(school, "print", "--cycle", CYCLE, "--out", str(folder))
    return squeezed(read_pages((folder / "pack-01.pdf").read_bytes())[0].text)


def test_a_late_release_says_so_first_and_counts_from_its_own_day(school: Prepared, tmp_path: Path) -> None:
    school.later(timedelta(days=12))
    home = school.open()
    until = home.calendar.add_office_days(home.today, 5 + 3)  # they get it by post too
    late = lateness(home, CYCLE, school.state())
    assert late is not None
    planned = home.calendar.cycle(CYCLE).release
    assert late.said == f"{late.days} working days late, {planned}: families may ask until {late.until}."
    assert late.until == f"{home.calendar.add_office_days(home.today, 5)}, {until} by print"
    assert late.days == home.calendar.office_days_between(planned, home.today)
    said = run(school, "release", "--cycle", CYCLE, "--by", "mlopez")  # no code: it ends before one is asked for
    assert said.exit_code != 0
    assert late.said in said.stderr
    assert not school.entries("approved")
    school.release()
    assert {until_on_page(school, contact) for contact in (MOTHER, FATHER)} == {until}
    assert squeezed(f"by {until:%B} {until.day}, {until.year}.") in printed_text(school, tmp_path / "packs")
    assert told_until(home.clocks, CYCLE, school.entries()) == until


@pytest.mark.released
def test_an_envelope_that_is_printed_later_says_a_day_that_is_still_to_come(school: Prepared, tmp_path: Path) -> None:
    school.later(timedelta(days=60))
    home = school.open()
    until = home.calendar.add_office_days(home.today, 5 + 3)
    answer = home.calendar.add_office_days(until, 5)
    text = printed_text(school, tmp_path / "packs")
    for day in (until, answer):
        assert squeezed(f"{day:%B} {day.day}, {day.year}") in text
    assert text == printed_text(school, tmp_path / "again")


@pytest.mark.released
def test_a_page_that_is_sealed_again_counts_anew_also_where_it_was_killed_on_another_day(school: Prepared) -> None:
    before = until_on_page(school, MOTHER)
    school.later(timedelta(days=30))
    with dying_before_put("sealed/"):
        void_code(school.open(), "run", "operator", school.ref(MOTHER))
    school.later(timedelta(days=9))
    assert reseal_live(school.open(), "run") == 1
    home = school.open()
    assert until_on_page(school, MOTHER) == home.calendar.add_office_days(home.today, 5) > before
    assert_log_holds(school)


@pytest.mark.soak
@pytest.mark.released
def test_what_took_a_withdrawn_pages_place_is_said_there_and_leads_on(school: Prepared) -> None:
    withdraw_from(school.open(), "run", "mlopez", school.ref(FATHER), "wrong-mark")
    (key,) = school.store.list(f"sealed/{school.ref(FATHER)}/")
    assert b'href="https' not in school.store.get(key)  # only whom to ask
    school.later(timedelta(days=20))
    change_marks(school, LISA)
    school.prepare(school.extract, correct=[LISA])
    school.release()
    (new,) = set(school.store.list(f"sealed/{school.ref(FATHER)}/")) - {key}
    page = school.store.get(key)
    link = f"https://portal.grand-bend.example{new.removeprefix('sealed').removesuffix('.html')}"
    assert (link.encode() in page, b"was replaced" in page, is_sealed(page)) == (True, True, False)
    assert b"Lisa" not in page
    home = school.open()
    assert reopen(school.store.get(new), code(school, FATHER)).query_until == home.calendar.add_office_days(
        home.today, 5 + 3
    )
    assert_log_holds(school)
    before = len(school.entries())
    school.release()
    assert len(school.entries()) == before
