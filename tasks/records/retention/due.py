"""What is due to go, and the list of it that two people approve."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from termpost.schemas.base.counted import counted
from termpost.schemas.retention.kinds import Area
from termpost.tasks.documents.spreadsheet import as_csv

COLUMNS: Final = ("line", "area", "kind", "name", "began", "last day", "count")


@dataclass(frozen=True, order=True)
class DueRecord:
    """One object of the store, the rows of one table, the runs of one kind, or one file of the home. Names are store
    keys and tables: references, never a name of somebody.

    Args:
        began: the day from which its time counts; of rows and runs the latest.
        last_day: until when it was to be kept.
        count: objects, rows, runs, files.
        until: of rows, the latest instant at which one of them became known.
    """

    line: str
    area: Area
    kind: str
    name: str
    began: date
    last_day: date
    count: int = 1
    until: datetime | None = None
    locked_until: datetime | None = None  # the store keeps it so long, whoever says what

    @property
    def row(self) -> tuple[str, ...]:
        """As the list has it."""
        said = (self.line, self.area, self.kind, self.name, self.began, self.last_day, self.count)
        return tuple(map(str, said))


@dataclass(frozen=True)
class RetentionPlan:
    """All that is due today, and why the rest of what is old stays."""

    due: tuple[DueRecord, ...]  # in order
    locked: tuple[DueRecord, ...] = ()  # due, and the store does not let them go yet
    held: int = 0  # objects that are due, and stay: of somebody whose records are held, or of an open case
    undated: int = 0  # objects of which nothing says from when they count
    unknown: tuple[str, ...] = ()  # objects that are of no kind there is

    @property
    def text(self) -> str:
        """The list as CSV: it is what the digest stands for, so the same things give the same bytes."""
        return as_csv(COLUMNS, (one.row for one in self.due)).decode()

    @property
    def digest(self) -> str:
        """Of exactly this list, hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def stays(self) -> tuple[str, ...]:
        """Why the rest of what is old stays, in words."""
        said = []
        if self.held:
            due = counted(self.held, "object")
            said.append(f"{due} due, and kept: records are held, or a request or incident is open.")
        said += [f"{one.name} cannot be deleted before {one.locked_until:%Y-%m-%d}: Object Lock." for one in self.locked
                 if one.locked_until]  # fmt: skip
        if self.undated:
            said.append(f"{counted(self.undated, 'object')} of which nothing says from when it counts: kept.")
        said += [f"{key} is of no kind that the policy knows: kept." for key in self.unknown]
        return tuple(said)

    def counts(self) -> list[tuple[str, str, int]]:
        """Line, area, how many; in the order of the list."""
        return counted_by_line(self.due)


@dataclass(frozen=True)
class RetentionCounts:
    """The same in numbers, which Prefect may see."""

    due: tuple[tuple[str, str, int], ...]  # line, area, how many
    held: int = 0
    locked: int = 0
    unclear: int = 0  # objects without a day or of no kind


def counted_by_line(due: Sequence[DueRecord]) -> list[tuple[str, str, int]]:
    found = Counter[tuple[str, str]]()
    for one in due:
        found[one.line, one.area] += one.count
    return [(line, area, number) for (line, area), number in sorted(found.items())]
