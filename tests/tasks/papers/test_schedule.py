"""The distribution schedule: on paper, as a page, as events of a calendar program."""

import re
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Browser
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.settings import Institution, Settings
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.papers.schedule import make_schedule, make_schedule_calendar, make_schedule_page

from tests.tasks.gradebook import Rooms

NOW = datetime(2021, 12, 1, 14, tzinfo=UTC)
TODAY = date(2021, 12, 1)


def unfolded(calendar: bytes) -> list[str]:
    """Content lines as a reader of RFC 5545, 3.1 puts them together again."""
    return calendar.decode().replace("\r\n ", "").split("\r\n")


def events(calendar: bytes) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for line in unfolded(calendar):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found:
            found[-1][name] = value
    return found


def none_planned(home_calendar: Calendar) -> Calendar:
    return Calendar(timezone=home_calendar.timezone, country=home_calendar.country)


def test_every_date_of_every_cycle_is_an_all_day_event(rooms: Rooms) -> None:
    found = events(make_schedule_calendar(rooms.home.settings, rooms.home.calendar, NOW))
    days = {event["UID"].partition("@")[0]: event["DTSTART;VALUE=DATE"] for event in found}
    assert days == {
        "2021-fall-midterm.cutoff": "20211015", "2021-fall-midterm.release": "20211022",
        "2021-fall-midterm.query-until": "20211029", "2021-fall-final.cutoff": "20211210",
        "2021-fall-final.release": "20211217", "2021-fall-final.query-until": "20211228",
    }  # fmt: skip
    assert {event["DTSTAMP"] for event in found} == {"20211201T140000Z"}
    assert found[0]["DTEND;VALUE=DATE"] == "20211016"  # exclusive


def test_content_lines_are_folded_at_75_octets_and_end_in_crlf(rooms: Rooms) -> None:
    institution = Institution(name="Ecole", short_name="École des Hauts-Prés; «Ünïted», " * 6)
    calendar = make_schedule_calendar(Settings(institution=institution), rooms.home.calendar, NOW)
    lines = calendar.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    assert not re.search(rb"[^\r]\n", calendar)
    # not one character cut in two, and what RFC 5545 gives a meaning is escaped
    assert "École des Hauts-Prés\\; «Ünïted»\\, École" in "".join(unfolded(calendar))


def test_an_event_keeps_its_uid_whenever_the_file_is_made(rooms: Rooms) -> None:
    settings, calendar = rooms.home.settings, rooms.home.calendar
    one = events(make_schedule_calendar(settings, calendar, NOW))
    other = events(make_schedule_calendar(settings, calendar, datetime(2022, 1, 9, tzinfo=UTC)))
    assert [event["UID"] for event in one] == [event["UID"] for event in other]
    assert len({event["UID"] for event in one}) == 6
    assert make_schedule_calendar(settings, calendar, NOW) == make_schedule_calendar(settings, calendar, NOW)


def test_paper_and_page_say_every_date(rooms: Rooms) -> None:
    settings, calendar = rooms.home.settings, rooms.home.calendar
    page = make_schedule_page(settings, calendar)
    paper = " ".join(read.text for read in read_pages(make_schedule(settings, calendar, TODAY)))
    for day in ("October 15, 2021", "October 22, 2021", "October 29, 2021", "December 10, 2021", "December 28, 2021"):
        assert day in page
        assert day in paper
    assert "<script" not in page
    assert make_schedule(settings, calendar, TODAY) == make_schedule(settings, calendar, TODAY)


def test_a_calendar_without_cycles_says_so(rooms: Rooms) -> None:
    settings, calendar = rooms.home.settings, none_planned(rooms.home.calendar)
    assert "no reports are planned yet" in make_schedule_page(settings, calendar)
    assert "no reports are planned yet" in read_pages(make_schedule(settings, calendar, TODAY))[0].text
    assert events(make_schedule_calendar(settings, calendar, NOW)) == []


def test_a_name_in_the_page_is_never_markup(rooms: Rooms) -> None:
    settings = Settings(institution=Institution(name='<img src=x onerror="alert(1)"> & #import "x"'))
    page = make_schedule_page(settings, rooms.home.calendar)
    assert "<img" not in page
    assert '#import "x"' in read_pages(make_schedule(settings, rooms.home.calendar, TODAY))[0].text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone_and_follows_its_mode(browser: Browser, rooms: Rooms, scheme: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640}, color_scheme=scheme)  # type: ignore[arg-type]
    page.set_content(make_schedule_page(rooms.home.settings, rooms.home.calendar))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 24, 29)"}[scheme]
    assert page.get_by_role("row").count() == 3  # of a table still, though each cycle stands as a block
    page.close()
