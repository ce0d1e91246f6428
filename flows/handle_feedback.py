"""Section 4.4 of the procedure: queries are answered within five working days."""

from prefect import flow
from termpost.flows.artifacts import show_queries
from termpost.flows.flow_context import begin
from termpost.tasks.feedback.task import set_the_clock


@flow(name="handle-feedback", flow_run_name="queries")
def handle_feedback(home: str = ".", as_of: str | None = None) -> tuple[tuple[str, int], ...]:
    """Looks at the clock of every query and shows what is open and overdue.

    Args:
        home: folder with termpost.toml.
        as_of: today for every rule, a date or an instant with its offset; the machine's clock where empty.
    """
    counts = set_the_clock(begin(home, as_of))
    show_queries(counts)
    return counts
