"""The face of check."""

from prefect import task
from prefect.logging import get_run_logger

from schemas.refs import Checked, Extract, Run
from tasks.check.landing import check_landing
from tasks.guard import RETRIES, RETRY_DELAYS, guarded, may_retry
from tasks.home import open_run


@task(name="check", retries=RETRIES, retry_delay_seconds=RETRY_DELAYS, retry_condition_fn=may_retry)
@guarded
def check(run: Run, extract: Extract) -> Checked:
    """Holds the extract against the contracts: rows in = accepted + quarantined."""
    home = open_run(run)
    checked = check_landing(home.store, extract, home.policy.max_percent)
    get_run_logger().info("%s: %d rows accepted, %d quarantined", checked.outcome, checked.accepted, checked.quarantined)
    return checked
