"""By when a request about records, or an incident, is seen to: the one place that knows, until law packs say it.

A line has its source. Where several apply to a home, the shortest counts; where none does, ten days. Nobody's law is
made longer by another one.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from termpost.schemas.settings.calendar import Calendar

CountedDays = Literal["days", "office-days", "school-days", "month"]


@dataclass(frozen=True)
class RequestClock:
    """How long a school has to give somebody the records it keeps about a student."""

    count: int
    counted: CountedDays
    source: str

    def due(self, received: date, calendar: Calendar) -> date:
        """The last day, for what came on that day of the school's."""
        if self.counted == "days":
            return received + timedelta(days=self.count)
        if self.counted == "month":
            return month_later(received)
        counts: Callable[[date], bool] = (
            calendar.is_office_day if self.counted == "office-days" else calendar.is_teaching_day
        )
        return calendar.add_days(received, self.count, counts)


@dataclass(frozen=True)
class IncidentClock:
    """How long a school has to report an incident to its authority."""

    within: timedelta
    source: str


WITHOUT_LAW: Final = RequestClock(10, "days", "termpost, where no law is known")
GDPR_MONTH: Final = RequestClock(1, "month", "Art. 12(3) GDPR")
EUROPE: Final = (
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IS", "IT", "LI", "LV", "LT",
    "LU", "MT", "NL", "NO", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "GB",
)  # fmt: skip
# country, or country and subdivision of calendar.toml
REQUESTS: Final[dict[str, RequestClock]] = {
    "US": RequestClock(45, "days", "34 CFR 99.10(b)"),
    "US-CA": RequestClock(5, "office-days", "Cal. Education Code 49069.7"),
    "US-MA": RequestClock(10, "days", "603 CMR 23.07(2)"),
    "GB-ENG": RequestClock(15, "school-days", "SI 2005/1437, regulation 5"),
} | dict.fromkeys(EUROPE, GDPR_MONTH)
SEVENTY_TWO: Final = IncidentClock(timedelta(hours=72), "Art. 33(1) GDPR")
INCIDENTS: Final[dict[str, IncidentClock]] = {}  # by state; none is longer or shorter yet
NO_RIGHT_TO_ERASURE: Final = frozenset({"US"})


def request_clock(calendar: Calendar, received: date) -> RequestClock:
    """The shortest that applies to the home for what came on that day."""
    known = [REQUESTS[place] for place in _places(calendar) if place in REQUESTS]
    return min(known or [WITHOUT_LAW], key=lambda one: one.due(received, calendar))


def incident_clock(calendar: Calendar) -> IncidentClock:
    """The shortest that applies to the home."""
    known = [INCIDENTS[place] for place in _places(calendar) if place in INCIDENTS]
    return min(known or [SEVENTY_TWO], key=lambda one: one.within)


def reported_by(calendar: Calendar, opened: datetime) -> datetime:
    """The instant by which an incident is with the authority that was opened at an aware instant."""
    return opened + incident_clock(calendar).within


def needs_a_duty(calendar: Calendar) -> bool:
    """Whether nobody has a right to be erased here (34 CFR part 99 gives none): then a law or order must ask for it."""
    return calendar.country in NO_RIGHT_TO_ERASURE


def month_later(day: date) -> date:
    """The same day of the next month, or its last one."""
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def _places(calendar: Calendar) -> tuple[str, ...]:
    sub = calendar.subdivision
    return (calendar.country, f"{calendar.country}-{sub}") if sub else (calendar.country,)
