"""A second opinion on the clocks, which shares nothing with them: it walks through time hour by hour.

It knows of a calendar what a person would read off it, has no arithmetic of days, and counts an office day whenever an
hour of it passes.
"""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.clocks import Clocks
from termpost.schemas.settings.sections.feedback_settings import FeedbackSettings

PLACES = [
    ("America/Chicago", "US", "TX"), ("America/New_York", "US", "MA"), ("Europe/London", "GB", "ENG"),
    ("Europe/Paris", "FR", ""), ("Europe/Berlin", "DE", "BY"), ("Asia/Dubai", "AE", ""), ("Asia/Jerusalem", "IL", ""),
    ("Australia/Sydney", "AU", "NSW"), ("Asia/Kathmandu", "NP", ""), ("Pacific/Honolulu", "US", "HI"),
]  # fmt: skip
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
HOUR = timedelta(hours=1)


@dataclass
class Wall:
    """A calendar as it hangs on a wall: what is on each day."""

    zone: ZoneInfo
    public: holidays.HolidayBase
    table: dict[str, object]

    def ranges(self, name: str) -> list[tuple[str, str]]:
        rows = self.table.get(name, [])
        assert isinstance(rows, list)
        return [(row[:10], row[-10:]) for row in rows]

    def within(self, name: str, day: date) -> bool:
        return any(first <= day.isoformat() <= last for first, last in self.ranges(name))

    def office(self, day: date) -> bool:
        weekend = self.table.get("weekend")
        if weekend is None:
            rest = self.public.is_weekend(day) and day not in self.public.weekend_workdays
        else:
            assert isinstance(weekend, list)
            rest = DAYS[day.weekday()] in weekend
        feast = day in self.public and not self.within("holidays_drop", day)
        shut = self.table.get("office_days") == "teaching" and self.within("closures", day)
        return not (rest or feast or shut or self.within("holidays_add", day))

    def staff(self, day: date) -> bool:
        return self.office(day) and not self.within("staff_absent", day)

    def closing(self, day: date) -> str:
        for row in self.table.get("half_days", []):  # type: ignore[attr-defined]
            if row[:10] == day.isoformat():
                return str(row[11:])
        week = self.table.get("hours", {})
        assert isinstance(week, dict)
        return str(week.get(DAYS[day.weekday()], self.table["closes"])[-5:])

    def due(self, instant: datetime, days: int) -> date:
        """From hour to hour until the last hour of the last day."""
        here = instant.astimezone(self.zone)
        in_hours = self.office(here.date()) and here.strftime("%H:%M:%S.%f") <= self.closing(here.date()) + ":00.000000"
        begun: date | None = here.date() if in_hours else None
        counted, walked, last = 0, instant.astimezone(UTC), here.date()
        while begun is None or counted < days:
            walked += HOUR
            day = walked.astimezone(self.zone).date()
            if day == last:
                continue
            last = day
            if begun is None:
                begun = day if self.office(day) else None
            elif self.staff(day):
                counted += 1
        return begun if days == 0 else last


def chosen(rng: random.Random) -> tuple[dict[str, object], Wall, int]:
    zone, country, subdivision = rng.choice(PLACES)
    begin = date(2022, 1, 1) + timedelta(days=rng.randrange(700))

    def some(count: int, longest: int) -> list[str]:
        first = [begin + timedelta(days=rng.randrange(40)) for _ in range(count)]
        return [f"{day}/{day + timedelta(days=rng.randrange(longest))}" for day in first]

    table: dict[str, object] = {
        "timezone": zone, "country": country, "subdivision": subdivision, "opens": "07:30",
        "closes": rng.choice(["15:00", "16:30", "23:59"]), "office_days": rng.choice(["working", "teaching"]),
        "closures": some(2, 12), "holidays_add": some(2, 3), "holidays_drop": some(3, 20),
        "staff_absent": some(rng.choice([0, 1]), 70),
        "half_days": sorted({f"{begin + timedelta(days=rng.randrange(20))} 12:15" for _ in range(3)}),
        "hours": {rng.choice(DAYS): "08:00-14:00"},
    }  # fmt: skip
    if rng.random() < 0.4:
        table["weekend"] = rng.choice([["saturday"], ["friday", "saturday"], ["sunday", "monday"], []])
    public = holidays.country_holidays(country, subdiv=subdivision or None, years=range(2021, 2026))
    return table, Wall(ZoneInfo(zone), public, table), (begin - date(2022, 1, 1)).days


@pytest.mark.parametrize("seed", range(40))
def test_an_hour_by_hour_walk_finds_the_same_days(seed: int) -> None:
    rng = random.Random(f"clocks {seed}")  # noqa: S311 - a made-up school, not a secret
    table, wall, offset = chosen(rng)
    days = rng.randrange(1, 8)
    clocks = Clocks(Calendar.model_validate(table), FeedbackSettings(staff_days=days))
    for _ in range(12):
        minutes = rng.randrange(30 * 24 * 60)
        instant = datetime.combine(date(2022, 1, 1), time(), UTC) + timedelta(days=offset, minutes=minutes)
        assert clocks.query_due(instant) == wall.due(instant, days)
        assert clocks.calendar.received(instant) == wall.due(instant, 0)
        here = instant.astimezone(wall.zone).date()
        assert clocks.calendar.is_staff_day(here) is wall.staff(here)
