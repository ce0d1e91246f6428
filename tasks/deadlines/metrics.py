"""The counts of `status` and `deadlines` for Prometheus. No label names a person, and none says why somebody waits."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Logged
from termpost.tasks.custody.inventory import last_backup
from termpost.tasks.deadlines.all_deadlines import every_deadline
from termpost.tasks.home.home import Home
from termpost.tasks.stage.manifests import prepared_of
from termpost.tasks.stage.waiting import all_holds, held_by_school

HELD = "held"  # in the counts of a cycle it stands among the reports, and is of students
INSTITUTION = "institution"  # on each, so that several homes of one machine stay apart


class _Gauges(Collector):
    def __init__(self, families: Iterable[GaugeMetricFamily]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self._families


def make_metrics(home: Home) -> bytes:
    """All of them in Prometheus' text format, version 0.0.4.

    Raises:
        InputError: as `every_deadline`: what cannot be read is no count without it.
    """
    registry = CollectorRegistry()
    registry.register(_Gauges(_families(home)))
    return generate_latest(registry)


def _families(home: Home) -> Iterator[GaugeMetricFamily]:
    entries = list(home.log.entries())
    gauge = _Maker(home.settings.institution.short_name or home.settings.institution.name)
    yield gauge("termpost_rehearsal", "1 where this home is a rehearsal, which reaches nobody.", (),
                [((), float(home.is_rehearsal))])  # fmt: skip
    yield from _of_cycles(home, entries, gauge)
    due: Counter[tuple[str, ...]] = Counter()
    for one in every_deadline(home):
        due[one.code, one.state, one.cycle or "", one.school or ""] += one.count
    yield gauge("termpost_deadlines", "What is due, overdue or waited for (docs/deadlines.md).",
                ("kind", "state", "cycle", "school"), due.items())  # fmt: skip
    yield gauge("termpost_log_entries", "Entries of the distribution log.", (), [((), len(entries))])
    yield gauge("termpost_watch_last_run_timestamp_seconds", "When the deadline watch ran last.", (),
                _at((), max((entry.at for entry in entries if entry.kind == "watched"), default=None)))  # fmt: skip
    last = last_backup(home)
    yield gauge("termpost_backup_timestamp_seconds", "When the keys, and the whole home, were backed up last.",
                ("what",), [*_at(("keys",), last.at if last else None),
                             *_at(("home",), last.home_at if last else None)])  # fmt: skip


def _of_cycles(home: Home, entries: list[Logged], gauge: "_Maker") -> Iterator[GaugeMetricFamily]:
    reports, held, deliveries = dict[tuple[str, ...], int](), dict[tuple[str, ...], int](), dict[tuple[str, ...], int]()
    by_school, held_there = dict[tuple[str, ...], int](), dict[tuple[str, ...], int]()
    for cycle in home.calendar.cycles:
        state, prepared = CycleState.fold(cycle.id, entries), prepared_of(home, cycle.id)
        waiting = len({hold.student for hold in all_holds(prepared, state)})
        for name, count in state.counts(waiting).items():
            (held if name == HELD else reports)[(cycle.id,) if name == HELD else (cycle.id, name)] = count
        for said in state.counts_by_school(held_by_school(prepared, state)):
            school = said.pop("school")
            held_there[cycle.id, school] = said.pop(HELD)
            by_school.update({(cycle.id, school, name): count for name, count in said.items()})
        deliveries |= {(cycle.id, name): count for name, count in state.delivery_counts().items()}
    made = "Report versions that were made; of them those released, withdrawn and superseded."
    yield gauge("termpost_reports", made, ("cycle", "state"), reports.items())
    yield gauge("termpost_school_reports", made, ("cycle", "school", "state"), by_school.items())
    yield gauge("termpost_held_students", "Students whose report waits for a decision.", ("cycle",), held.items())
    yield gauge("termpost_school_held_students", "The same by school; who sits in two waits in both.",
                ("cycle", "school"), held_there.items())  # fmt: skip
    yield gauge("termpost_deliveries", "Deliveries by their last state.", ("cycle", "state"), deliveries.items())


class _Maker:
    """Makes the gauges of one institution."""

    def __init__(self, institution: str) -> None:
        self._institution = institution

    def __call__(
        self, name: str, said: str, labels: tuple[str, ...], found: Iterable[tuple[tuple[str, ...], float]]
    ) -> GaugeMetricFamily:
        family = GaugeMetricFamily(name, said, labels=(INSTITUTION, *labels))
        for values, count in sorted(found):
            family.add_metric((self._institution, *values), count)
        return family


def _at(labels: tuple[str, ...], at: datetime | None) -> list[tuple[tuple[str, ...], float]]:
    """Nothing before the first: a 0 would be the year 1970."""
    return [] if at is None else [(labels, at.timestamp())]
