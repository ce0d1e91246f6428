"""When a calendar says that its owner is busy; and calendars that are hostile, malformed or not to be had."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.feedback.meetings import busy_times
from termpost.tasks.feedback.meetings.busy_times import LARGEST, fetch_calendar, read_busy_times

from tests.attacks.test_peers_are_bounded import peer

FIRST, LAST = datetime(2021, 10, 25, tzinfo=UTC), datetime(2021, 11, 15, tzinfo=UTC)
ZONE = "America/Chicago"


def calendar(*events: str) -> bytes:
    """Each event as its lines, separated by spaces, without its UID."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}@test", "DTSTAMP:20211001T000000Z", *event.split(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def busy(data: bytes) -> list[str]:
    """In UTC."""
    return [f"{one.starts:%d %H:%M}-{one.ends:%d %H:%M}" for one in read_busy_times(data, FIRST, LAST, ZONE)]


def test_what_is_busy_and_what_is_not() -> None:
    """All of it in one file, since each file is opened by a process of its own."""
    data = calendar(
        "DTSTART:20211025T150000Z DTEND:20211025T160000Z SUMMARY:Dentist",
        "DTSTART:20211025T155000Z DTEND:20211025T163000Z",  # touches and overlaps: one span
        "DTSTART:20211026T150000Z DTEND:20211026T160000Z TRANSP:TRANSPARENT",
        "DTSTART:20211026T170000Z DTEND:20211026T180000Z STATUS:CANCELLED",
        "DTSTART:20211026T190000Z DTEND:20211026T200000Z X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "DTSTART:20211027T150000Z DURATION:PT30M",
        "DTSTART:20211028T100000 DTEND:20211028T110000",  # nowhere's hours are the school's
        "DTSTART;VALUE=DATE:20211030 DTEND;VALUE=DATE:20211031",  # a day is a day at the school
        "DTSTART;TZID=America/Chicago:20211029T150000 DTEND;TZID=America/Chicago:20211029T153000"
        " RRULE:FREQ=WEEKLY;COUNT=3 EXDATE;TZID=America/Chicago:20211105T150000",  # the clocks change between
        "DTSTART:20200101T120000Z DTEND:20200101T130000Z RRULE:FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=1",
        "DTSTART:20211101T100000Z",  # without an end it takes no time
        "DTSTART:20211201T100000Z DTEND:20211201T110000Z",  # later than anybody asked
    )
    assert busy(data) == [
        "25 15:00-25 16:30", "27 15:00-27 15:30", "28 15:00-28 16:00", "29 20:00-29 20:30", "30 05:00-31 05:00",
        "01 12:00-01 13:00", "12 21:00-12 21:30",
    ]  # fmt: skip


def test_a_published_list_of_busy_times_is_read_too() -> None:
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VFREEBUSY", "UID:1", "DTSTAMP:20211001T000000Z",
             "FREEBUSY;FBTYPE=BUSY:20211026T150000Z/PT1H,20211027T150000Z/20211027T160000Z",
             "FREEBUSY;FBTYPE=FREE:20211028T150000Z/PT1H", "END:VFREEBUSY", "END:VCALENDAR", "")  # fmt: skip
    assert busy("\r\n".join(lines).encode()) == ["26 15:00-26 16:00", "27 15:00-27 16:00"]


SLOT = "DTSTART:20200101T150000Z DTEND:20200101T151000Z "
SIXTY = ",".join(map(str, range(60)))
NEVER = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
HOSTILE = {
    "each second": (calendar(SLOT + "RRULE:FREQ=SECONDLY"), "calendar-too-large"),
    "a million recurrences": (
        calendar(f"DTSTART:20211025T000000Z DURATION:PT1S RRULE:FREQ=HOURLY;BYMINUTE={SIXTY};BYSECOND={SIXTY}"),
        "calendar-too-large",
    ),
    "a day that never comes": (calendar(*[SLOT + NEVER] * 50), "calendar-too-large"),
    "too many events": (calendar(*[SLOT] * 5001), "calendar-too-large"),
    "no calendar": (b"<html><script>alert(1)</script></html>", "bad-calendar"),
    "nothing": (b"", "bad-calendar"),
    "noise": (bytes(range(256)) * 40, "bad-calendar"),
    "nested without end": (b"BEGIN:VCALENDAR\r\n" * 20_000, "bad-calendar"),
    "a day that is none": (calendar("DTSTART:20211399T150000Z DTEND:20211026T160000Z"), "bad-calendar"),
    "cut off": (calendar(SLOT)[:-60], "bad-calendar"),
    "a zone that nobody knows": (
        calendar("DTSTART;TZID=Nowhere/Land:20211026T150000 DTEND;TZID=Nowhere/Land:20211026T160000"), "calendar-zone",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_or_malformed_is_refused_in_one_line_within_bounds(name: str) -> None:
    data, code = HOSTILE[name]
    with pytest.raises(InputError) as refused:
        read_busy_times(data, FIRST, LAST, ZONE, seconds=2)
    assert refused.value.code == code
    assert "\n" not in str(refused.value)


class _Calendars(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/plain")
            self.end_headers()
            return
        self.send_response(200 if self.path in ("/plain", "/large") else 404)
        self.end_headers()
        self.wfile.write(calendar(SLOT) if self.path != "/large" else b" " * (LARGEST + 1))

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Plain http is for loopback only, as everywhere."""
    serving = ThreadingHTTPServer(("127.0.0.1", 0), _Calendars)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    thread.join()
    serving.server_close()


def test_a_calendar_at_an_address(server: str) -> None:
    assert fetch_calendar(f"{server}/plain") == calendar(SLOT)


@pytest.mark.parametrize(
    ("path", "code"),
    [("/elsewhere", "calendar-away"), ("/gone", "calendar-away"), ("/large", "calendar-too-large")],
)
def test_an_address_that_gives_no_calendar(server: str, path: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        fetch_calendar(server + path)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("http://calendar.example.org/a.ics", "insecure-calendar"), ("webcal://example.org/a.ics", "insecure-calendar"),
        ("file:///etc/passwd", "insecure-calendar"), ("https://127.0.0.1:1/a.ics", "calendar-away"),
        ("https://[nowhere/a.ics", "insecure-calendar"), ("/nowhere/a.ics", "no-calendar"),
    ],
)  # fmt: skip
def test_only_https_or_a_file(source: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        fetch_calendar(source)
    assert refused.value.code == code


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    file = tmp_path / "large.ics"
    with file.open("wb") as out:
        out.truncate(LARGEST + 1)
    with pytest.raises(InputError) as refused:
        fetch_calendar(str(file))
    assert refused.value.code == "calendar-too-large"


def test_an_address_that_says_a_little_now_and_then_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, and the calendar never."""
    monkeypatch.setattr(busy_times, "FETCH_SECONDS", 0.2)
    begin = b"HTTP/1.1 200 OK\r\n\r\n"
    with peer(begin, b"B", most=len(begin) + 40, pause=0.05) as (port, sent), pytest.raises(InputError) as refused:
        fetch_calendar(f"http://127.0.0.1:{port}/a.ics")
    assert (refused.value.code, sum(sent) < len(begin) + 30) == ("calendar-away", True)
