"""Scheduled runs that did not start, asked of the Prefect server where one is configured."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from termpost.schemas.base.errors import RetryableError
from termpost.tasks.deadlines.deadline import Deadline
from termpost.tasks.deadlines.facts import Facts
from termpost.tasks.runtime.prefect_address import asking, server_address

PATIENCE = timedelta(minutes=15)  # in which a worker takes a run
OURS = ["termpost"]  # tag of every deployment
PAGE = 200


def of_prefect(facts: Facts) -> Iterator[Deadline]:
    """Overdue on the day they were to start. A server that is away is one too: then nothing starts at all.

    A run that is told another day asks nobody: the server knows only today.
    """
    if facts.home.is_as_of or not (url := server_address(facts.home.environ)):
        return
    starts = _late_starts(url, str(facts.home.path), facts.home.clock.now())
    if starts is None:
        yield Deadline("no-server", facts.today, "overdue", 1)
        return
    days: Counter[date] = Counter(start.astimezone(facts.home.calendar.zone).date() for start in starts)
    for day, number in days.items():
        yield Deadline("late-run", day, "overdue", number)


def _late_starts(url: str, home: str, now: datetime) -> list[datetime] | None:
    """When runs of this home were to start; None: no answer."""
    try:
        with asking(url) as client:
            runs = list(_all_runs(client, _waiting(now)))
    except RetryableError:
        return None
    ours = (run for run in runs if run.parameters.get("home") == home)  # others may share the server
    return [run.expected_start_time for run in ours if run.expected_start_time]


def _all_runs(client: Any, wanted: Any) -> Iterator[Any]:
    """Page by page: the server gives so many at a time."""
    for offset in count(0, PAGE):
        page = client.read_flow_runs(flow_run_filter=wanted, limit=PAGE, offset=offset)
        yield from page
        if len(page) < PAGE:
            return


def _waiting(now: datetime) -> Any:
    from prefect.client.schemas import filters  # noqa: PLC0415

    return filters.FlowRunFilter(
        state=filters.FlowRunFilterState(name=filters.FlowRunFilterStateName(any_=["Late", "Scheduled"])),
        expected_start_time=filters.FlowRunFilterExpectedStartTime(before_=now - PATIENCE),
        tags=filters.FlowRunFilterTags(all_=OURS),
    )
