"""The school year: two semesters with two grading periods each, and the days of teaching."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache


@dataclass(frozen=True)
class Session:
    """An academic session; `end` is exclusive, as in the standard."""

    id: str
    title: str
    type: str
    start: date
    end: date
    parent: str

    @property
    def days(self) -> tuple[date, ...]:
        """Mondays to Fridays of the session."""
        return _weekdays(self.start, self.end)

    def row(self, year: int) -> Mapping[str, str]:
        """The row of academicSessions.csv; a school year has the name of the year in which it ends."""
        return {
            "sourcedId": self.id, "title": self.title, "type": self.type, "startDate": str(self.start),
            "endDate": str(self.end), "parentSourcedId": self.parent, "schoolYear": str(year + 1),
        }  # fmt: skip


@lru_cache(maxsize=64)
def _weekdays(start: date, end: date) -> tuple[date, ...]:
    days = (start + timedelta(days=n) for n in range((end - start).days))
    return tuple(day for day in days if day.weekday() < 5)


def _on_or_after(weekday: int, day: date) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


@dataclass(frozen=True)
class SchoolYear:
    """Sessions of a school year, top down."""

    year: Session
    fall: Session
    spring: Session
    periods: tuple[Session, Session, Session, Session]

    @property
    def sessions(self) -> tuple[Session, ...]:
        return (self.year, self.fall, self.spring, *self.periods)

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of teaching."""
        return self.fall.days + self.spring.days


@lru_cache(maxsize=8)
def school_year(year: int) -> SchoolYear:
    """The school year that begins in August of `year`."""
    start, winter = _on_or_after(0, date(year, 8, 15)), _on_or_after(5, date(year, 12, 15))
    resume, end = _on_or_after(0, date(year + 1, 1, 3)), _on_or_after(5, date(year + 1, 5, 25))
    name, fall, spring = f"{year}-{year + 1}", f"{year}-fall", f"{year + 1}-spring"
    autumn, march = start + timedelta(weeks=9), resume + timedelta(weeks=10)
    bounds = ((start, autumn, fall), (autumn, winter, fall), (resume, march, spring), (march, end, spring))
    return SchoolYear(
        Session(name, name, "schoolYear", start, end, ""),
        Session(fall, f"{name} Fall Semester", "semester", start, winter, name),
        Session(spring, f"{name} Spring Semester", "semester", resume, end, name),
        (
            Session(f"{year}-q1", "First Quarter", "gradingPeriod", *bounds[0]),
            Session(f"{year}-q2", "Second Quarter", "gradingPeriod", *bounds[1]),
            Session(f"{year}-q3", "Third Quarter", "gradingPeriod", *bounds[2]),
            Session(f"{year}-q4", "Fourth Quarter", "gradingPeriod", *bounds[3]),
        ),
    )
