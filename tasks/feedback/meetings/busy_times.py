"""When somebody is busy, from their own calendar: a file, or an https address that gives one.

Of each event only when it begins and ends is read, and nothing of that is kept beyond the span that was asked for.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.secure_url import is_secure
from termpost.schemas.documents.feedback.staff_times import MOST_TIMES, TimeSpan

LARGEST = 4 * 2**20  # bytes; a calendar of years has about 1 MB
FETCH_SECONDS = 20.0  # in all
READ_SECONDS = 10  # of processor time, for the process that opens it
LONGEST = 120  # seconds that it may take where the machine is busy
CHILD = "termpost.tasks.feedback.meetings.busy_child"
WHERE = "--from"
REFUSALS = {
    "bad-calendar": ("this is no iCalendar file that can be read", "export the calendar again, as .ics"),
    "calendar-too-large": (
        "the calendar has too many events, or one that comes back too often", "export the next months alone",
    ),
    "calendar-zone": (
        "an event is in a time zone that is not known", "export the calendar again, with its time zones",
    ),
}  # fmt: skip


def fetch_calendar(source: str) -> bytes:
    """The bytes of a file, or of what an https address gives; no other address is followed from there.

    Raises:
        InputError: `no-calendar`, `insecure-calendar`, `calendar-away`, `calendar-too-large`.
    """
    if "://" in source:
        return _downloaded(source)
    try:
        with Path(source).open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError:
        raise InputError("no-calendar", "the file cannot be read", WHERE, "name a file, or an https address") from None
    _refuse_large(len(data))
    return data


def _downloaded(url: str) -> bytes:
    if not _is_secure(url):
        raise InputError("insecure-calendar", "others could read or change the calendar on its way", WHERE,
                         "give an https:// address")  # fmt: skip
    end, found = monotonic() + FETCH_SECONDS, bytearray()
    try:
        with httpx.stream("GET", url, timeout=FETCH_SECONDS, follow_redirects=False) as response:
            if response.status_code != httpx.codes.OK:
                raise _away()
            for chunk in _until(end, response.iter_bytes()):  # as it comes: each byte may come in time
                found += chunk
                _refuse_large(len(found))
    except (httpx.HTTPError, httpx.InvalidURL):
        raise _away() from None
    return bytes(found)


def _is_secure(url: str) -> bool:
    try:
        return is_secure(url)
    except ValueError:  # no address at all
        return False


def _until(end: float, chunks: Iterator[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        if monotonic() > end:
            raise _away()
        yield chunk


def _away() -> InputError:
    return InputError("calendar-away", "the address gave no calendar in time", WHERE,
                      "try it in a browser; an address that leads on to another one is not followed")  # fmt: skip


def _refuse_large(size: int) -> None:
    if size > LARGEST:
        raise _refused("calendar-too-large")


def read_busy_times(
    data: bytes, first: datetime, last: datetime, zone: str, seconds: int = READ_SECONDS
) -> tuple[TimeSpan, ...]:
    """When a calendar says that its owner is busy, in order and in UTC; what touches is one.

    Args:
        first, last: aware instants between which is looked.
        zone: the IANA name of the zone of hours that are nowhere's.
        seconds: of processor time that it may take.

    Raises:
        InputError: `bad-calendar`, `calendar-too-large`, `calendar-zone`.
    """
    said = _asked(data, first, last, zone, seconds, titled=False)
    if len(said["busy"]) > MOST_TIMES:
        raise _refused("calendar-too-large")
    return tuple(
        TimeSpan(starts=datetime.fromtimestamp(a, UTC), ends=datetime.fromtimestamp(b, UTC)) for a, b in said["busy"]
    )


@dataclass(frozen=True)
class CalendarEvent:
    """An event of a calendar file, as often as it comes."""

    starts: datetime  # UTC; of whole days their midnights at the school
    ends: datetime
    title: str
    is_whole_days: bool


def read_events(
    data: bytes, first: datetime, last: datetime, zone: str, seconds: int = READ_SECONDS
) -> tuple[CalendarEvent, ...]:
    """Every event between two instants, in order, with its title; arguments and errors as in `read_busy_times`."""
    said = _asked(data, first, last, zone, seconds, titled=True)
    if len(said["events"]) > MOST_TIMES:
        raise _refused("calendar-too-large")
    return tuple(
        CalendarEvent(datetime.fromtimestamp(starts, UTC), datetime.fromtimestamp(ends, UTC), title, is_whole)
        for starts, ends, title, is_whole in sorted(said["events"])
    )


def _asked(
    data: bytes, first: datetime, last: datetime, zone: str, seconds: int, *, titled: bool
) -> dict[str, list[Any]]:
    asked = json.dumps({"first": first.isoformat(), "last": last.isoformat(), "zone": zone, "titled": titled}).encode()
    command = [sys.executable, "-m", CHILD, str(seconds)]
    without_secrets = {name: value for name, value in os.environ.items() if not name.startswith("TERMPOST_")}
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=asked + b"\n" + data, capture_output=True, timeout=LONGEST, check=False, env=without_secrets
        )
    except subprocess.TimeoutExpired:
        raise _refused("calendar-too-large") from None
    if done.returncode < 0:  # by a signal: its time or its memory was over
        raise _refused("calendar-too-large")
    if done.returncode:
        raise _refused("bad-calendar")
    said: dict[str, list[Any]] = json.loads(done.stdout)
    if "refused" in said:
        raise _refused(str(said["refused"]))
    return said


def _refused(code: str) -> InputError:
    what, remedy = REFUSALS[code]
    return InputError(code, what, WHERE, remedy)
