"""The tasks of extract."""

from collections import Counter

from prefect.logging import get_run_logger
from termpost.schemas.base.refs import Extract, Run
from termpost.schemas.log.records.holds import HOLD_KINDS, RecordsHolds
from termpost.tasks.extract.access import access_of
from termpost.tasks.extract.landing_retention import empty_landing
from termpost.tasks.extract.read_through import keep, read_through
from termpost.tasks.home.home import shared_home
from termpost.tasks.runtime.as_task import as_task


@as_task("extract")
def pull(run: Run, uri: str) -> Extract:
    """Reads the source through, and only then keeps it in landing, without the columns nobody may keep.

    A delta is kept as the whole that it makes of the extract loaded last.
    """
    home = shared_home(run)
    access = access_of(home)
    read = read_through(home, uri, access)
    extract = keep(home, uri, access, read)
    get_run_logger().info(
        "extract %s: %d files in landing, %d skipped", extract.id[:12], len(read.files), len(read.files.skipped)
    )
    return extract


@as_task("empty landing")
def empty(run: Run) -> int:
    """Deletes copied extracts that are older than the policy lets them be, unless somebody's records are held, and says
    so in the log; returns how many."""
    home = shared_home(run)
    entries = list(home.log.entries("retained", *HOLD_KINDS))
    if RecordsHolds.fold(entries).causes:  # a copy is about many, and may be about them
        get_run_logger().info("copied extracts stay while somebody's records are held")
        return 0
    times = Counter(entry.object for entry in entries if entry.kind == "retained" and entry.object)
    gone = empty_landing(
        home.store, home.clock, home.retention.landing_days,
        lambda entries: home.log.append(run.id, entries), times,
    )  # fmt: skip
    if gone:
        get_run_logger().info("%d copied extracts were old enough to go", gone)
    return gone
