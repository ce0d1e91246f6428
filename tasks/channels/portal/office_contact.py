"""Whom a family can call, and when, as page and door say it."""

from collections.abc import Iterable
from itertools import groupby

from termpost.schemas.documents.feedback.door import DoorContact
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.days.opening_hours import MIDNIGHT, OpenHours
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.wording import translator_for


def office_contact(settings: Settings, hours: str = "") -> DoorContact:
    """Whom the settings name; the school itself where they name nobody.

    Args:
        hours: `office_hours` of the calendar; empty: not known.
    """
    ask, institution = settings.institution.ask, settings.institution
    if ask is None:
        return DoorContact(name=institution.name, hours=hours)
    return DoorContact(name=ask.name, phone=ask.phone or "", email=ask.email or "", hours=hours)


def office_hours(calendar: Calendar, language: str = "en") -> str:
    """From when until when the office answers on its days: `08:00–16:30`; where weekdays differ, which has which:
    `Mon–Thu 08:00–16:30, Fri 08:00–13:00`, their names in this language. Half days and holidays are not in it."""
    opens = {day: calendar.hours.of(day) or OpenHours(calendar.opens, calendar.closes) for day in _weekdays(calendar)}
    if len(set(opens.values())) <= 1:
        return _span(next(iter(opens.values()), OpenHours(calendar.opens, calendar.closes)))
    names = translator_for(language).locale.days["stand-alone"]["abbreviated"]
    said = list[str]()
    for hours, days in groupby(opens, key=lambda day: opens[day]):
        run = list(days)
        last = f"–{names[run[-1]]}" if len(run) > 1 else ""
        said.append(f"{names[run[0]]}{last} {_span(hours)}")
    return ", ".join(said)


def hours_in(calendar: Calendar, languages: Iterable[str]) -> dict[str, str]:
    """The same in each of these languages."""
    return {language: office_hours(calendar, language) for language in languages}


def _weekdays(calendar: Calendar) -> list[int]:
    """Those on which the office is open in a week without holidays, from Monday, 0."""
    return [day for day in range(7) if calendar.is_office_weekday(day)]


def _span(hours: OpenHours) -> str:
    closes = "24:00" if hours.closes == MIDNIGHT else f"{hours.closes:%H:%M}"
    return f"{hours.opens:%H:%M}–{closes}"
