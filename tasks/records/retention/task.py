"""The tasks of keeping records."""

from prefect.logging import get_run_logger
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Run
from termpost.tasks.home.home import shared_home
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.log.verify import verify
from termpost.tasks.records.retention.due import RetentionCounts
from termpost.tasks.records.retention.plan import plan_retention
from termpost.tasks.records.retention.retain import let_routine_go
from termpost.tasks.runtime.as_task import as_task

BROKEN = "log-broken"


@as_task("verify the log")
def verify_the_log(run: Run, full: bool) -> int:
    """Returns how many entries hold.

    Args:
        full: also reads every row, and every object that the log names.

    Raises:
        InputError: `log-broken`, with where and why.
    """
    home = shared_home(run)
    objects = object_is_as_logged(home) if full else None
    found = verify(home.store, home.keys.log_signers, home.anchor, full=full, objects=objects)
    if not found.ok:
        raise InputError(BROKEN, f"the log does not hold: {found.reason}", found.broken_at or "log/",
                         "read docs/log.md, and look with `termpost log verify --full`")  # fmt: skip
    return found.entries


@as_task("let go what needs nobody")
def let_go_by_itself(run: Run) -> tuple[tuple[str, int], ...]:
    """What killed runs left, runs of the server, old copies of the home, and what two people approved before."""
    done = let_routine_go(shared_home(run), run.id)
    get_run_logger().info("%d old records went", done.total)
    return tuple(sorted(done.counts.items()))


@as_task("what is due")
def count_what_is_due(run: Run) -> RetentionCounts:
    """By the policy, in counts: the list itself is for the two people who approve it."""
    plan = plan_retention(shared_home(run))
    return RetentionCounts(tuple(plan.counts()), plan.held, len(plan.locked), plan.undated + len(plan.unknown))
