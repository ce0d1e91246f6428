"""What is due today by the policy, and what is kept back; nothing is changed."""

from termpost.schemas.log.records.kept_back import KeptBack
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.records.retention.due import DueRecord, RetentionPlan
from termpost.tasks.records.retention.home_files import due_files
from termpost.tasks.records.retention.object_dates import ObjectDates
from termpost.tasks.records.retention.objects import ObjectWalk
from termpost.tasks.records.retention.prefect_runs import due_runs
from termpost.tasks.records.retention.rows import due_rows, prepare_people, who_left


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
    walk = ObjectWalk(
        home, ObjectDates.fold(entries, zone), kept_back.people, kept_back.is_any_held, left, home.today, zone
    )
    objects = walk.due()
    runs = due_runs(home.retention, str(home.path), home.today, zone)
    files = due_files(home.retention, home.path, home.today, zone)
    every = sorted([*objects.due, *rows, *runs, *files])
    return RetentionPlan(
        tuple(every), tuple(sorted(objects.locked)), objects.held, objects.undated, tuple(objects.unknown)
    )
