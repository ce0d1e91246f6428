"""What is due today by the policy, and what is kept back; nothing is changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from termpost.schemas.log.entry import Logged
from termpost.schemas.log.records.kept_back import KeptBack
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.records.retention.due import DueRecord, RetentionPlan
from termpost.tasks.records.retention.home_files import due_files
from termpost.tasks.records.retention.object_dates import ObjectDates
from termpost.tasks.records.retention.objects import ObjectWalk
from termpost.tasks.records.retention.prefect_runs import due_runs
from termpost.tasks.records.retention.rows import due_rows, prepare_people, who_left

ROUTINE: Final = ("outgoing/", "slots/")  # what a killed run left: nobody waits for it, and it is in the log


def plan_retention(home: Home) -> RetentionPlan:
    """Everything that is due, in order.

    Raises:
        InputError: `no-line`, or what else is wrong with the page.
        RetryableError: the Prefect server that is configured does not answer.
    """
    home.retention.refuse_gaps()
    zone, entries = home.calendar.zone, list(home.log.entries())
    kept_back = KeptBack.fold(entries)
    rows: list[DueRecord] = []
    left = {}
    if home.lake.catalogue.exists():
        with open_lake(home.lake) as lake:
            prepare_people(lake, kept_back.people)
            left = who_left(lake, zone)
            rows = [record for record, _ in due_rows(lake, home.retention, home.today, zone)]
    objects = _walk(home, entries, kept_back, left).due()
    every = sorted([*objects.due, *rows, *_of_machines(home)])
    return RetentionPlan(
        tuple(every), tuple(sorted(objects.locked)), objects.held, objects.undated, tuple(objects.unknown)
    )


def plan_routine(home: Home, entries: Sequence[Logged]) -> RetentionPlan:
    """What of it goes by itself: what killed runs left, runs of the server, copies of the home."""
    objects = _walk(home, entries, KeptBack.fold(entries), {}).due(ROUTINE)
    return RetentionPlan(tuple(sorted([*objects.due, *_of_machines(home)])))


def _walk(home: Home, entries: Sequence[Logged], kept_back: KeptBack, left: Mapping[str, date]) -> ObjectWalk:
    zone = home.calendar.zone
    dates = ObjectDates.fold(entries, zone)
    return ObjectWalk(home, dates, kept_back.people, kept_back.is_any_held, left, home.today, zone)


def _of_machines(home: Home) -> list[DueRecord]:
    zone = home.calendar.zone
    runs = due_runs(home.retention, str(home.path), home.today, zone)
    return [*runs, *due_files(home.retention, home.path, home.today, zone)]
