"""`records readmit`: an id comes in again whose person was erased."""

import click
from termpost.flows.commands.families.queries.proved import staff_options
from termpost.flows.commands.options import common, say_json
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.tasks.home.home import Home
from termpost.tasks.records.erasing.erase import MAY
from termpost.tasks.records.erasing.erase import readmit as let_in

RUN = "records-readmit"


@click.command()
@click.argument("source_id", metavar="ID")
@staff_options
@common(decides=True)
def readmit(source_id: str, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Lets an id in again whose person was erased, as somebody new.

    Whoever was erased is held at each `prepare` for as long as the source has them. Nothing of before comes back.

    \b
    Example: termpost records readmit 604822 --by mlopez --otp 123456 --home school
    """
    with refusals_logged(home, staff_id, RUN):
        by = home.staff.prove(staff_id, otp, home.clock.now(), MAY)
        let_in(home, RUN, source_id, by)
    if as_json:
        say_json({"id": source_id, "state": "readmitted"})
    else:
        click.echo("From the next `prepare` on this id comes in again, as somebody new.")


COMMAND = readmit
