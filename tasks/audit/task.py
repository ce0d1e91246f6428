"""The room's face for Prefect."""

from schemas.refs import Run
from tasks.as_task import as_task
from tasks.audit.audit import refuse_unsafe
from tasks.home import open_run


@as_task("audit")
def audit(run: Run) -> None:
    """Nothing is written to a store that does not keep what it must."""
    refuse_unsafe(open_run(run), run.id)
