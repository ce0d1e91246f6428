"""Logs written by hand for the review: a line an entry, `day kind key=value …`."""

from datetime import UTC, datetime, timedelta
from functools import cache

from termpost.schemas.log.entry import Logged
from termpost.schemas.settings.calendar import Calendar, calendar_in

NUMBERS = ("version", "count")
CALENDAR = """
timezone = "America/Chicago"
country = "US"
[[cycle]]
id = "mid"
kind = "midterm"
session = "fall"
cutoff = 2021-10-08
release = 2021-10-15
[[cycle]]
id = "fin"
kind = "final"
session = "fall"
cutoff = 2021-12-10
grading_due = 2021-12-14
release = 2021-12-17
[[cycle]]
id = "spring"
kind = "final"
session = "spring"
cutoff = 2022-05-20
release = 2022-05-27
"""


@cache
def calendar() -> Calendar:
    return calendar_in(CALENDAR, {})


def log_of(text: str) -> list[Logged]:
    """In the order of the lines; each at 16:00 UTC, which is the morning in Chicago."""
    found: list[Logged] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        day, kind, *said = line.split()
        keys: dict[str, object] = {word.partition("=")[0]: word.partition("=")[2] for word in said}
        keys |= {name: int(str(keys[name])) for name in NUMBERS if name in keys}
        at = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(hours=16)
        found.append(Logged.model_validate({"seq": len(found) + 1, "at": at, "run": "test", "kind": kind, **keys}))
    return found
