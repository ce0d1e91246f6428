"""Days of a school's own calendar file (iCalendar) as values of `calendar.toml`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from termpost.tasks.feedback.meetings.busy_times import CalendarEvent

DayKind = Literal["closures", "holidays_add", "staff_absent", "half_days"]
SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True)
class ImportedDay:
    """A value of a list of days, and the event that it comes from."""

    value: str  # "2021-11-24/2021-11-26", "2021-11-26", or of half days "2021-11-24 12:00"
    title: str


@dataclass(frozen=True)
class EventDays:
    """What became of the events of a file."""

    days: tuple[ImportedDay, ...]
    left_out: tuple[str, ...]  # titles of what fits the words, and is no day of this kind


def days_of(events: Iterable[CalendarEvent], kind: DayKind, words: Sequence[str], zone: ZoneInfo) -> EventDays:
    """The days of events whose title has one of the words; each value once, in order.

    Half days are those that begin at an hour, which is when the office closes; the others are whole days.
    """
    found: dict[str, ImportedDay] = {}
    left_out: dict[str, None] = {}
    for event in events:
        if words and not any(word.casefold() in event.title.casefold() for word in words):
            continue
        if event.is_whole_days == (kind == "half_days"):
            left_out[event.title] = None
            continue
        value = _half_day(event, zone) if kind == "half_days" else _range(event, zone)
        found.setdefault(value, ImportedDay(value, event.title))
    return EventDays(tuple(found[value] for value in sorted(found)), tuple(left_out))


def _range(event: CalendarEvent, zone: ZoneInfo) -> str:
    first = event.starts.astimezone(zone).date()
    last = max(first, (event.ends - SECOND).astimezone(zone).date())  # ends are exclusive
    return f"{first}" if first == last else f"{first}/{last}"


def _half_day(event: CalendarEvent, zone: ZoneInfo) -> str:
    return f"{event.starts.astimezone(zone):%Y-%m-%d %H:%M}"
