"""The dead man's switch: a small file in the home says until when the watch must have run again.

Any command reads it, so it imports nothing heavy and opens neither log nor lake: the day is worked out when the file
is written, since only then the calendar is at hand.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from termpost.tasks.runtime.atomic_files import write_durably

if TYPE_CHECKING:  # it loads the package of public holidays
    from termpost.schemas.settings.calendar import Calendar
    from termpost.tasks.home.home import Home

FILE: Final = "watched.json"  # in the home
FORMAT: Final = "termpost.watched/1"
OFFICE_DAYS: Final = 2  # without a run, after which the switch says so


@dataclass(frozen=True)
class Watched:
    """When the watch ran last, or was to begin, and until when it must run again."""

    at: datetime
    late_after: datetime
    is_told: bool  # the run was told another day, as only a rehearsal may be

    def is_late(self, home: "Home") -> bool:
        """By the day that this command is told where the watch was told one too; else by the machine's clock."""
        if self.is_told:
            return home.is_as_of and home.clock.today() > self.late_after
        return home.clock.now() > self.late_after


def late_after(calendar: "Calendar", ran: datetime) -> datetime:
    """The closing of the second office day after the school's day on which it ran, in UTC.

    A run on Friday is followed by one on Monday and one on Tuesday: when the office closes on Tuesday, two office days
    have passed without. What ran on a day off counts like the evening before the next office day.

    Args:
        ran: an aware instant.
    """
    day = calendar.add_office_days(ran.astimezone(calendar.zone).date(), OFFICE_DAYS)
    hours = calendar.hours_of(day)
    assert hours is not None  # noqa: S101 - it is an office day
    return datetime.combine(day, hours.closes, calendar.zone).astimezone(UTC)


def note_run(home: "Home") -> None:
    """The watch ran now."""
    now = home.clock.today()
    _write(home.path, Watched(now, late_after(home.calendar, now), home.is_as_of))


def begin_to_watch(home: "Home") -> None:
    """From the machine's now on a run is expected: the home has a cycle, or its flows were deployed. What stands there
    stays."""
    if read_watched(home.path) is None:
        now = home.clock.now()
        _write(home.path, Watched(now, late_after(home.calendar, now), is_told=False))


def read_watched(folder: Path) -> Watched | None:
    """None where nothing is expected yet. A file that cannot be read says nothing, and the next run writes it anew."""
    try:
        said = json.loads((folder / FILE).read_bytes())
        at, late = (datetime.fromisoformat(said[name]) for name in ("at", "late_after"))
        return Watched(at, late, bool(said["is_told"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def not_watched(home: "Home") -> str | None:
    """What any command says on standard error where the watch is late; None where it is not."""
    found = read_watched(home.path)
    if found is None or not found.is_late(home):
        return None
    return (f"the deadline watch has not run since {found.at.date()} ({home.path}): see that a Prefect worker runs "
            "(termpost deploy), or look by hand with `termpost deadlines`")  # fmt: skip


def _write(folder: Path, watched: Watched) -> None:
    said = {"format": FORMAT, "at": watched.at.isoformat(), "late_after": watched.late_after.isoformat(),
            "is_told": watched.is_told}  # fmt: skip
    write_durably(folder / FILE, json.dumps(said, indent=1).encode() + b"\n")
