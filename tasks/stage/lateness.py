"""What goes out after the calendar's release day, said before anybody types their code."""

from dataclasses import dataclass
from datetime import date

from termpost.schemas.base.counted import counted
from termpost.schemas.log.cycle_state import CycleState
from termpost.tasks.home.home import Home


@dataclass(frozen=True)
class Lateness:
    """A release today of a cycle that was planned for an earlier day."""

    days: int  # office days
    planned: date
    until: str  # the last day for questions, counted from today, as `said_until` tells it
    is_first: bool  # nothing of the cycle is out yet

    @property
    def said(self) -> str:
        """One sentence."""
        days = counted(self.days, "working day")
        when = f"{days} late" if self.is_first else f"{days} after the calendar's release day"
        return f"{when}, {self.planned}: families may ask until {self.until}."


def lateness(home: Home, cycle_id: str, state: CycleState) -> Lateness | None:
    """None on the calendar's release day, before it, and on the days off that follow it."""
    planned, today = home.calendar.cycle(cycle_id).release, home.today
    days = home.calendar.office_days_between(planned, today)
    if not days:
        return None
    is_first = not any(report.released for report in state.reports.values())
    return Lateness(days, planned, said_until(home, today, cycle_id), is_first)


def said_until(home: Home, day: date, cycle_id: str) -> str:
    """Until when families may ask about what goes out on a day: "2022-01-05, 2022-01-10 by print"."""
    days = {one: home.clocks.ask_until(day, cycle_id, (one,)) for one in home.settings.channels.order}
    first = min(days.values())
    later = (f"{until} by {channel}" for channel, until in days.items() if until > first)
    return ", ".join([first.isoformat(), *later])
