"""`records holds`: whose records are held."""

from dataclasses import asdict

import click
from termpost.flows.commands.options import common, say
from termpost.tasks.home.home import Home
from termpost.tasks.records.hold import standing_holds


@click.command()
@common()
def holds(home: Home, as_json: bool) -> None:
    """Whose records are held, why, since when and by whom.

    Students are named by their reference, which `termpost log export` has too.

    \b
    Example: termpost records holds --home school
    """
    found = standing_holds(home)
    columns = ("student", "cause", "since", "by")
    say(as_json, [asdict(one) for one in found], "", columns, [tuple(asdict(one).values()) for one in found])


COMMAND = holds
