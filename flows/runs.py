"""What a run is in Prefect: its name, whether a deployment started it, and its turn among the others of its cycle."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from prefect import State, Task
from prefect.artifacts import create_markdown_artifact
from prefect.logging import get_run_logger
from prefect.runtime import deployment
from prefect.runtime import flow_run as this_run
from termpost.flows.artifact_keys import key_of
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.base.refs import CycleId, PersonRef, Run
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.days.cycles import CycleDates
from termpost.schemas.settings.settings import FILE
from termpost.tasks.home.cycle_locks import cycle_lock
from termpost.tasks.home.home import open_home, shared_home
from termpost.tasks.home.references import reference_of
from termpost.tasks.runtime.guard import InternalError

P = ParamSpec("P")
R = TypeVar("R")
NOT_THERE = "no-extract"
PAUSE = 300.0  # seconds between two looks at a source


def run_name() -> str:
    """Institution, cycle, what, and which try: `Grand Bend, 2021-fall-final: release-reports, try 2`."""
    parameters: dict[str, Any] = this_run.get_parameters()
    try:
        institution = open_home(str(parameters.get("home", "."))).settings.institution
        whose = institution.short_name or institution.name
    except InputError:  # the run itself will say so
        whose = "no home"
    cycle = str(parameters.get("cycle_id", ""))
    about = f"{whose}, {cycle}" if cycle else whose
    return f"{about}: {this_run.get_flow_name() or 'run'}, try {max(this_run.get_run_count() or 0, 1)}"


def planned_cycle(run: Run, cycle_id: str, days: Callable[[Calendar, CycleDates], tuple[date, date]]) -> CycleId:
    """The cycle that was named, or the one that the calendar plans for today.

    A schedule names its cycle, until somebody pauses it in the UI: Prefect 3.8 then forgets its parameters.

    Args:
        days: first and last day on which the calendar plans such a run of a cycle.

    Raises:
        InputError: `no-cycle`, where none was named and the calendar plans none today, or several.
    """
    if cycle_id:
        return CycleId(cycle_id)
    home = shared_home(run)
    between = ((cycle.id, days(home.calendar, cycle)) for cycle in home.calendar.cycles)
    planned = [name for name, (first, last) in between if first <= home.today <= last]
    if len(planned) != 1:
        raise InputError("no-cycle", "no cycle was named, and calendar.toml plans " +
                         ("several for today" if planned else "none for today"), "cycle_id",
                         "name a cycle of calendar.toml")  # fmt: skip
    return CycleId(planned[0])


def is_deployed() -> bool:
    """Whether the server started this run, which then keeps what somebody typed into its form."""
    return bool(deployment.get_id())


@contextmanager
def turn_of(run: Run, cycle_id: str) -> Iterator[None]:
    """Holds the cycle. A command is refused where another run has it; what a server started waits for its turn.

    Raises:
        InputError: `cycle-busy`, or the calendar does not know the cycle.
    """
    home = shared_home(run)
    with cycle_lock(home, cycle_id, waits=_say_that_it_waits if is_deployed() else None):
        yield


def once_it_is_there(pull: Task[P, R], run: Run) -> Task[P, R]:
    """The task that reads the source. In a run that a server started it waits for an extract that is not there yet, or
    a source that is away, for as long as `[run] wait_minutes` says; on the command line somebody sits before it."""
    if not is_deployed():
        return pull
    tries = shared_home(run).settings.run.wait_minutes * 60 // int(PAUSE)
    return pull.with_options(retries=tries, retry_delay_seconds=[PAUSE], retry_condition_fn=may_come)


def may_come(_task: object, _run: object, state: State[Any]) -> bool:
    """Whether it may be there the next time; what is wrong with an extract stays wrong."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, RetryableError) or (isinstance(error, InputError) and error.code == NOT_THERE)


def _say_that_it_waits() -> None:
    get_run_logger().info("another run is at work on this cycle: this one waits for its turn")


def references(run: Run, students: Iterable[str] | None) -> tuple[PersonRef, ...]:
    """Of students that a form named by the school's ids, or by reference; in their order.

    Raises:
        InputError: nobody has that id.
    """
    home = shared_home(run)
    return tuple(reference_of(home, student, "the form") for student in students or ())


def say_what_to_do(flow: Any, flow_run: Any, state: Any) -> None:  # noqa: ARG001 - Prefect calls it so
    """When a run failed: one sentence that says what, where, and what to do, as an artifact; and by mail to the office
    where a server started it, since nobody sits before it."""
    from termpost.tasks.preflight.office_mail import mail_office  # noqa: PLC0415 - the whole check comes with it

    error = state.result(raise_on_failure=False)
    ours = isinstance(error, InputError | RetryableError | InternalError)  # no other message may be shown (law 9)
    said = str(error) if ours else "a fault of termpost or Prefect: the run's log has its place"
    home = flow_run.parameters.get("home")
    key = key_of(Run(str(home), ""), "what-to-do") if home and (Path(home) / FILE).is_file() else "what-to-do"
    create_markdown_artifact(key=key, description="Why the run failed, and what to do.", markdown=f"{said}\n")
    if not flow_run.deployment_id or not home:
        return
    try:
        mail_office(open_home(str(home)), f"{flow_run.name} failed", f"{said}\n")
    except (InputError, RetryableError, OSError) as fault:
        get_run_logger().warning("the office was not told by mail: %s", type(fault).__name__)
