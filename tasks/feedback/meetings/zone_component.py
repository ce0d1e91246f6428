"""A time zone as iCalendar has it (RFC 5545, 3.6.5), with every change of its clocks between two years.

icalendar writes one itself, whose summer time begins an hour late: it has the hour by the clock after the change, and
the RFC asks for the one before (3.8.2.4).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def zone_component(zone: ZoneInfo, first: int, last: int) -> icalendar.Timezone:
    """From the beginning of one year to that of another."""
    begins, ends = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 1, 1, tzinfo=UTC)
    found = icalendar.Timezone()
    found.add("tzid", zone.key)
    for at, before in [(begins, begins), *((at, at - MINUTE) for at in _changes(zone, begins, ends))]:
        found.add_component(_observance(zone, at, before))
    return found


def _observance(zone: ZoneInfo, at: datetime, before: datetime) -> icalendar.Component:
    """What the clocks show from `at` on."""
    local, was = at.astimezone(zone), _offset(zone, before)
    one = icalendar.TimezoneDaylight() if local.dst() else icalendar.TimezoneStandard()
    one.add("dtstart", (at + was).replace(tzinfo=None))
    one.add("tzoffsetfrom", was)
    one.add("tzoffsetto", _offset(zone, at))
    one.add("tzname", local.tzname() or zone.key)
    return one


def _changes(zone: ZoneInfo, begins: datetime, ends: datetime) -> Iterator[datetime]:
    """To the minute; no zone changes twice in a day."""
    day = begins
    while day < ends:
        if _offset(zone, day) != _offset(zone, day + DAY):
            low, high = day, day + DAY
            while high - low > MINUTE:
                middle = low + ((high - low) / 2 // MINUTE) * MINUTE
                low, high = (middle, high) if _offset(zone, middle) == _offset(zone, day) else (low, middle)
            yield high
        day += DAY


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)
