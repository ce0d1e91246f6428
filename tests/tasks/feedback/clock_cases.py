"""The table of hand-worked cases (tests/data/clocks), and threads as its rows tell them."""

import csv
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from termpost.schemas.log.entry import EntryKind, Logged
from termpost.schemas.log.query_threads import QueryThread, query_threads
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.clocks import Clocks
from termpost.schemas.settings.sections.feedback_settings import FeedbackSettings

CASES = Path(__file__).parents[2] / "data" / "clocks"
OF_FEEDBACK = ("staff_days", "mail_days")
CHANGES = ("held", "resumed", "closed", "reopened", "lengthened")


class ClockCase(NamedTuple):
    """One row."""

    calendar: str
    clock: str
    given: str
    expected: str
    why: str

    @property
    def first(self) -> str:
        return self.given.split()[0]

    def said(self, name: str) -> str:
        """The value of `name=`; empty where it is not given."""
        return dict(self.told()).get(name, "")

    def told(self) -> Iterator[tuple[str, str]]:
        """Each `name=value`, in order."""
        for part in self.given.split()[1:]:
            name, _, value = part.partition("=")
            yield name, value


@cache
def clocks(name: str) -> Clocks:
    table = tomllib.loads((CASES / "calendars.toml").read_text(encoding="utf-8"))[name]
    feedback = {key: table.pop(key) for key in OF_FEEDBACK if key in table}
    return Clocks(Calendar.model_validate(table), FeedbackSettings.model_validate(feedback))


def clock_cases(*of: str) -> list[ClockCase]:
    """Those of the named clocks; all without a name."""
    with (CASES / "cases.csv").open(encoding="utf-8", newline="") as file:
        rows = [ClockCase(**row) for row in csv.DictReader(file)]
    return [row for row in rows if not of or row.clock in of]


def thread_of(case: ClockCase) -> QueryThread:
    """As its entries leave it."""
    kind = case.said("kind") or "question"
    entries = [_entry(1, "query_received", case.first, reason=kind, due=case.said("told") or None)]
    for name, value in case.told():
        at, _, due = value.partition("/")
        if name in CHANGES:
            entries.append(_entry(len(entries) + 1, "query_changed", at, reason=name, due=due or None))
        elif name == "replied":
            entries.append(_entry(len(entries) + 1, "query_noticed", at, reason=name, due=due or None))
        elif name == "noted":
            entries.append(_entry(len(entries) + 1, "query_noticed", case.first, reason=at, due=due or None))
    (thread,) = query_threads(entries).values()
    return thread


def _entry(seq: int, kind: EntryKind, at: str, *, reason: str, due: str | None) -> Logged:
    instant = datetime.fromisoformat(at).astimezone(UTC)
    return Logged(kind=kind, seq=seq, at=instant, run="case", query="q0", reason=reason, due=due)
