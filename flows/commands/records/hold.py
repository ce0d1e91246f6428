"""`records hold`: a legal hold."""

import click
from termpost.flows.commands.options import common, say_json
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.records.hold import CAUSES, hold_records


@click.command()
@click.argument("student", metavar="STUDENT")
@click.option("--cause", required=True, type=click.Choice(CAUSES), help="Why nothing may go.")
@click.option("--by", "staff_id", metavar="STAFF", required=True, help="Who says so: a registrar or head.")
@click.option("--otp", metavar="CODE", required=True, help="What their authenticator app shows now.")
@common(decides=True)
def hold(student: str, cause: str, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """A legal hold: nothing of a student's records goes before it is lifted.

    Retention and erasure keep to it. What is about many people, and so perhaps about this one, stays as well.

    \b
    Example: termpost records hold 604822 --cause litigation --by mlopez --otp 123456 --home school
    """
    ref = reference_of(home, student, "STUDENT")
    with refusals_logged(home, staff_id, "records-hold"):
        is_new = hold_records(home, ref, cause, staff_id, otp)
    if as_json:
        say_json({"student": student, "cause": cause, "set": is_new})
    else:
        click.echo("Held: nothing of these records goes before this is lifted." if is_new else "It was held already.")


COMMAND = hold
