"""Whom an incident reached: which report versions went to whom, and what became of them, folded from the log."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from termpost.schemas.base.errors import InputError
from termpost.schemas.log.cycle_state import ARRIVED
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.published_objects import PublishedDelivery, Visible
from termpost.schemas.log.records.incidents import Concerned, Incident
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake


@dataclass(frozen=True)
class ChosenReports:
    """What went wrong, by one of these."""

    report: str | None = None
    class_id: str | None = None
    cycle: str | None = None
    delivery: str | None = None


@dataclass
class ReachedReport:
    """One report version with one person."""

    concerned: Concerned
    channels: set[str] = field(default_factory=set)
    got: datetime | None = None  # when it was there first
    opened: datetime | None = None
    taken_back: datetime | None = None  # None: it is still with them

    @property
    def key(self) -> tuple[str, int, str]:
        return (self.concerned.report, self.concerned.version, self.concerned.recipient)


def concerned_by(home: Home, chosen: ChosenReports) -> list[Concerned]:
    """Every report version that went to anybody, taken back since or not.

    Raises:
        InputError: `nothing-out`, where none of it went to anybody.
    """
    seen = Visible.fold(home.log.entries())
    of_class = _of_class(home, chosen.class_id) if chosen.class_id else None
    found = dict.fromkeys(
        Concerned(one.report, one.version, one.student, one.recipient, one.cycle)
        for one in (*seen.shown.values(), *seen.begun.values())
        if _is_meant(one, chosen, of_class)
    )
    if not found:
        raise InputError("nothing-out", "none of this went to anybody", "incident open",
                         "see `termpost deliveries`; without a report leave these options out")  # fmt: skip
    return list(found)


def _is_meant(one: PublishedDelivery, chosen: ChosenReports, of_class: set[tuple[str, str]] | None) -> bool:
    return (
        chosen.report in (None, one.report)
        and chosen.cycle in (None, one.cycle)
        and chosen.delivery in (None, one.delivery)
        and (of_class is None or (one.student, one.cycle) in of_class)
    )


def _of_class(home: Home, class_id: str) -> set[tuple[str, str]]:
    """Students and cycles whose report lists the class."""
    with open_lake(home.lake) as lake:
        query = "SELECT DISTINCT person_ref, cycle_id FROM lake.out_course_summary WHERE class_id = ?"
        found = {(str(ref), str(cycle)) for ref, cycle in lake.execute(query, [class_id]).fetchall()}
    if not found:
        raise InputError("unknown-class", "no report has this class", "--class", "use a sourcedId of classes.csv")
    return found


def reached(entries: Iterable[Logged], incident: Incident) -> list[ReachedReport]:
    """In the order in which the incident names them."""
    found = {one.key: one for one in (ReachedReport(concerned) for concerned in incident.concerns)}
    for entry in entries:
        if entry.delivery and entry.report and entry.version and entry.recipient:
            one = found.get((entry.report, entry.version, entry.recipient))
            if one is not None:
                _add(one, entry)
    return list(found.values())


def _add(one: ReachedReport, entry: Logged) -> None:
    if entry.channel:
        one.channels.add(entry.channel)
    if entry.kind in ARRIVED:
        one.got = one.got or entry.day
        if entry.kind == "opened":
            one.opened = one.opened or entry.day
        else:
            one.taken_back = None  # it went out again
    elif entry.kind == "withdrawn":
        one.taken_back = entry.day
