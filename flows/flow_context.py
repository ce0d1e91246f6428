"""How every flow begins, and how it ends when a person must fix something."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from uuid import uuid4

from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from termpost.schemas.base.errors import InputError, Refused, RetryableError
from termpost.schemas.base.refs import Run
from termpost.schemas.log.entry import Entry
from termpost.tasks.extract.address import read_address
from termpost.tasks.home.home import Home, open_home, open_run, shared_home
from termpost.tasks.home.told_day import told_day
from termpost.tasks.lake.connection import hold_lake
from termpost.tasks.runtime.private_process import keep_private
from termpost.tasks.runtime.processes import hold_processes

P = ParamSpec("P")
R = TypeVar("R")


def begin(home: str, as_of: str | None, actor: str = "pipeline", *, takes_earlier: bool = False) -> Run:
    """The run's reference: home, clock, Prefect's id; outside of Prefect an id of its own.

    Args:
        takes_earlier: it prepares, which a real home may do for a day that is over.
        as_of: as `--as-of`, a date (its opening hour) or an instant with its offset.

    Raises:
        InputError: there is no home there, or `as_of` is no date.
    """
    keep_private()
    opened = open_home(home)
    return Run(home, str(flow_run.get_id() or uuid4()), told_day(opened, as_of), actor, takes_earlier)


def known_staff(home: str, staff: str) -> str:
    """The id for the log: only a registered one, since anybody may type anything there."""
    registered = {member.id for member in open_run(Run(home, "")).staff.list()}
    return staff if staff in registered else "unknown"


def refuse_mistyped(run: Run, cycle_id: str, staff: str | None, extract: str | None = None) -> None:
    """Refuses what is no id of this home before Prefect sees it: Prefect keeps parameters, whatever they say (law 9).

    Raises:
        InputError: the calendar has no such cycle, or a secret stands in the extract's address.
        Refused: nobody is registered under this staff id.
    """
    with attempts_logged(run, cycle_id):
        shared_home(run).calendar.cycle(cycle_id)
        if extract is not None:
            read_address(extract)
        if staff is not None and known_staff(run.home, staff) != staff:
            raise Refused("unknown-staff", "there is no such staff id", "--by", "see `termpost staff list`")


def on_one_lake(function: Callable[Concatenate[Run, P], R]) -> Callable[Concatenate[Run, P], R]:
    """The tasks of a run that share this process share one opening of the lake, and the processes that help it."""

    @wraps(function)
    def inner(run: Run, /, *args: P.args, **kwargs: P.kwargs) -> R:
        home = shared_home(run)
        with hold_lake(home.lake), hold_processes(home.written.run.processes):
            return function(run, *args, **kwargs)

    return inner


@contextmanager
def attempts_logged(run: Run, cycle_id: str | None) -> Iterator[None]:
    """A refused attempt leaves its closed reason code in the distribution log, and nothing else."""
    try:
        yield
    except InputError as error:
        _note(run, cycle_id, error.code)
        raise


class Postponed:
    """What a person must fix in one part of a run, kept until the other parts had their turn."""

    def __init__(self) -> None:
        self._error: InputError | None = None

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part whose refusal keeps none of the others from its work."""
        try:
            yield
        except InputError as error:
            self._error = self._error or error

    def say(self) -> None:
        """Raises the first of them."""
        if self._error is not None:
            raise self._error


def _note(run: Run, cycle_id: str | None, reason: str) -> None:
    """Never in the way of the refusal itself: what refused may be what keeps the log from being written."""
    try:
        home = shared_home(run)
        if home.is_as_of and not home.is_rehearsal:
            home = open_run(replace(run, as_of=None))  # in a real home the log goes by the machine's time, always
        cycle = cycle_id if _is_planned(home, cycle_id) else None  # anybody may type anything there
        home.log.append(run.id, [Entry(kind="refused", actor=run.actor, cycle=cycle, reason=reason)])
    except (InputError, RetryableError, OSError) as fault:
        logger = get_run_logger() if flow_run.get_id() else logging.getLogger(__name__)
        logger.error("not in the distribution log: %s, because of %s", reason, type(fault).__name__)  # noqa: TRY400 - a traceback may quote the data


def _is_planned(home: Home, cycle_id: str | None) -> bool:
    try:
        return cycle_id in {cycle.id for cycle in home.calendar.cycles}
    except InputError:
        return False
