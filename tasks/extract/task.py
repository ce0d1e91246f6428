"""The face of extract."""

from collections import Counter

from prefect.logging import get_run_logger

from schemas.refs import Extract, Run
from tasks.as_task import as_task
from tasks.extract.access import access_of
from tasks.extract.delta import compose
from tasks.extract.empty import empty_landing
from tasks.extract.land import land, weigh
from tasks.extract.last_loaded import last_loaded
from tasks.extract.manifest import read_manifest
from tasks.extract.oneroster.service import forget_pages
from tasks.extract.source import open_source
from tasks.home import open_run


@as_task("extract")
def pull(run: Run, uri: str) -> Extract:
    """Reads the source through, and only then keeps it in landing, without the columns nobody may keep.

    A delta is kept as the whole that it makes of the extract loaded last.
    """
    home = open_run(run)
    access, privacy = access_of(home), home.settings.privacy
    files = open_source(uri, access)
    weighed = weigh(files)
    if read_manifest(files).deltas:
        files = compose(files, last_loaded(home, weighed))
        weighed = weigh(files)
    extract = land(home.store, files, weighed, privacy.drop_columns, home.clock, privacy.landing_days)
    forget_pages(uri, access)
    get_run_logger().info("extract %s: %d files in landing", extract.id[:12], len(files))
    return extract


@as_task("empty landing")
def empty(run: Run) -> int:
    """Deletes copied extracts older than `landing_days`, and says so in the log; returns how many."""
    home = open_run(run)
    times = Counter(entry.object for entry in home.log.entries() if entry.kind == "retained" and entry.object)
    gone = empty_landing(
        home.store, home.clock, home.settings.privacy.landing_days,
        lambda entries: home.log.append(run.id, entries), times,
    )  # fmt: skip
    if gone:
        get_run_logger().info("%d copied extracts were old enough to go", gone)
    return gone
