"""`backfill`: a term before termpost, for the history."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from termpost.flows.commands.options import common, extract_option, say_json, say_table
from termpost.schemas.base.counted import counted
from termpost.schemas.base.refs import SessionId
from termpost.tasks.home.home import Home

if TYPE_CHECKING:
    from termpost.flows.backfill_history import Backfilled
    from termpost.tasks.analysis.past_term import PastTerm, TermKind


@click.command()
@click.option("--session", metavar="ID", required=True, help="An academic session of the extract.")
@extract_option
@click.option(
    "--kind", type=click.Choice(["midterm", "end_of_term", "final"]), default="final", show_default=True,
    help="What the grades are to be compared with.",
)  # fmt: skip
@click.option(
    "--cutoff", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]),
    help="The last day whose marks count; without it the last of the session.",
)  # fmt: skip
@click.option(
    "--policy", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The grading policy of that time; without it the home's grading.toml.",
)  # fmt: skip
@common(decides=True)
def backfill(
    session: str, extract: str, kind: "TermKind", cutoff: datetime | None, policy: Path | None, home: Home,
    as_json: bool,
) -> None:  # fmt: skip
    """Reads a past term into the history, known from now on; no report is made of it, and nobody's rights change.

    \b
    Example: termpost backfill --session 2020-fall --extract fall-2020.zip --home school
    """
    from termpost.flows.backfill_history import backfill_history  # noqa: PLC0415 - `--help` need not wait for it
    from termpost.schemas.settings.grading import load_grading  # noqa: PLC0415 - nor for this
    from termpost.tasks.analysis.past_term import PastTerm  # noqa: PLC0415 - nor for this

    term = PastTerm(SessionId(session), kind, cutoff.date() if cutoff else None)
    done = backfill_history(home, term, extract, load_grading(policy, home.environ) if policy else None)
    if as_json:
        say_json({
            "cycle": term.cycle_id, "extract_id": done.extract_id, "known_at": done.known_at.isoformat(),
            "schools": [
                {"school": one.cycle.school, "sessions": [one.cycle.session, *one.cycle.more_sessions],
                 "cutoff": one.cycle.cutoff.isoformat(), "students": one.students}
                for one in done.schools
            ],
            "new": done.new, "in_doubt": done.in_doubt, "reused_ids": done.reused_ids,
        })  # fmt: skip
    else:
        _show(term, done)


def _show(term: "PastTerm", done: "Backfilled") -> None:
    rows = [(one.cycle.school, one.cycle.session, one.cycle.cutoff, one.students) for one in done.schools]
    say_table(f"In the history as {term.cycle_id}", ("school", "session", "cut-off", "students"), rows)
    if done.in_doubt:
        click.echo(
            f"Of {counted(done.in_doubt, 'student')} rows are in quarantine: no "
            "report is compared with what they touch."
        )
    if done.reused_ids:
        click.echo(
            f"Ids of {counted(done.reused_ids, 'student')} were somebody else's then: those marks are not theirs."
        )
    if not done.new:
        click.echo("Nothing is new: all of this was there already.")


COMMAND = backfill
