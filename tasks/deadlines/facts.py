"""What every kind of deadline is told by: the log, read once, and what each cycle waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import duckdb
from termpost.schemas.documents.prepared import PreparedSchool
from termpost.schemas.log.asking_days import TELLING, ToldDays
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import EntryKind, Logged
from termpost.schemas.log.published_objects import Visible
from termpost.schemas.settings.days.cycles import CycleDates
from termpost.tasks.home.home import Home
from termpost.tasks.stage.manifests import prepared_of


@dataclass(frozen=True)
class Facts:
    """Of one home on its day."""

    home: Home
    lake: duckdb.DuckDBPyConnection
    entries: tuple[Logged, ...]  # the whole log

    @property
    def today(self) -> date:
        return self.home.today

    def of_kinds(self, *kinds: EntryKind) -> list[Logged]:
        return [entry for entry in self.entries if entry.kind in kinds]

    def day(self, entry: Logged) -> date:
        """The school's day on which it was."""
        return entry.day.astimezone(self.home.calendar.zone).date()

    @cached_property
    def visible(self) -> Visible:
        return Visible.fold(self.entries)

    @cached_property
    def told(self) -> ToldDays:
        return ToldDays.fold(self.home.clocks, self.of_kinds(*TELLING))

    @cached_property
    def began(self) -> date:
        """The first day of which the log says anything; today where it is empty. What was before is not late here."""
        return min(map(self.day, self.entries), default=self.today)

    @cached_property
    def cycles(self) -> "tuple[CycleFacts, ...]":
        """Every cycle of the calendar, in its order."""
        made = [(plan, prepared_of(self.home, plan.id)) for plan in self.home.calendar.cycles]
        last = [plan.id for plan, prepared in made if prepared][-1:]
        return tuple(
            CycleFacts(plan, tuple(prepared), self.home.state(plan.id), self.told.of_cycle(plan.id),
                       is_last=plan.id in last, today=self.today)
            for plan, prepared in made
        )  # fmt: skip


@dataclass(frozen=True)
class CycleFacts:
    """One cycle: its plan, what was prepared of it, and what became of that."""

    plan: CycleDates
    prepared: Sequence[PreparedSchool]
    state: CycleState
    asks_until: date  # the last day for questions that anybody was told
    is_last: bool  # the last of those that were prepared
    today: date

    @property
    def is_live(self) -> bool:
        """Whether somebody still works on it."""
        return self.is_last or self.asks_until >= self.today

    @property
    def is_made(self) -> bool:
        """Whether reports are there that may be released: drafts are not."""
        return bool(self.prepared) and not any(school.draft for school in self.prepared)

    def unreleased(self, school: PreparedSchool) -> set[str]:
        """Students of a school who have a report that is prepared and not out."""
        return {one.student for one in school.reports if not self.state.is_released(one.report, one.version)}

    def waiting(self, school: PreparedSchool) -> set[str]:
        """Students of a school who are held, or whose report nobody may have."""
        return set(school.held_students) | (self.state.without_recipient & {one.student for one in school.reports})

    def to_follow(self, school: PreparedSchool) -> dict[str, int]:
        """Students of a school whose report is out without all of its grades, and how many it lacks."""
        mine = {one.report for one in school.reports}
        newest = {name: found for (name, _), found in sorted(self.state.reports.items())
                  if name in mine and found.released}  # fmt: skip
        return {one.student: one.to_follow for one in newest.values() if one.to_follow and not one.withdrawn}
