"""The tasks of render."""

from prefect.logging import get_run_logger
from termpost.schemas.base.refs import Batch, Rendered, Run
from termpost.tasks.home.home import shared_home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.render.render import render_batch
from termpost.tasks.runtime.as_task import as_task


@as_task("render", "{batch.cycle.school} batch {batch.index}")
def render(run: Run, batch: Batch) -> Rendered:
    """A PDF and a page per report, made once; nothing on them depends on the day of release."""
    home = shared_home(run)
    with open_lake(home.lake) as lake:
        rendered = render_batch(home, lake, batch)
    get_run_logger().info("%d renditions of %d reports", len(rendered.renditions), len(batch.students))
    return rendered
