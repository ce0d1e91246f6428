"""The tasks of preflight."""

from termpost.schemas.base.refs import Run
from termpost.tasks.home.home import shared_home
from termpost.tasks.preflight.audit import refuse_unsafe
from termpost.tasks.runtime.as_task import as_task


@as_task("audit")
def audit(run: Run) -> None:
    """Nothing is written to a store that does not keep what it must."""
    refuse_unsafe(shared_home(run), run.id)
