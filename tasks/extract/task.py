"""The face of extract."""

from prefect.logging import get_run_logger

from schemas.refs import Extract, Run
from tasks.as_task import as_task
from tasks.extract.delta import compose
from tasks.extract.land import land, weigh
from tasks.extract.last_loaded import last_loaded
from tasks.extract.manifest import read_manifest
from tasks.extract.source import open_source
from tasks.home import open_run


@as_task("extract")
def pull(run: Run, uri: str) -> Extract:
    """Reads the source through, and only then keeps it in landing, without the columns nobody may keep.

    A delta is kept as the whole that it makes of the extract loaded last.
    """
    home = open_run(run)
    files = open_source(uri)
    weighed = weigh(files)
    if read_manifest(files).deltas:
        files = compose(files, last_loaded(home, weighed))
        weighed = weigh(files)
    extract = land(home.store, files, weighed, home.settings.privacy.drop_columns)
    get_run_logger().info("extract %s: %d files in landing", extract.id[:12], len(files))
    return extract
