"""Deadlines as events of a calendar, neutral: others see it over a shoulder."""

from collections.abc import Iterable
from datetime import UTC, timedelta

import icalendar
from termpost.tasks.deadlines.deadline import Deadline
from termpost.tasks.home.home import Home


def make_deadline_calendar(home: Home, deadlines: Iterable[Deadline]) -> bytes:
    """iCalendar (RFC 5545): an all-day event on each last day, which is a day of the school's zone whatever zone the
    reader is in. A UID is made of kind, cycle, school and day, so that a file taken in again moves nothing twice;
    where the day itself moves it is another event. What waits for families has no event: nobody has a date there."""
    file = icalendar.Calendar()
    file.add("version", "2.0")
    file.add("prodid", "-//termpost//deadlines//EN")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", f"Deadlines · {home.settings.institution.called}")
    file.add("x-wr-timezone", home.calendar.timezone)
    for one in deadlines:
        if one.state != "waiting":
            file.add_component(_event(home, one))
    return bytes(file.to_ical())


def _event(home: Home, one: Deadline) -> icalendar.Event:
    domain = home.settings.institution.email_domain or "termpost.invalid"
    event = icalendar.Event()
    event.add("uid", f"{one.place}.{one.due.isoformat()}@{domain}")
    event.add("dtstamp", home.clock.today().astimezone(UTC))
    event.add("dtstart", one.due)
    event.add("dtend", one.due + timedelta(days=1))  # exclusive
    late = "Overdue: " if one.state == "overdue" else ""
    event.add("summary", f"{late}{one.what} ({one.count:,})")
    about = [one.kind.sentence, *([f"Cycle {one.cycle}."] if one.cycle else []), f"Shown by: {one.command}"]
    event.add("description", " ".join(about))
    event.add("transp", "TRANSPARENT")
    return event
