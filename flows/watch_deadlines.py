"""Section 4.1 of the procedure, and all that is promised beside it: what is due and late, each office day."""

from collections.abc import Iterator
from contextlib import contextmanager

from prefect import flow
from termpost.flows.artifacts import show_deadlines
from termpost.flows.flow_context import Postponed, attempts_logged, begin, on_one_lake
from termpost.flows.runs import run_name, say_what_to_do
from termpost.schemas.base.refs import Run
from termpost.tasks.deadlines.deadline import overdue_in
from termpost.tasks.deadlines.task import is_office_day, list_deadlines, note_watch, tell_monitor, tell_of_deadlines
from termpost.tasks.home.home import shared_home


@flow(name="watch-deadlines", flow_run_name=run_name, on_failure=[say_what_to_do])
def watch_deadlines(home: str = ".", as_of: str | None = None) -> int:
    """Lists what is due, shows counts, tells staff once a day, and notes that it ran. On a day off it does the last
    alone. Returns how many things are overdue.

    Args:
        home: folder with termpost.toml.
        as_of: today for every rule, a date or an instant with its offset; the machine's clock where empty. In a
            rehearsal only.
    """
    run = begin(home, as_of)
    with attempts_logged(run, None), _monitor_hears_of_failure(run):
        shared_home(run).refuse_another_day()
        overdue = _watch(run) if is_office_day(run) else 0
        note_watch(run, overdue)
    tell_monitor(run, overdue > 0)
    return overdue


@on_one_lake
def _watch(run: Run) -> int:
    postponed = Postponed()
    deadlines = list_deadlines(run)
    show_deadlines(run, deadlines)
    with postponed.part():
        tell_of_deadlines(run, deadlines)
    postponed.say()  # a watch that reaches nobody has not run
    return overdue_in(deadlines)


@contextmanager
def _monitor_hears_of_failure(run: Run) -> Iterator[None]:
    """Whatever went wrong; the error itself goes its own way."""
    done = False
    try:
        yield
        done = True
    finally:
        if not done:
            tell_monitor(run, True)
