"""The process that opens a calendar file: without secrets, with little memory and time, since the file may be hostile.

A rule such as "each 30 February" is searched for until the year 9999 by whatever expands it, and nothing interrupts
that but the end of the process. So `read_busy_times` (busy_times.py) starts one and ends it.

Standard input: a line of JSON (`first`, `last`: instants; `zone`; `titled`), then the file. Standard output: JSON,
either `{"busy": [[starts, ends], …]}` in seconds since 1970, or where it was to be `titled` `{"events": [[starts, ends,
title, whole_days], …]}`, or `{"refused": code}`.
"""

import json
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

MOST_EVENTS = 5000  # as the file has them, before their rules are applied
MEMORY = 2**30  # bytes of address space
LONGEST_TITLE = 200  # signs
TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY"})  # nobody meets so often
RULES = ("RRULE", "EXRULE")
PLACED = ("DTSTART", "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID")  # what may name a zone (RFC 5545, 3.2.19)
ParsedPart = Any  # whatever a file has under a name


def main() -> None:
    """Reads standard input and writes standard output."""
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    asked, _, data = sys.stdin.buffer.read().partition(b"\n")
    about = json.loads(asked)
    first, last = datetime.fromisoformat(about["first"]), datetime.fromisoformat(about["last"])
    sys.stdout.write(json.dumps(answer(data, first, last, ZoneInfo(about["zone"]), titled=about["titled"])))


def answer(data: bytes, first: datetime, last: datetime, zone: ZoneInfo, *, titled: bool = False) -> dict[str, object]:
    """What is said back."""
    try:
        calendar = icalendar.Calendar.from_ical(data)
        events = list(calendar.walk("VEVENT"))
        if len(events) > MOST_EVENTS or any(map(_is_too_often, events)):
            return {"refused": "calendar-too-large"}
        if any(map(_has_unknown_zone, events)):
            return {"refused": "calendar-zone"}
        found = recurring_ical_events.of(calendar).between(first, last)
        if titled:
            return {"events": [_titled(event, zone) for event in found]}
        spans = [*_of_events(found, zone), *_of_free_busy(calendar, zone)]
    except MemoryError:
        return {"refused": "calendar-too-large"}
    except Exception:  # noqa: BLE001 - whatever a parser of strangers' files stumbles over, the file is the reason
        return {"refused": "bad-calendar"}
    within = [(max(a, first), min(b, last)) for a, b in spans if a < last and b > first]
    return {"busy": merged(within)}


def merged(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[float, float]]:
    """Spans in order, those that touch or overlap as one; in seconds since 1970."""
    found: list[tuple[float, float]] = []
    for starts, ends in sorted((a.timestamp(), b.timestamp()) for a, b in spans):
        if found and starts <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends)
        elif ends > starts:
            found.append((starts, ends))
    return found


def _of_events(events: Iterable[ParsedPart], zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    for event in events:
        if not _is_free(event):
            starts = event["DTSTART"].dt
            ends = event["DTEND"].dt if "DTEND" in event else starts
            yield _instant(starts, zone), _instant(ends, zone)


def _titled(event: ParsedPart, zone: ZoneInfo) -> tuple[float, float, str, bool]:
    """With what it is called; a day without an end is that day."""
    starts = event["DTSTART"].dt
    is_whole = not isinstance(starts, datetime)
    ends = event["DTEND"].dt if "DTEND" in event else starts + timedelta(days=1) if is_whole else starts
    title = str(event.get("SUMMARY", ""))[:LONGEST_TITLE]
    return _instant(starts, zone).timestamp(), _instant(ends, zone).timestamp(), title, is_whole


def _of_free_busy(calendar: ParsedPart, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Of a published free/busy list (RFC 5545, 3.6.4)."""
    for component in calendar.walk("VFREEBUSY"):
        periods = component.get("FREEBUSY", [])
        for period in _several(periods):
            if str(period.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                starts, ends = period.dt
                ends = starts + ends if isinstance(ends, timedelta) else ends
                yield _instant(starts, zone), _instant(ends, zone)


def _is_free(event: ParsedPart) -> bool:
    """Whether it leaves the time free: marked so, or called off. Outlook says it by a key of its own."""
    transparent = str(event.get("TRANSP", "OPAQUE")).upper() == "TRANSPARENT"
    shown = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "BUSY")).upper()
    return transparent or shown == "FREE" or str(event.get("STATUS", "")).upper() == "CANCELLED"


def _is_too_often(event: ParsedPart) -> bool:
    rules = [event[name] for name in RULES if name in event]
    parts = [rule for found in rules for rule in _several(found)]
    return any(TOO_OFTEN & {str(one).upper() for one in rule.get("FREQ", [])} for rule in parts)


def _has_unknown_zone(event: ParsedPart) -> bool:
    """Whether it is at an hour of a place that neither the file nor the zone database knows."""
    said = [(one.params, getattr(one, "dts", [one])) for name in PLACED for one in _several(event.get(name, []))]
    return any(_is_nowhere(one.dt) for params, values in said if "TZID" in params for one in values)


def _several(value: ParsedPart) -> list[ParsedPart]:
    return value if isinstance(value, list) else [value]


def _is_nowhere(value: ParsedPart) -> bool:
    """An hour without a zone; of a period, that in which it begins."""
    moment = value[0] if isinstance(value, tuple) else value
    return isinstance(moment, datetime) and moment.tzinfo is None


def _instant(value: date, zone: ZoneInfo) -> datetime:
    """A day is its midnight, and an hour of nowhere that of the school."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)


if __name__ == "__main__":
    main()
