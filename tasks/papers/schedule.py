"""The distribution schedule (section 8 of the procedure): every cycle, on paper, on a page, as events."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Literal, get_args

import icalendar
from jinja2 import Template
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.days.cycles import CycleDates
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.colour import NIGHT, NIGHT_PANEL, PANEL, readable
from termpost.tasks.documents.frame import Frame, PaperPart, frame_of, set_paper
from termpost.tasks.documents.jinja import environment
from termpost.tasks.documents.locale.telephone import dialled
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.wording import Translator, translator_for
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.joints import joints
from termpost.tasks.documents.words.school_words import NO_WORDS, HomeWords
from termpost.tasks.documents.words.translation_note import note_of

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


def _rows(calendar: Calendar, translator: Translator) -> tuple[ScheduleRow, ...]:
    return tuple(
        ScheduleRow(
            cycle=cycle.id,
            kind=translator.text("schedule", f"kind_{cycle.kind}"),
            cutoff=translator.day(cycle.cutoff),
            release=translator.day(cycle.release),
            query_until=translator.day(cycle.query_until),
        )
        for cycle in in_order(calendar)
    )


def _about(settings: Settings, translator: Translator, moment: Moment) -> str:
    """What a date means for a family."""
    if moment == "query_until":
        return translator.plural("schedule", "about_query_until", settings.feedback.staff_days)
    return translator.text("schedule", f"about_{moment}")


def contact_lines(settings: Settings, translator: Translator) -> tuple[str, ...]:
    """How whoever is asked is reached."""
    ask = settings.institution.ask
    ways = (("email", ask.email), ("phone", ask.phone)) if ask else ()
    return tuple(
        translator.text("letter", "contact", label=translator.text("letter", key), value=way)
        for key, way in ways
        if way
    )


def _framed(settings: Settings, calendar: Calendar, language: str, words: HomeWords) -> tuple[Frame, SchedulePart]:
    translator = translator_for(language, calendar.country)
    title = translator.text("schedule", "title")
    frame = frame_of(settings, translator, language, title)
    asking = {"ask": translator.text("schedule", "ask", name=asked_in(settings, language, words).name)}
    about = {f"about_{moment}": _about(settings, translator, moment) for moment in MOMENTS}
    part = SchedulePart(
        frame=frame, labels=translator.labels("schedule") | joints(translator) | asking | about,
        translated=note_of(settings, language, words), school=settings.institution.name, name=title,
        running=settings.institution.name,
        stamp=settings.institution.called, rows=_rows(calendar, translator),
        contact=contact_lines(settings, translator),
    )  # fmt: skip
    return frame, part


def make_schedule(
    settings: Settings, calendar: Calendar, today: date, languages: Sequence[str] = (), words: HomeWords = NO_WORDS
) -> bytes:
    """The schedule on paper, PDF/UA-1: a sheet for each language, or one in the school's own."""
    spoken = languages or settings.institution.languages[:1]
    framed = [_framed(settings, calendar, language, words) for language in spoken]
    return set_paper("schedule.typ", framed[0][0], [part for _, part in framed], {}, today)


@cache
def _template() -> Template:
    return environment().get_template("schedule.html.j2")


def make_schedule_page(
    settings: Settings, calendar: Calendar, language: str | None = None, words: HomeWords = NO_WORDS
) -> str:
    """The schedule as one HTML file, in the school's own language unless told otherwise: nothing is fetched."""
    frame, part = _framed(settings, calendar, language or settings.institution.languages[0], words)
    colour = settings.institution.colours.primary
    colours = {
        "accent": colour, "ink": readable(colour, PANEL), "ink_night": readable(colour, NIGHT_PANEL), "panel": PANEL,
        "night": NIGHT, "night_panel": NIGHT_PANEL,
    }  # fmt: skip
    ask, labels = settings.institution.ask, translator_for(frame.language).labels("letter")
    ways: list[tuple[str, str, str]] = []
    if ask and ask.email:
        ways.append((labels["email"], ask.email, f"mailto:{ask.email}"))
    if ask and ask.phone:
        ways.append((labels["phone"], ask.phone, dialled(ask.phone, calendar.country)))
    return _template().render(f=frame, p=part, t=part.labels, colours=colours, ways=ways)


def make_schedule_calendar(settings: Settings, calendar: Calendar, now: datetime, language: str | None = None) -> bytes:
    """The schedule as iCalendar (RFC 5545): an all-day event for each date of each cycle.

    An event's UID is made of the cycle's id and the institution's domain, so that a calendar that takes the file in
    again moves its events rather than doubling them. `now`, an aware instant in UTC, is the only thing that differs.
    The words are in the school's own language unless told otherwise.
    """
    translator = translator_for(language or settings.institution.languages[0])
    file = icalendar.Calendar()
    file.add("version", "2.0")
    file.add("prodid", "-//termpost//schedule//EN")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", f"{translator.text('schedule', 'title')} · {settings.institution.called}")
    for cycle in in_order(calendar):
        for moment in MOMENTS:
            file.add_component(_event(settings, cycle, moment, translator, now))
    return bytes(file.to_ical())


def _event(
    settings: Settings, cycle: CycleDates, moment: Moment, translator: Translator, now: datetime
) -> icalendar.Event:
    day: date = getattr(cycle, moment)
    kind = translator.text("schedule", f"kind_{cycle.kind}")
    domain = settings.institution.email_domain or "termpost.invalid"
    event = icalendar.Event()
    event.add("uid", f"{cycle.id}.{moment.replace('_', '-')}@{domain}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))  # exclusive
    event.add("summary", translator.text("schedule", f"event_{moment}", kind=kind, name=settings.institution.called))
    about = [_about(settings, translator, moment), translator.text("schedule", "planned"), f"({cycle.id})"]
    event.add("description", " ".join(about))
    event.add("status", "TENTATIVE")  # what is planned; a release says the day that counts
    event.add("transp", "TRANSPARENT")
    return event
