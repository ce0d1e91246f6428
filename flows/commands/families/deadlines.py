"""`deadlines`: what is due, and what is overdue."""

from typing import Any

import click
from termpost.flows.commands.options import common, say
from termpost.tasks.deadlines.all_deadlines import every_deadline
from termpost.tasks.deadlines.calendar_file import make_deadline_calendar
from termpost.tasks.deadlines.deadline import Deadline
from termpost.tasks.home.home import Home
from termpost.tasks.stage.manifests import refuse_unknown_school

COLUMNS = ("what", "due", "state", "count", "cycle", "school", "shown by")


@click.command()
@click.option("--ics", "as_ics", is_flag=True, help="Events for calendar programs (RFC 5545), on standard output.")
@click.option("--school", metavar="ID", help="One school, and what is of none in particular.")
@common()
@click.pass_context
def deadlines(context: click.Context, as_ics: bool, school: str | None, home: Home, as_json: bool) -> None:
    """What is due and what is overdue, of reports, families, records and this home; exit 1 if anything is overdue.

    What waits for families is listed as waiting and is never overdue. Final reports are due a week after a school's
    grading is complete. docs/deadlines.md has every kind with its rule.

    \b
    Example: termpost deadlines --home school
             termpost deadlines --school 255901001 --ics --home school > deadlines.ics
    """
    if as_ics and as_json:
        raise click.UsageError("--ics or --json: one of them.")
    refuse_unknown_school(home, school)
    found = [one for one in every_deadline(home) if school is None or one.school in (None, school)]
    if as_ics:
        # as bytes: its lines end in CRLF everywhere
        click.echo(make_deadline_calendar(home, found), nl=False)
    else:
        rows = [_row(one) for one in found]
        shown = [(*row.values(),) for row in ({k: v for k, v in one.items() if k != "code"} for one in rows)]
        say(as_json, rows, f"Deadlines on {home.today}", COLUMNS, shown)
    if any(one.state == "overdue" for one in found):
        context.exit(1)


def _row(one: Deadline) -> dict[str, Any]:
    return {
        "what": one.what, "due": one.due.isoformat(), "state": one.state, "count": one.count, "cycle": one.cycle,
        "school": one.school, "command": one.command, "code": one.code,
    }  # fmt: skip


COMMAND = deadlines
