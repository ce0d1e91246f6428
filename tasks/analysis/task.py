"""The tasks of analysis: what flows publish for analysts."""

from termpost.schemas.base.refs import Run
from termpost.tasks.analysis.publish import publish_views
from termpost.tasks.home.home import shared_home
from termpost.tasks.runtime.as_task import as_task


@as_task("publish")
def publish(run: Run) -> str:
    """Leaves the analysts' views in the store, in one step; returns the publication's id."""
    return publish_views(shared_home(run))
