"""The tasks of feedback."""

from collections import Counter
from dataclasses import replace

from prefect.logging import get_run_logger
from termpost.schemas.base.refs import Run
from termpost.tasks.channels.email.mailbox.collect import collect_mailbox
from termpost.tasks.feedback.acknowledging.unacknowledged import ask_to_acknowledge
from termpost.tasks.feedback.answering.assign import assign_queries
from termpost.tasks.feedback.collect.inbox import collect_messages
from termpost.tasks.feedback.collect.mailbox import dated
from termpost.tasks.feedback.collect.opening import PortalOpener, opener_of
from termpost.tasks.feedback.door.refresh import refresh_doors as make_doors
from termpost.tasks.feedback.entitled import ask_rights
from termpost.tasks.feedback.meetings.take_bookings import take_bookings
from termpost.tasks.feedback.queries import STANDINGS, standing_of, threads_of
from termpost.tasks.feedback.reminders import close_answered, remind
from termpost.tasks.feedback.telling.tell import tell_everybody
from termpost.tasks.home.home import shared_home
from termpost.tasks.runtime.as_task import as_task


@as_task("collect")
def collect_what_came(run: Run) -> tuple[tuple[str, int], ...]:
    """Takes in what families posted; returns how many messages became what."""
    home = shared_home(run)
    found = collect_messages(home, run.id, opener_of(home))
    get_run_logger().info("%d messages, %d not taken", found.counts.total(), found.counts["dropped"])
    return tuple(sorted(found.counts.items()))


@as_task("take bookings")
def book_what_was_taken(run: Run) -> tuple[tuple[str, int], ...]:
    """Books the times that families took; returns how many ended how."""
    home = shared_home(run)
    outcomes = take_bookings(home, run.id, PortalOpener(home))
    get_run_logger().info("%d times were taken", sum(number for _, number in outcomes))
    return outcomes


@as_task("read the mailbox")
def read_the_mailbox(run: Run) -> tuple[tuple[str, int], ...]:
    """Takes in what known people wrote; returns how many mails became what. A mailbox that is away is tried again."""
    home = shared_home(run)
    news = collect_mailbox(home, run.id, dated(home))
    get_run_logger().info("%d mails taken, %d left for the office", len(news.taken), len(news.left))
    if news.away:
        get_run_logger().warning("the mailbox could not be read to its end, and is tried again")
    return (("taken", len(news.taken)), *news.counts().items())


@as_task("tell")
def tell(run: Run) -> tuple[tuple[str, int], ...]:
    """Tells families and staff that something waits; returns how many messages ended how."""
    counts = tell_everybody(shared_home(run), run.id)
    get_run_logger().info("%d short notices sent", counts["sent"])
    return tuple(sorted(counts.items()))


@as_task("ask the right")
def ask_who_may(run: Run) -> int:
    """Marks what came from somebody without the right; returns how many are new."""
    without = ask_rights(shared_home(run), run.id)
    get_run_logger().info("%d queries without the right", without)
    return without


@as_task("find who answers")
def find_who_answers(run: Run) -> int:
    """Gives each query to whoever answers it; returns how many were given to somebody."""
    given = assign_queries(shared_home(run), run.id)
    get_run_logger().info("%d queries have somebody who answers them", given)
    return given


@as_task("remind")
def remind_of_clocks(run: Run) -> tuple[tuple[str, int], ...]:
    """Notes what each clock says, in office hours; returns how many reminders of each kind are new."""
    home = shared_home(run)
    counts = Counter(entry.reason or "" for entry in (*remind(home, run.id), *ask_to_acknowledge(home, run.id)))
    get_run_logger().info("%d reminders", counts.total())
    return tuple(sorted(counts.items()))


@as_task("close")
def close_what_is_answered(run: Run) -> int:
    """Closes what was answered long ago; returns how many."""
    return close_answered(shared_home(run), run.id)


@as_task("set the clock")
def set_the_clock(run: Run) -> tuple[tuple[str, int], ...]:
    """How many queries there are in each state on the run's day."""
    home = shared_home(run)
    found = Counter(standing_of(home.clocks, thread, home.today) for thread in threads_of(home).values())
    get_run_logger().info("%d queries open, %d overdue", found["open"], found["overdue"])
    return tuple((state, found[state]) for state in STANDINGS)


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
