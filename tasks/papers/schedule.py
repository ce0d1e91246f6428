"""The distribution schedule (section 8 of the procedure): every cycle, on paper, on a page, as events."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Literal, get_args

from jinja2 import Template
from termpost.schemas.documents.report import Frozen
from termpost.schemas.settings.calendar import Calendar, CycleDates
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.colour import NIGHT, NIGHT_PANEL, PANEL, readable
from termpost.tasks.documents.frame import Frame, PaperPart, frame_of, set_paper
from termpost.tasks.documents.jinja import environment
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.wording import Words, words

Moment = Literal["cutoff", "release", "query_until"]  # fields of CycleDates
MOMENTS: tuple[Moment, ...] = get_args(Moment)
OCTETS = 75  # of a content line, its line break aside (RFC 5545, 3.1)


class Row(Frozen):
    """One cycle in words."""

    cycle: str  # id
    kind: VisibleText
    cutoff: VisibleText
    release: VisibleText
    query_until: VisibleText


class SchedulePart(PaperPart):
    """The one part of the paper."""

    rows: tuple[Row, ...]
    contact: tuple[VisibleText, ...]


def in_order(calendar: Calendar) -> list[CycleDates]:
    """Every cycle by its release."""
    return sorted(calendar.cycles, key=lambda cycle: (cycle.release, cycle.cutoff, cycle.id))


def _rows(calendar: Calendar, said: Words) -> tuple[Row, ...]:
    return tuple(
        Row(
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
    name = f"{said.say('schedule', 'title')} · {settings.institution.called}"
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//termpost//schedule//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
    ]  # fmt: skip
    for cycle in in_order(calendar):
        for moment in MOMENTS:
            lines += _event(settings, cycle, moment, said, now)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _event(settings: Settings, cycle: CycleDates, moment: Moment, said: Words, now: datetime) -> Iterator[str]:
    day: date = getattr(cycle, moment)
    kind = said.say("schedule", f"kind_{cycle.kind}")
    summary = said.say("schedule", f"event_{moment}", kind=kind, name=settings.institution.called)
    domain = settings.institution.email_domain or "termpost.invalid"
    yield "BEGIN:VEVENT"
    yield f"UID:{cycle.id}.{moment.replace('_', '-')}@{domain}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"  # exclusive
    yield f"SUMMARY:{_text(summary)}"
    yield f"DESCRIPTION:{_text(said.say('schedule', f'about_{moment}') + f' ({cycle.id})')}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(value: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11)."""
    for sign, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        value = value.replace(sign, escaped)
    return value


def folded(line: str) -> bytes:
    """A content line in pieces of at most 75 octets, none of which cuts a character in two."""
    pieces, piece = [], b""
    for sign in line:
        octets = sign.encode()
        if len(piece) + len(octets) > OCTETS:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
