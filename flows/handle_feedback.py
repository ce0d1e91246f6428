"""Section 4.4 of the procedure: what comes back is answered in five working days; a right that ends takes its page."""

from prefect import flow
from termpost.flows.artifacts import show_queries, show_rights
from termpost.flows.flow_context import Postponed, attempts_logged, begin, on_one_lake
from termpost.flows.runs import run_name, say_what_to_do
from termpost.schemas.base.refs import Run
from termpost.tasks.distribute.task import end_rights
from termpost.tasks.feedback.task import (
    ask_who_may,
    book_what_was_taken,
    close_what_is_answered,
    collect_what_came,
    find_who_answers,
    read_the_mailbox,
    refresh_doors,
    remind_of_clocks,
    set_the_clock,
    tell,
)
from termpost.tasks.home.home import shared_home


@flow(name="handle-feedback", flow_run_name=run_name, on_failure=[say_what_to_do])
def handle_feedback(home: str = ".", as_of: str | None = None) -> tuple[tuple[str, int], ...]:
    """Takes back what lies open for those whose right ended, then sees to every query: who answers it, what its clock
    says, and whether it is done. Shows counts alone.

    Args:
        home: folder with termpost.toml.
        as_of: today for every rule, a date or an instant with its offset; the machine's clock where empty. In a
            rehearsal only.
    """
    run = begin(home, as_of)
    with attempts_logged(run, None):
        shared_home(run).refuse_another_day()
        _see_to_everything(run)
    counts = set_the_clock(run)
    show_queries(run, counts)
    return counts


@on_one_lake
def _see_to_everything(run: Run) -> None:
    postponed = Postponed()
    show_rights(run, end_rights(run))
    collect_what_came(run)
    book_what_was_taken(run)
    with postponed.part():  # a wrong password there leaves no door open to whom it should not be
        read_the_mailbox(run)
    ask_who_may(run)
    find_who_answers(run)
    remind_of_clocks(run)
    close_what_is_answered(run)
    refresh_doors(run)  # before anybody is told that something waits there
    with postponed.part():
        tell(run)
    postponed.say()
