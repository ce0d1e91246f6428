"""The tasks of extract."""

from collections import Counter
from collections.abc import Sequence

from prefect.logging import get_run_logger
from termpost.schemas.base.refs import Extract, Run
from termpost.tasks.extract.access import access_of
from termpost.tasks.extract.land import fingerprint, land
from termpost.tasks.extract.landing_retention import empty_landing
from termpost.tasks.extract.last_loaded import last_loaded
from termpost.tasks.extract.oneroster.service import forget_pages
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.registry import format_named
from termpost.tasks.formats.source_file import SourceFile
from termpost.tasks.home.home import shared_home
from termpost.tasks.runtime.as_task import as_task


@as_task("extract")
def pull(run: Run, uri: str) -> Extract:
    """Reads the source through, and only then keeps it in landing, without the columns nobody may keep.

    A delta is kept as the whole that it makes of the extract loaded last.
    """
    home = shared_home(run)
    access, privacy = access_of(home), home.settings.privacy
    found = open_source(uri, access)
    files: Sequence[SourceFile] = found
    weighed = fingerprint(files)
    form = format_named(weighed.form)
    if form.is_delta(files):
        files = form.compose(files, last_loaded(home, weighed))
        weighed = fingerprint(files)
    extract = land(
        home.store, home.tags, files, weighed, privacy.drop_columns, home.clock, privacy.landing_days, found.skipped
    )
    forget_pages(uri, access)
    get_run_logger().info(
        "extract %s: %d files in landing, %d skipped", extract.id[:12], len(files), len(found.skipped)
    )
    return extract


@as_task("empty landing")
def empty(run: Run) -> int:
    """Deletes copied extracts older than `landing_days`, and says so in the log; returns how many."""
    home = shared_home(run)
    times = Counter(entry.object for entry in home.log.entries() if entry.kind == "retained" and entry.object)
    gone = empty_landing(
        home.store, home.clock, home.settings.privacy.landing_days,
        lambda entries: home.log.append(run.id, entries), times,
    )  # fmt: skip
    if gone:
        get_run_logger().info("%d copied extracts were old enough to go", gone)
    return gone
