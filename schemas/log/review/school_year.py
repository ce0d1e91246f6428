"""The year that a review is about."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from termpost.schemas.base.errors import InputError

STARTS: Final = "07-01"  # month and day; on the southern half of the earth "01-01"


@dataclass(frozen=True)
class SchoolYear:
    """From its first day to its last, both of them in it."""

    first: date
    last: date

    @property
    def name(self) -> str:
        """`2021-2022`, or `2021` where it is the calendar's."""
        return str(self.first.year) if self.first.year == self.last.year else f"{self.first.year}-{self.last.year}"

    @property
    def before(self) -> "SchoolYear":
        """The one that ended the day before it begins."""
        return SchoolYear(_moved(self.first, -1), self.first - timedelta(days=1))

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day <= self.last


def school_year(text: str, starts: str = STARTS) -> SchoolYear:
    """The year that begins in `2021`, also written `2021-2022`.

    Args:
        starts: month and day on which school years begin, `MM-DD`.

    Raises:
        InputError: `no-year`.
    """
    found = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", text)
    try:
        first = date.fromisoformat(f"{found[1]}-{starts}") if found else None
    except ValueError:
        first = None
    if found is None or first is None or (found[2] and (int(found[2]) != first.year + 1 or starts == "01-01")):
        raise InputError("no-year", "this is no school year", "--year",
                         'give the year in which it begins: "2021", or "2021-2022"')  # fmt: skip
    return SchoolYear(first, _moved(first, 1) - timedelta(days=1))


def _moved(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def year_after(day: date) -> date:
    """The same day a year later; of 29 February the last of February."""
    try:
        return _moved(day, 1)
    except ValueError:
        return date(day.year + 1, 3, 1) - timedelta(days=1)
