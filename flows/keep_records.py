"""Section 5 of the procedure: the log holds, what is passing passes, and what is due waits for two people."""

from prefect import flow
from termpost.flows.artifacts import show_broken_log, show_retention
from termpost.flows.flow_context import Postponed, attempts_logged, begin
from termpost.flows.runs import run_name, say_what_to_do
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Run
from termpost.tasks.extract.task import empty
from termpost.tasks.home.home import shared_home
from termpost.tasks.records.retention.task import BROKEN, count_what_is_due, let_go_by_itself, verify_the_log


@flow(name="keep-records", flow_run_name=run_name, on_failure=[say_what_to_do])
def keep_records(full: bool | None = None, home: str = ".", as_of: str | None = None) -> tuple[tuple[str, int], ...]:
    """Verifies the log, empties landing and temporary places by retention.toml, and finishes what was approved. No
    report, page or row of the history goes by itself.

    Args:
        full: also reads every object that the log names, and counts what is due; empty: on the first of a month.
        home: folder with termpost.toml.
        as_of: today for every rule, a date or an instant with its offset; the machine's clock where empty. In a
            rehearsal only.
    """
    run = begin(home, as_of)
    with attempts_logged(run, None):
        shared_home(run).refuse_another_day()
        shared_home(run).retention.refuse_gaps()
        return _keep(run, shared_home(run).today.day == 1 if full is None else full)


def _keep(run: Run, full: bool) -> tuple[tuple[str, int], ...]:
    try:
        verify_the_log(run, full)  # first: nothing is let go on the word of a log that does not hold
    except InputError as error:
        if error.code == BROKEN:
            show_broken_log(error)
        raise
    postponed = Postponed()
    gone: tuple[tuple[str, int], ...] = ()
    with postponed.part():
        landing = empty(run)
        gone = (*let_go_by_itself(run), *([("landing", landing)] if landing else []))
    if full:
        show_retention(run, count_what_is_due(run), gone)
    postponed.say()
    return gone
