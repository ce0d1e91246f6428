"""The tasks of feedback."""

from collections import Counter
from dataclasses import replace

from prefect.logging import get_run_logger
from termpost.schemas.base.refs import Run
from termpost.tasks.feedback.door.refresh import refresh_doors as make_doors
from termpost.tasks.feedback.queries import queries
from termpost.tasks.home.home import shared_home
from termpost.tasks.runtime.as_task import as_task


@as_task("set the clock")
def set_the_clock(run: Run) -> tuple[tuple[str, int], ...]:
    """How many queries are open, overdue and answered on the run's day."""
    home = shared_home(run)
    found = Counter(query.state for query in queries(home.log.entries(), home.calendar, home.clock.today()))
    get_run_logger().info("%d queries open, %d overdue", found["open"], found["overdue"])
    return tuple((state, found[state]) for state in ("open", "overdue", "answered"))


@as_task("doors")
def refresh_doors(run: Run) -> int:
    """Households' doors say what is live today; returns how many changed."""
    home = shared_home(run)
    if home.is_as_of and not home.is_rehearsal:  # who has a right is a question of today
        home = shared_home(replace(run, as_of=None))
    changed = make_doors(home, run.id)
    if changed:
        get_run_logger().info("%d doors say what is new", changed)
    return changed
