"""Whom a family can call, and when, as page and door say it."""

from termpost.schemas.documents.feedback.door import DoorContact
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.settings import Settings


def office_contact(settings: Settings, hours: str = "") -> DoorContact:
    """Whom the settings name; the school itself where they name nobody.

    Args:
        hours: `office_hours` of the calendar; empty: not known.
    """
    ask, institution = settings.institution.ask, settings.institution
    if ask is None:
        return DoorContact(name=institution.name, hours=hours)
    return DoorContact(name=ask.name, phone=ask.phone or "", email=ask.email or "", hours=hours)


def office_hours(calendar: Calendar) -> str:
    """From when until when the office answers on its days: `08:00–16:30`, the same in every language."""
    return f"{calendar.opens:%H:%M}–{calendar.closes:%H:%M}"
