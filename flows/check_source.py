"""Section 4.1 of the procedure, ahead of time: what would be held, asked and missing if the cut-off were today."""

from prefect import flow
from termpost.flows.artifacts import counts_shown_last, show_ahead
from termpost.flows.deployments.dates import days_before_cutoff
from termpost.flows.flow_context import attempts_logged, begin
from termpost.flows.runs import planned_cycle, run_name, say_what_to_do
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.base.refs import CycleId, Run
from termpost.tasks.preflight.ahead import CycleAhead
from termpost.tasks.preflight.office_mail import written
from termpost.tasks.preflight.task import ahead_of_cutoff, tell_office
from termpost.tasks.runtime.guard import guarded


@flow(name="check-source", flow_run_name=run_name, on_failure=[say_what_to_do])
def check_source(cycle_id: str = "", extract: str = "", home: str = ".", as_of: str | None = None) -> CycleAhead:
    """Checks the live source ahead of a cut-off, shows the counts and mails them to the office. Nothing is loaded.

    Args:
        cycle_id: a cycle of calendar.toml; empty: that whose cut-off is near, where a schedule starts it.
        extract: as of prepare-reports; never with a secret.
        home: folder with termpost.toml.
        as_of: today for every rule, a date or an instant with its offset; the machine's clock where empty.
    """
    run = begin(home, as_of, takes_earlier=True)
    with attempts_logged(run, cycle_id):
        return _check_source(run, planned_cycle(run, cycle_id, days_before_cutoff), extract)


@guarded
def _check_source(run: Run, cycle_id: CycleId, uri: str) -> CycleAhead:
    try:
        ahead = ahead_of_cutoff(run, uri, cycle_id)
    except (InputError, RetryableError) as error:
        tell_office(run, f"Cycle {cycle_id}: the source could not be checked", f"{error}\n")
        raise
    before = counts_shown_last(run, cycle_id)
    show_ahead(run, ahead, before)
    tell_office(run, *written(ahead, before))
    if ahead.outcome == "rejected":
        what = f"the extract would be rejected, for {counted(len(ahead.fatal), 'kind')} of faults"
        raise InputError("extract-rejected", what, "extract", "`termpost check` names each with its row")
    return ahead
