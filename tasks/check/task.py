"""The face of check."""

from prefect.logging import get_run_logger

from schemas.refs import Checked, CycleId, Extract, Run
from tasks.as_task import as_task
from tasks.check.landing import check_landing
from tasks.check.terms import Terms
from tasks.home import Home, open_run


def terms_of(home: Home, cycle_id: CycleId) -> Terms:
    """What the home's settings, clock and calendar say of this run."""
    return Terms(
        max_percent=home.policy.max_percent,
        today=home.today,
        cutoff=home.calendar.cycle(cycle_id).cutoff,
        rights_source=home.settings.rights.source,
    )


@as_task("check")
def check(run: Run, extract: Extract, cycle_id: CycleId) -> Checked:
    """Holds the extract against the contracts, as of the cycle's cut-off: rows in = accepted + quarantined."""
    home = open_run(run)
    checked = check_landing(home.store, extract, terms_of(home, cycle_id))
    get_run_logger().info(
        "%s: %d rows accepted, %d quarantined", checked.outcome, checked.accepted, checked.quarantined
    )
    return checked
