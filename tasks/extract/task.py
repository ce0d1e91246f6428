"""The face of extract."""

from prefect import task
from prefect.logging import get_run_logger

from schemas.refs import Extract, Run
from tasks.extract.land import land, weigh
from tasks.extract.source import open_source
from tasks.guard import RETRIES, RETRY_DELAYS, guarded, may_retry
from tasks.home import open_run


@task(name="extract", retries=RETRIES, retry_delay_seconds=RETRY_DELAYS, retry_condition_fn=may_retry)
@guarded
def pull(run: Run, uri: str) -> Extract:
    """Reads the source through, and only then keeps it in landing, without the columns nobody may keep."""
    home = open_run(run)
    files = open_source(uri)
    weighed = weigh(files)
    extract = land(home.store, files, weighed, home.settings.privacy.drop_columns)
    get_run_logger().info("extract %s: %d files in landing", extract.id[:12], len(files))
    return extract
