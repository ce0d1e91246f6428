"""`records unhold`: the end of a legal hold."""

import click
from termpost.flows.commands.options import common, say_json
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.records.hold import CAUSES, lift_hold


@click.command()
@click.argument("student", metavar="STUDENT")
@click.option("--cause", type=click.Choice(CAUSES), help="The hold for this cause alone; all of them without it.")
@click.option("--by", "staff_id", metavar="STAFF", required=True, help="Who says so: a registrar or head.")
@click.option("--otp", metavar="CODE", required=True, help="What their authenticator app shows now.")
@common(decides=True)
def unhold(student: str, cause: str | None, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Lifts a legal hold, for one cause or for all.

    \b
    Example: termpost records unhold 604822 --cause litigation --by mlopez --otp 123456 --home school
    """
    ref = reference_of(home, student, "STUDENT")
    with refusals_logged(home, staff_id, "records-unhold"):
        lifted = lift_hold(home, ref, cause, staff_id, otp)
    if as_json:
        say_json({"student": student, "lifted": lifted})
    else:
        click.echo(f"Lifted: {', '.join(lifted)}. What is due by the retention policy goes with the next list.")


COMMAND = unhold
