"""The distribution schedule (section 8 of the procedure): every cycle, on paper, on a page, as events."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Literal, get_args

import icalendar
from jinja2 import Template
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.settings.calendar import Calendar, CycleDates
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.colour import NIGHT, NIGHT_PANEL, PANEL, readable
from termpost.tasks.documents.frame import Frame, PaperPart, frame_of, set_paper
from termpost.tasks.documents.jinja import environment
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.wording import Words, words

Moment = Literal["cutoff", "release", "query_until"]  # fields of CycleDates
MOMENTS: tuple[Moment, ...] = get_args(Moment)


class ScheduleRow(FrozenModel):
    """One cycle in words."""

    cycle: str  # id
    kind: VisibleText
    cutoff: VisibleText
    release: VisibleText
    query_until: VisibleText


class SchedulePart(PaperPart):
    """The one part of the paper."""

    rows: tuple[ScheduleRow, ...]
    contact: tuple[VisibleText, ...]


def in_order(calendar: Calendar) -> list[CycleDates]:
    """Every cycle by its release."""
    return sorted(calendar.cycles, key=lambda cycle: (cycle.release, cycle.cutoff, cycle.id))


def _rows(calendar: Calendar, said: Words) -> tuple[ScheduleRow, ...]:
    return tuple(
        ScheduleRow(
            cycle=cycle.id,
            kind=said.say("schedule", f"kind_{cycle.kind}"),
            cutoff=said.day(cycle.cutoff),
            release=said.day(cycle.release),
            query_until=said.day(cycle.query_until),
        )
        for cycle in in_order(calendar)
    )


def contact_lines(settings: Settings, said: Words) -> tuple[str, ...]:
    """How whoever is asked is reached."""
    ask = settings.institution.ask
    ways = (("email", ask.email), ("phone", said.figure(ask.phone) if ask.phone else None)) if ask else ()
    return tuple(said.say("letter", "contact", label=said.say("letter", key), value=way) for key, way in ways if way)


def ask_name(settings: Settings) -> str:
    """Whom families ask; the institution itself where nobody is named."""
    ask = settings.institution.ask
    return ask.name if ask else settings.institution.name


def _framed(settings: Settings, calendar: Calendar, language: str) -> tuple[Frame, SchedulePart, Words]:
    said = words(language)
    title = said.say("schedule", "title")
    part = SchedulePart(
        school=settings.institution.name, name=title, running=settings.institution.name,
        stamp=settings.institution.called, rows=_rows(calendar, said), contact=contact_lines(settings, said),
    )  # fmt: skip
    return frame_of(settings, said, language, title), part, said


def make_schedule(settings: Settings, calendar: Calendar, today: date) -> bytes:
    """The schedule on paper, PDF/UA-1."""
    frame, part, said = _framed(settings, calendar, settings.institution.languages[0])
    labels = said.labels("schedule") | _asking(settings, said)
    return set_paper("schedule.typ", frame, [part], labels, today)


def _asking(settings: Settings, said: Words) -> dict[str, str]:
    return {"ask": said.say("schedule", "ask", name=ask_name(settings))}


@cache
def _template() -> Template:
    return environment().get_template("schedule.html.j2")


def make_schedule_page(settings: Settings, calendar: Calendar) -> str:
    """The schedule as one HTML file: no scripts, nothing fetched."""
    frame, part, said = _framed(settings, calendar, settings.institution.languages[0])
    colour = settings.institution.colours.primary
    colours = {
        "accent": colour, "ink": readable(colour, PANEL), "ink_night": readable(colour, NIGHT_PANEL), "panel": PANEL,
        "night": NIGHT, "night_panel": NIGHT_PANEL,
    }  # fmt: skip
    labels = said.labels("schedule") | _asking(settings, said)
    return _template().render(f=frame, p=part, t=labels, colours=colours)


def make_schedule_calendar(settings: Settings, calendar: Calendar, now: datetime) -> bytes:
    """The schedule as iCalendar (RFC 5545): an all-day event for each date of each cycle.

    An event's UID is made of the cycle's id and the institution's domain, so that a calendar that takes the file in
    again moves its events rather than doubling them. `now`, an aware instant in UTC, is the only thing that differs.
    """
    said = words(settings.institution.languages[0])
    file = icalendar.Calendar()
    file.add("version", "2.0")
    file.add("prodid", "-//termpost//schedule//EN")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", f"{said.say('schedule', 'title')} · {settings.institution.called}")
    for cycle in in_order(calendar):
        for moment in MOMENTS:
            file.add_component(_event(settings, cycle, moment, said, now))
    return bytes(file.to_ical())


def _event(settings: Settings, cycle: CycleDates, moment: Moment, said: Words, now: datetime) -> icalendar.Event:
    day: date = getattr(cycle, moment)
    kind = said.say("schedule", f"kind_{cycle.kind}")
    domain = settings.institution.email_domain or "termpost.invalid"
    event = icalendar.Event()
    event.add("uid", f"{cycle.id}.{moment.replace('_', '-')}@{domain}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))  # exclusive
    event.add("summary", said.say("schedule", f"event_{moment}", kind=kind, name=settings.institution.called))
    event.add("description", f"{said.say('schedule', f'about_{moment}')} ({cycle.id})")
    event.add("transp", "TRANSPARENT")
    return event
