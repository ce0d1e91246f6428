"""Letting go what is due: two people approve exactly the list, the log says it (law 6), then it goes (law 8)."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.records.kept_back import KeptBack
from termpost.schemas.log.records.retention_approvals import PIPELINE, REASON, RetentionApprovals
from termpost.schemas.retention.kinds import Area
from termpost.schemas.settings.settings import StoreSettings
from termpost.tasks.analysis.publish import publish_views
from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.home.cycle_locks import all_cycles_lock, locked
from termpost.tasks.home.home import Home
from termpost.tasks.home.staff_changes import approvers, refuse_who_may_not
from termpost.tasks.lake.connection import hold_lake, open_lake
from termpost.tasks.records.retention.due import DueRecord
from termpost.tasks.records.retention.home_files import delete_file
from termpost.tasks.records.retention.lake_deletion import (
    delete_rows,
    forget_snapshots,
    refuse_what_is_left,
    scrub_catalogue,
    sweep_files,
)
from termpost.tasks.records.retention.objects import left_over, retained_entries
from termpost.tasks.records.retention.plan import plan_retention, plan_routine
from termpost.tasks.records.retention.prefect_runs import delete_runs
from termpost.tasks.records.retention.rows import prepare_people, rows_of
from termpost.tasks.secrets.staff import RELEASE_ROLES
from termpost.tasks.store.interface import Store, StoreContext
from termpost.tasks.store.registry import open_store

REASONS: Final[dict[Area, str]] = {"tables": "rows", "prefect": "flow-runs", "files": "file"}  # of `retained` entries
GONE: Final = "-gone"  # how the reason ends of the entry that says that it was done
IN_LAKE, IN_HOME, PAGES = "lake/", "home/", "sealed/"
PEOPLE: Final = 2


@dataclass(frozen=True)
class Proof:
    """Who approves, and their one-time code."""

    staff: str
    otp: str


@dataclass(frozen=True)
class Retained:
    """What went, of each area; and whether the list waits for another person's approval."""

    counts: Counter[str]
    waits: bool = False

    @property
    def total(self) -> int:
        return self.counts.total()


def retain(home: Home, run: str, digest: str, proofs: Sequence[Proof]) -> Retained:
    """Finishes what a killed run left, then lets go exactly what was listed, once two people have approved it.

    The first of two calls keeps its person's approval of this digest, and nothing goes.

    Args:
        digest: of the list that a dry run gave.
        proofs: of one person, or of two different ones.

    Raises:
        Refused: `list-changed`, `same-person`, or as `Staff.prove` does; codes count once, so they are asked last.
        InputError: `no-line`; `busy`, where another run is at work.
    """
    home.refuse_another_day()
    with _alone(home):
        done = _finish(home, run)
        plan = plan_retention(home)
        if not plan.due:
            return done
        if plan.digest != digest:
            raise Refused("list-changed", "what is due is not what that list says", "--digest",
                          "look at the list again: `termpost records retain`")  # fmt: skip
        entries = list(home.log.entries())
        before = approved_by(home, digest, entries)
        who = _proved(home, proofs, before)
        approved = [Entry(kind="approved", actor=one, digest=digest, count=len(plan.due), reason=REASON) for one in who]
        if len(before | {*who}) < PEOPLE:
            home.log.append(run, approved)
            return replace(done, waits=True)
        home.log.append(run, [*approved, *_said(plan.due, entries, who[0])])  # one segment: both or neither
        return Retained(done.counts + _finish(home, run).counts)


def approved_by(home: Home, digest: str, entries: Iterable[Logged] | None = None) -> frozenset[str]:
    """Who approved this very list, as long as it counts: by the days of `[release] approval_days`."""
    given = RetentionApprovals.fold(home.log.entries() if entries is None else entries)
    return given.by(digest, home.clock.today(), home.settings.release.approval_days, approvers(home))


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
            home.log.append(run, _said(due, entries, PIPELINE))
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


def _proved(home: Home, proofs: Sequence[Proof], before: frozenset[str]) -> list[str]:
    names = [one.staff for one in proofs]
    if len({*names}) < len(names) or {*names} <= before:
        raise Refused("same-person", "two different people approve what is deleted", "--by and --second",
                      "let another registrar or head approve the same list")  # fmt: skip
    for name in names:
        refuse_who_may_not(home, name)
    return [home.staff.prove(one.staff, one.otp, home.clock.now(), RELEASE_ROLES) for one in proofs]


def _said(due: Iterable[DueRecord], entries: Sequence[Logged], actor: str) -> list[Entry]:
    """What the log says before anything goes. Rows, runs and files have the random id of this list: once they are gone
    an entry with it says so, and nothing that was held then, and is let free later, goes by an old list."""
    every, case = list(due), secrets.token_hex(10)
    said = list(retained_entries((one for one in every if one.area == "store"), entries, actor))
    for one in every:
        if one.area == "store":
            continue
        name = {"tables": f"{IN_LAKE}{one.name}", "files": f"{IN_HOME}{one.name}"}.get(one.area)
        until = one.until.isoformat() if one.until else one.last_day.isoformat()
        said.append(Entry(kind="retained", actor=actor, object=name, cause=one.line, reason=REASONS[one.area],
                          count=one.count, due=until, case=case))  # fmt: skip
    return said


def _pending(entries: Sequence[Logged], area: Area) -> list[Logged]:
    """What the log says to go, and not yet that it is gone."""
    reason = REASONS[area]
    gone = {(one.case, one.object) for one in entries if one.kind == "retained" and one.reason == f"{reason}{GONE}"}
    said = (one for one in entries if one.kind == "retained" and one.reason == reason)
    return [one for one in said if (one.case, one.object) not in gone]


def _finish(home: Home, run: str) -> Retained:
    """In this order: what families see, what lies in the store, the history, runs, files."""
    entries = list(home.log.entries())
    counts = Counter[str]()
    keys = left_over(home, entries)
    if any(key.startswith(PAGES) for key in keys):
        refresh_doors(home, run, {key.split("/")[1] for key in keys if key.startswith(PAGES)})
    for key in keys:
        home.store.delete(key)
    counts["store"] = len(keys)
    steps: dict[Area, Callable[[Sequence[Logged]], int]] = {
        "tables": lambda said: _delete_rows(home, entries, said),
        "prefect": lambda said: _delete_runs(home, said),
        "files": lambda said: sum(delete_file(home.path, (one.object or "").removeprefix(IN_HOME)) for one in said),
    }
    for area, step in steps.items():
        if said := _pending(entries, area):
            counts[area] = step(said)
            home.log.append(run, [one.fact.model_copy(update={"reason": f"{one.reason}{GONE}"}) for one in said])
    return Retained(+counts)


def _delete_runs(home: Home, said: Sequence[Logged]) -> int:
    return delete_runs(str(home.path), max(datetime.fromisoformat(one.due) for one in said if one.due))


def _delete_rows(home: Home, entries: Sequence[Logged], said: Sequence[Logged]) -> int:
    """Deletes, forgets, looks again."""
    if not home.lake.catalogue.exists():
        return 0
    until = {
        one.object.removeprefix(IN_LAKE): datetime.fromisoformat(one.due) for one in said if one.object and one.due
    }
    # who left is read from core_person, which goes last
    every = sorted(
        (rows_of(home.retention, *one) for one in until.items()), key=lambda rows: rows.table == "core_person"
    )
    tables = sorted({rows.table for rows in every})
    store, prefix = _lake_store(home)
    with hold_lake(home.lake), open_lake(home.lake) as lake:
        prepare_people(lake, KeptBack.fold(entries).people)
        number = sum(delete_rows(lake, home.lake.data, rows) for rows in every)
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
