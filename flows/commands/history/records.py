"""`records`: what the school keeps about somebody, shown to whoever may see it, handed on, kept and let go."""

import click
from termpost.flows.commands.listed import ListedGroup

# each is a module in flows/commands/records/, imported only when it is asked for
LISTED = [
    ("records.access", "Gives somebody the records about a student that they may see, as one locked page."),
    ("records.transfer", "The packet for a student's next school: reports, grades with their scale, attendance."),
    ("records.erase", "Erases a person: without --by it says what would go, and what stands against it."),
    ("records.readmit", "Lets an id in again whose person was erased, as somebody new."),
    ("records.retain", "What the retention policy lets go: a list, and with it and two people's codes, the deletion."),
    ("records.hold", "A legal hold: nothing of a student's records goes before it is lifted."),
    ("records.unhold", "Lifts a legal hold, for one cause or for all."),
    ("records.holds", "Whose records are held, why, since when and by whom."),
]


@click.group(cls=ListedGroup, listed=LISTED)
def records() -> None:
    """Records about people: seen, handed on, kept and let go, each by a registered person."""


COMMAND = records
