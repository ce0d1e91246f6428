"""`records`: what is kept of people, and what becomes of it."""

import click
from termpost.flows.commands.listed import ListedGroup

# each is a module of this package, as in termpost.flows.cli
LISTED = [
    ("records.retain", "What the retention policy lets go: a list, and with it and two people's codes, the deletion."),
    ("records.hold", "A legal hold: nothing of a student's records goes before it is lifted."),
    ("records.unhold", "Lifts a legal hold, for one cause or for all."),
    ("records.holds", "Whose records are held, why, since when and by whom."),
]


@click.group(cls=ListedGroup, listed=LISTED)
def records() -> None:
    """What is kept of people, how long, and what is let go.

    \b
    Example: termpost records retain --home school
    """


COMMAND = records
