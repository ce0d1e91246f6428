"""`stop`: halts the deliveries of a cycle."""

import click
from termpost.flows.commands.options import common, say_json
from termpost.schemas.log.entry import Entry
from termpost.tasks.home.home import Home
from termpost.tasks.home.staff_changes import OPERATOR


@click.command()
@click.option("--cycle", "cycle_id", metavar="ID", required=True, help="A cycle of calendar.toml.")
@common(decides=True)
def stop(cycle_id: str, home: Home, as_json: bool) -> None:
    """Halts the deliveries of a cycle that is being released; `release` resumes them.

    What is on its way is finished first: a batch of parcels, or a group of messages.

    \b
    Example: termpost stop --cycle 2021-fall-final --home school
    """
    home.calendar.cycle(cycle_id)
    home.log.append("stop", [Entry(kind="stopped", actor=OPERATOR, cycle=cycle_id)])
    if as_json:
        say_json({"cycle": cycle_id, "stopped": True})
    else:
        click.echo(f"Stopped. To go on: termpost release --cycle {cycle_id} --by STAFF --otp CODE")


COMMAND = stop
