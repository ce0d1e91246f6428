"""`deadlines`: what is due, and what is overdue."""

from collections import Counter
from typing import Any

import click
from termpost.flows.commands.options import common, say
from termpost.schemas.log.published_objects import Visible
from termpost.tasks.distribute.questions import open_questions
from termpost.tasks.distribute.rights_ended import open_rights
from termpost.tasks.feedback.queries import queries
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake

COLUMNS = ("what", "due", "state", "count", "cycle")
OFFICE, FAMILY, ENDED = "question for the office", "query of a family", "page of a right that ended"


@click.command()
@common()
@click.pass_context
def deadlines(context: click.Context, home: Home, as_json: bool) -> None:
    """What is due and what is overdue: questions for the office, and of families. Exit 1 where something is overdue.

    The office has five of its days for a question about who may have a report; `termpost recipients` says which. Where
    the rights of more ended than may be taken back without a person, `termpost withdraw --rights-ended` is due at once.

    \b
    Example: termpost deadlines --home school
    """
    with open_lake(home.lake) as lake:
        asked = open_questions(home, lake)
    counted = Counter((OFFICE, clock.due, clock.state, cycle) for cycle, _, clock in asked)
    for query in queries(home.log.entries(), home.calendar, home.clock.today()):
        if query.state != "answered":
            counted[FAMILY, query.due, "overdue" if query.state == "overdue" else "due", ""] += 1
    rights = open_rights(home, Visible.fold(home.log.entries()).open())
    waiting = {(one.cycle, one.recipient) for one in rights.ended} if rights.needs_a_person else set()
    counted.update((ENDED, home.today, "overdue", cycle) for cycle, _ in waiting)
    rows: list[dict[str, Any]] = [
        {"what": what, "due": due.isoformat(), "state": state, "count": count, "cycle": cycle or None}
        for (what, due, state, cycle), count in sorted(counted.items(), key=lambda one: (one[0][1], one[0]))
    ]
    say(as_json, rows, f"Deadlines on {home.today}", COLUMNS, [tuple(row.values()) for row in rows])
    if any(row["state"] == "overdue" for row in rows):
        context.exit(1)


COMMAND = deadlines
