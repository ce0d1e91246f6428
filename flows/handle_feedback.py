"""Section 4.4 of the procedure: queries are answered within five working days; and a right that ends takes its page."""

from prefect import flow
from termpost.flows.artifacts import show_queries, show_rights
from termpost.flows.flow_context import attempts_logged, begin
from termpost.tasks.distribute.task import end_rights
from termpost.tasks.feedback.task import refresh_doors, set_the_clock
from termpost.tasks.home.home import shared_home


@flow(name="handle-feedback", flow_run_name="queries")
def handle_feedback(home: str = ".", as_of: str | None = None) -> tuple[tuple[str, int], ...]:
    """Takes back what lies open for those whose right ended, looks at the clock of every query, and shows both.

    Args:
        home: folder with termpost.toml.
        as_of: today for every rule, a date or an instant with its offset; the machine's clock where empty. In a
            rehearsal only.
    """
    run = begin(home, as_of)
    with attempts_logged(run, None):
        shared_home(run).refuse_another_day()
        show_rights(end_rights(run))
        refresh_doors(run)
    counts = set_the_clock(run)
    show_queries(counts)
    return counts
