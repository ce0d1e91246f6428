"""The face of check."""

from prefect.logging import get_run_logger

from schemas.refs import Checked, Extract, Run
from tasks.as_task import as_task
from tasks.check.landing import check_landing
from tasks.home import open_run


@as_task("check")
def check(run: Run, extract: Extract) -> Checked:
    """Holds the extract against the contracts: rows in = accepted + quarantined."""
    home = open_run(run)
    checked = check_landing(home.store, extract, home.policy.max_percent)
    get_run_logger().info(
        "%s: %d rows accepted, %d quarantined", checked.outcome, checked.accepted, checked.quarantined
    )
    return checked
