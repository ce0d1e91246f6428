"""When staff can be met, as the home keeps it: an object for each person, and the log says which version counts."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.feedback.staff_times import (
    MeetingSlot,
    OpenTime,
    StaffAvailability,
    StaffSlots,
    TimeSpan,
)
from termpost.schemas.settings.calendar import Calendar
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import keep, kept
from termpost.tasks.home.staff_changes import OPERATOR

KEPT_FOR = timedelta(days=366)  # after which a time that was offered is forgotten
PLACE = "notes/meetings/"


def availability_of(home: Home, staff: str) -> StaffAvailability:
    """What is known of when somebody can be met; nothing where nobody said."""
    data = kept(home, f"{PLACE}{staff}/availability.json")
    return StaffAvailability() if data is None else StaffAvailability.model_validate_json(data)


def keep_availability(home: Home, run: str, staff: str, availability: StaffAvailability) -> None:
    """Makes this count from now on. Open times that are over go.

    Raises:
        InputError: `unknown-staff`.
    """
    home.staff.refuse_absent(staff, "--by")
    now = home.clock.today()
    to_come = tuple(one for one in availability.open if one.ends > now)
    body = availability.model_copy(update={"open": to_come}).model_dump_json().encode()
    keep(home, run, f"{PLACE}{staff}/availability.json", body, OPERATOR)


def slots_of(home: Home, staff: str) -> dict[str, MeetingSlot]:
    """Every time of one person that was ever offered, by its id."""
    data = kept(home, f"{PLACE}{staff}/slots.json")
    return {} if data is None else {one.id: one for one in StaffSlots.model_validate_json(data).slots}


def keep_slots(home: Home, run: str, staff: str, slots: Sequence[MeetingSlot]) -> None:
    """The same, to be kept: before the log says of any of them that it is offered."""
    since = home.clock.today() - KEPT_FOR
    there = StaffSlots(slots=tuple(sorted((one for one in slots if one.ends > since), key=lambda one: one.starts)))
    keep(home, run, f"{PLACE}{staff}/slots.json", there.model_dump_json().encode(), OPERATOR)


def open_time(calendar: Calendar, day: date, at: time, until: time, *, any_hour: bool) -> OpenTime:
    """From one hour to another of a day, in the school's zone.

    Raises:
        InputError: `no-such-hour`, where the clocks skip one of them; `bad-hours`.
    """
    starts, ends = _instant(calendar.zone, day, at), _instant(calendar.zone, day, until)
    try:
        return OpenTime(starts=starts, ends=ends, any_hour=any_hour)
    except ValidationError:
        raise InputError("bad-hours", "the time ends before it begins", "--until", "give a later hour") from None


def local_instant(calendar: Calendar, local: datetime) -> datetime:
    """An hour as the school's clock shows it, in UTC.

    Raises:
        InputError: `no-such-hour`.
    """
    return _instant(calendar.zone, local.date(), local.time())


def _instant(zone: ZoneInfo, day: date, at: time) -> datetime:
    """An hour that comes twice, in autumn, is the first of the two."""
    there = datetime.combine(day, at, zone)
    instant = there.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != there.replace(tzinfo=None):
        raise InputError("no-such-hour", "the clocks skip that hour on that day", "--at", "give another hour")
    return instant


def office_hours(calendar: Calendar, day: date) -> OpenTime | None:
    """When the office is open on a day; None where it is not."""
    hours = calendar.hours_of(day)
    if hours is None:
        return None
    starts, ends = (datetime.combine(day, at, calendar.zone).astimezone(UTC) for at in hours)
    return OpenTime(starts=starts, ends=ends)


def open_spans(
    calendar: Calendar, availability: StaffAvailability, first: datetime, last: datetime
) -> Iterator[TimeSpan]:
    """When somebody could be met between two instants, whatever else they do: the times they named, within the office's
    hours unless they said otherwise; else the office's hours, as far as their calendar was read."""
    until = min(last, availability.read_until) if availability.read_until else first
    for day in _days(calendar, first, last if availability.open else until):
        hours = office_hours(calendar, day)
        named = availability.open or ((hours,) if hours else ())
        for one in named:
            span = one if one.any_hour else _common(one, hours)
            on_day = span is not None and span.starts.astimezone(calendar.zone).date() == day
            if span is not None and on_day:
                yield span


def _common(one: TimeSpan, other: TimeSpan | None) -> TimeSpan | None:
    if other is None or not one.overlaps(other):
        return None
    return TimeSpan(starts=max(one.starts, other.starts), ends=min(one.ends, other.ends))


def _days(calendar: Calendar, first: datetime, last: datetime) -> Iterator[date]:
    day, end = first.astimezone(calendar.zone).date(), last.astimezone(calendar.zone).date()
    while day <= end:
        yield day
        day += timedelta(days=1)
