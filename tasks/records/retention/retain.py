"""Letting go what is due: two people approve exactly the list, the log says it (law 6), then it goes (law 8)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.records.kept_back import KeptBack
from termpost.schemas.settings.settings import StoreSettings
from termpost.tasks.analysis.publish import publish_views
from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.home.cycle_locks import all_cycles_lock, locked
from termpost.tasks.home.home import Home
from termpost.tasks.home.staff_changes import refuse_who_may_not
from termpost.tasks.lake.connection import hold_lake, open_lake
from termpost.tasks.records.retention.due import DueRecord
from termpost.tasks.records.retention.home_files import delete_file, due_files
from termpost.tasks.records.retention.lake_deletion import (
    delete_rows,
    forget_snapshots,
    is_scrubbed,
    left_in_all,
    refuse_what_is_left,
    scrub_catalogue,
    sweep_files,
)
from termpost.tasks.records.retention.objects import left_over, retained_entries
from termpost.tasks.records.retention.plan import plan_retention, plan_routine
from termpost.tasks.records.retention.prefect_runs import delete_runs
from termpost.tasks.records.retention.rows import count_rows, prepare_people, rows_of
from termpost.tasks.secrets.staff import RELEASE_ROLES
from termpost.tasks.store.interface import Store, StoreContext
from termpost.tasks.store.registry import open_store

REASON: Final = "retention"  # of the approvals in the log
ROWS, FLOW_RUNS, FILE = "rows", "flow-runs", "file"  # reasons of `retained` entries that name no object
PEOPLE: Final = 2


@dataclass(frozen=True)
class Proof:
    """Who approves, and their one-time code."""

    staff: str
    otp: str


@dataclass(frozen=True)
class Retained:
    """What went, of each area."""

    counts: Counter[str]

    @property
    def total(self) -> int:
        return self.counts.total()


def retain(home: Home, run: str, digest: str, proofs: Sequence[Proof]) -> Retained:
    """Finishes what a killed run left, then lets go exactly what was listed.

    Args:
        digest: of the list that a dry run gave.
        proofs: of two different people.

    Raises:
        Refused: `list-changed`, `same-person`, or as `Staff.prove` does; codes count once, so they are asked last.
        InputError: `no-line`; `busy`, where another run is at work.
    """
    home.refuse_another_day()
    with _alone(home):
        done = _finish(home, run)
        plan = plan_retention(home)
        if plan.digest != digest:
            raise Refused("list-changed", "what is due is not what that list says", "--digest",
                          "look at the list again: `termpost records retain`")  # fmt: skip
        if not plan.due:
            return done
        who = _proved(home, proofs)
        entries = list(home.log.entries())
        approved = [Entry(kind="approved", actor=one, digest=digest, count=len(plan.due), reason=REASON) for one in who]
        home.log.append(run, [*approved, *_said(plan.due, entries, who[0])])
        return Retained(done.counts + _finish(home, run).counts)


def let_routine_go(home: Home, run: str) -> Retained:
    """What needs no two people: leftovers of killed runs, copies of the home, and what Prefect keeps, by the policy.
    It finishes what was approved, too.

    Raises:
        RetryableError: the Prefect server that is configured does not answer.
    """
    home.refuse_another_day()
    with _alone(home):
        entries = list(home.log.entries())
        if due := plan_routine(home, entries).due:
            home.log.append(run, _said(due, entries, "pipeline"))
        return _finish(home, run)


def finish(home: Home, run: str) -> Retained:
    """Lets go what the log says to have gone and a killed run left. Nobody need approve it again."""
    home.refuse_another_day()
    with _alone(home):
        return _finish(home, run)


def _alone(home: Home) -> ExitStack:
    """No other run writes to reports, doors or the lake meanwhile."""
    busy = InputError("busy", "another run lets records go", "this home", "wait until it has ended")
    with ExitStack() as turns:
        turns.enter_context(locked(home, "retention", busy))
        turns.enter_context(all_cycles_lock(home))
        return turns.pop_all()


def _proved(home: Home, proofs: Sequence[Proof]) -> list[str]:
    names = [one.staff for one in proofs]
    if len(set(names)) < PEOPLE:
        raise Refused("same-person", "two different people approve what is deleted", "--second",
                      "name another registrar or head")  # fmt: skip
    for name in names:
        refuse_who_may_not(home, name)
    return [home.staff.prove(one.staff, one.otp, home.clock.now(), RELEASE_ROLES) for one in proofs]


def _said(due: Iterable[DueRecord], entries: Sequence[Logged], actor: str) -> list[Entry]:
    every = list(due)
    said = list(retained_entries((one for one in every if one.area == "store"), entries, actor))
    for one in every:
        until = one.until.isoformat() if one.until else None
        if one.area == "tables":
            said.append(Entry(kind="retained", actor=actor, object=f"lake/{one.name}", cause=one.line, reason=ROWS,
                              count=one.count, due=until))  # fmt: skip
        elif one.area == "prefect":
            said.append(Entry(kind="retained", actor=actor, cause=one.line, reason=FLOW_RUNS, count=one.count,
                              due=until))  # fmt: skip
        elif one.area == "files":
            said.append(Entry(kind="retained", actor=actor, object=f"home/{one.name}", cause=one.line, reason=FILE,
                              due=one.last_day.isoformat()))  # fmt: skip
    return said


def _finish(home: Home, run: str) -> Retained:
    """In this order: what families see, what lies in the store, the history, runs, files."""
    entries = list(home.log.entries())
    counts = Counter[str]()
    keys = left_over(home, entries)
    if any(key.startswith("sealed/") for key in keys):
        refresh_doors(home, run, {key.split("/")[1] for key in keys if key.startswith("sealed/")})
    for key in keys:
        home.store.delete(key)
    counts["store"] = len(keys)
    retained = [entry for entry in entries if entry.kind == "retained"]
    counts["tables"] = _finish_rows(home, entries, [one for one in retained if one.reason == ROWS])
    if runs := [one.due for one in retained if one.reason == FLOW_RUNS and one.due]:
        counts["prefect"] = delete_runs(str(home.path), datetime.fromisoformat(max(runs)))
    counts["files"] = _finish_files(home, {one.object for one in retained if one.reason == FILE and one.object})
    return Retained(+counts)


def _finish_files(home: Home, said: set[str]) -> int:
    """What has been written to since is another file."""
    due = list(due_files(home.retention, home.path, home.today, home.calendar.zone)) if said else []
    return sum(delete_file(home.path, one.name) for one in due if f"home/{one.name}" in said)


def _finish_rows(home: Home, entries: Sequence[Logged], said: Sequence[Logged]) -> int:
    """Deletes, forgets, looks again. Where nothing is left, nothing is touched."""
    until = {
        one.object.removeprefix("lake/"): datetime.fromisoformat(one.due) for one in said if one.object and one.due
    }
    if not until or not home.lake.catalogue.exists():
        return 0
    # who left is read from core_person, which goes last
    every = sorted(
        (rows_of(home.retention, *one) for one in until.items()), key=lambda rows: rows.table == "core_person"
    )
    tables = sorted({rows.table for rows in every})
    store, prefix = _lake_store(home)
    with hold_lake(home.lake), open_lake(home.lake) as lake:
        prepare_people(lake, KeptBack.fold(entries).people)
        number = sum(count_rows(lake, rows) for rows in every)
        if not number and is_scrubbed(home.lake.catalogue, tables) and not left_in_all(lake, home.lake.data, every):
            return 0
        for rows in every:
            delete_rows(lake, rows)
        forget_snapshots(lake)
        sweep_files(store, prefix, lake, tables)
        refuse_what_is_left(lake, home.lake.data, every)
    publish_views(home, forget=True)
    scrub_catalogue(home.lake.catalogue, tables)
    return number


def _lake_store(home: Home) -> tuple[Store, str]:
    """Where the files of the lake lie, and how their names begin there."""
    data = home.written.lake.data
    if not data.startswith("/"):
        return home.store.raw, f"{data.rstrip('/')}/"
    own = StoreSettings(url=f"file:{data}")
    return open_store(StoreContext(own, home.path, home.clock, lambda _: None, timedelta())), ""
