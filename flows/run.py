"""How every flow begins, and how it ends when a person must mend something."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from prefect.logging import get_run_logger
from prefect.runtime import flow_run

from schemas.entry import Entry
from schemas.errors import InputError, RetryableError
from schemas.refs import Run
from tasks.home import Home, open_run


def begin(home: str, as_of: datetime | None, actor: str = "pipeline") -> Run:
    """The run's reference: home, clock, Prefect's id.

    Raises:
        InputError: there is no home there.
    """
    run = Run(home, str(flow_run.get_id() or "no-run"), as_of, actor)
    open_run(run)
    return run


def known_staff(home: str, staff: str) -> str:
    """The id for the log: only a registered one, since anybody may type anything there."""
    registered = {member.id for member in open_run(Run(home, "")).staff.list()}
    return staff if staff in registered else "unknown"


@contextmanager
def attempts_logged(run: Run, cycle_id: str | None) -> Iterator[None]:
    """A refused attempt leaves its closed reason code in the distribution log, and nothing else."""
    try:
        yield
    except InputError as error:
        _note(run, cycle_id, error.code)
        raise


def _note(run: Run, cycle_id: str | None, reason: str) -> None:
    """Never in the way of the refusal itself: what refused may be what keeps the log from being written."""
    try:
        home = open_run(run)
        cycle = cycle_id if _is_planned(home, cycle_id) else None  # anybody may type anything there
        home.log.append(run.id, [Entry(kind="refused", actor=run.actor, cycle=cycle, reason=reason)])
    except (InputError, RetryableError, OSError) as fault:
        get_run_logger().error("not in the distribution log: %s, because of %s", reason, type(fault).__name__)


def _is_planned(home: Home, cycle_id: str | None) -> bool:
    try:
        return cycle_id in {cycle.id for cycle in home.calendar.cycles}
    except InputError:
        return False
