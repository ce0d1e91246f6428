"""The tasks of the watch."""

from prefect.logging import get_run_logger
from termpost.schemas.base.refs import Run
from termpost.schemas.log.entry import Entry
from termpost.tasks.deadlines.all_deadlines import every_deadline
from termpost.tasks.deadlines.deadline import Deadline, overdue_in
from termpost.tasks.deadlines.ping import ping
from termpost.tasks.deadlines.switch import begin_to_watch, note_run
from termpost.tasks.deadlines.tell import tell_staff
from termpost.tasks.home.home import shared_home
from termpost.tasks.runtime.as_task import as_task


@as_task("is an office day")
def is_office_day(run: Run) -> bool:
    """Whether anybody is there to hear of it."""
    home = shared_home(run)
    return home.calendar.is_office_day(home.today)


@as_task("list deadlines")
def list_deadlines(run: Run) -> tuple[Deadline, ...]:
    """Everything that is due, late or waited for: counts, no person."""
    found = every_deadline(shared_home(run))
    get_run_logger().info("%d deadlines, %d things overdue", len(found), overdue_in(found))
    return found


@as_task("tell staff")
def tell_of_deadlines(run: Run, deadlines: tuple[Deadline, ...]) -> tuple[tuple[str, int], ...]:
    """Administration, and each teacher about their classes; returns how many messages ended how."""
    counts = tell_staff(shared_home(run), run.id, deadlines)
    get_run_logger().info("%d digests sent", counts["sent"])
    return tuple(sorted(counts.items()))


@as_task("note the watch")
def note_watch(run: Run, overdue: int) -> None:
    """In the log, and in the file that any command looks at: the log first, since it is what proves."""
    home = shared_home(run)
    home.log.append(run.id, [Entry(kind="watched", count=overdue)])
    note_run(home)


@as_task("expect the watch")
def expect_watch(run: Run) -> None:
    """A home with a cycle is watched. A rehearsal is only once it is deployed, or was watched: it is tried by hand."""
    home = shared_home(run)
    if not home.is_rehearsal:
        begin_to_watch(home)


@as_task("tell the monitor")
def tell_monitor(run: Run, fails: bool) -> None:
    """An outside one, where `[deadlines] ping_url` names it; its address is said nowhere."""
    url = shared_home(run).settings.deadlines.ping_url
    if url and not ping(url, fails=fails):
        get_run_logger().warning("the outside monitor was not reached ([deadlines] ping_url)")
