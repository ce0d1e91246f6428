"""The settings and the day that every decision about a right depends on."""

from dataclasses import dataclass
from datetime import date

from termpost.schemas.log.notice_wishes import unsubscribed
from termpost.tasks.home.home import Home
from termpost.tasks.rights.parents_apart import NO_LAW, ParentsApart, parents_apart


@dataclass(frozen=True)
class RightsTerms:
    """The same for everybody in one plan."""

    day: date
    age_of_majority: int
    own_copy_below_age: bool
    order: tuple[str, ...]  # the channels of the institution, best first
    languages: tuple[str, ...]  # of the institution; the first where the record names none, or one not offered
    apart: ParentsApart = NO_LAW
    limited_caregivers: frozenset[str] = frozenset()  # relations whose affidavit gives the reports alone
    unsubscribed: frozenset[str] = frozenset()  # recipients who want no more notices: they are written to on paper


def terms_of(home: Home) -> RightsTerms:
    """By the settings, the home's day and the log."""
    settings = home.settings
    return RightsTerms(
        day=home.today,
        age_of_majority=settings.rights.age_of_majority,
        own_copy_below_age=settings.rights.own_copy_below_age,
        order=settings.channels.order,
        languages=settings.institution.languages,
        apart=parents_apart(home),
        limited_caregivers=home.law.limited_caregivers(),
        unsubscribed=unsubscribed(home.standing()),
    )
