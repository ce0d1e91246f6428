"""`records transfer`: the packet for the next school."""

from datetime import datetime
from pathlib import Path

import click
from termpost.flows.commands.options import common
from termpost.flows.commands.records.asking import asked_by, noted, person_options, refuse_place, say_given
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.errors import InputError
from termpost.tasks.home.home import Home
from termpost.tasks.records.requests.give import give_transfer
from termpost.tasks.records.requests.receive import MAY, end_request
from termpost.tasks.records.requests.right import NoRightError
from termpost.tasks.runtime.private_files import write_private

RUN = "records-transfer"


@click.command()
@click.argument("student", metavar="STUDENT")
@click.option("--to", "school", metavar="SCHOOL", required=True, help="The next school, by name.")
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="Where to write it, for you alone to read.")  # fmt: skip
@click.option("--key", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="The school's certificate (PEM, RSA), whose key opens the packet. Without it a code.")  # fmt: skip
@click.option("--received", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="The day it was asked for.")
@person_options(needed=True)
@common(decides=True)
def transfer(
    student: str, school: str, out: Path, key: Path | None, received: datetime | None, who: str, staff_id: str,
    otp: str, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """The packet for a student's next school: reports, grades with their scale, attendance.

    Somebody with the right to the records asks for it (--for). It says that it is not the transcript.

    \b
    Example: termpost records transfer 604822 --to "Oak School" --for C778167 --out oak.html --by mlopez --otp 123456
             termpost records transfer 604822 --to Oak --for student --key oak.pem --out oak.p7m --by mlopez --otp 12345
    """
    if not school.strip():
        raise InputError("no-school", "the next school has no name", "--to", "give its name")
    refuse_place(out)
    asked = asked_by(home, "transferred", student, who, received, " ".join(school.split()))
    with refusals_logged(home, staff_id, RUN):
        by = home.staff.prove(staff_id, otp, home.clock.now(), MAY)
        request = noted(home, RUN, asked, by)
        try:
            packet = give_transfer(home, RUN, request, by, key.read_bytes() if key else None)
        except NoRightError as refusal:
            end_request(home, RUN, request, by, "refused", cause=refusal.rule)
            raise
    write_private(out, packet.data)
    say_given(out, packet, as_json=as_json)


COMMAND = transfer
