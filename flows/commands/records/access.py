"""`records access`: a request to see records, noted when it comes and answered in time."""

from datetime import datetime
from pathlib import Path

import click
from termpost.flows.commands.options import common, say, say_json
from termpost.flows.commands.records.asking import asked_by, noted, person_options, refuse_place, say_given
from termpost.flows.commands.records.asking import ended as end_case
from termpost.flows.commands.source_ids import source_ids
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.log.records.requests import RecordsRequest
from termpost.tasks.home.home import Home
from termpost.tasks.records.requests.answer import make_answer
from termpost.tasks.records.requests.give import give_access
from termpost.tasks.records.requests.receive import MAY, end_request, requests_of, tell_other_parent
from termpost.tasks.records.requests.right import NoRightError
from termpost.tasks.runtime.private_files import write_private

RUN = "records-access"


@click.command()
@click.argument("student", metavar="[STUDENT]", required=False)
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Gives the records: one locked page. A refusal is written beside it.")  # fmt: skip
@click.option("--received", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]),
              help="The day on which it was asked for; without --out it is noted and its clock begins.")  # fmt: skip
@click.option("--told", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]),
              help="The day on which the other parent was told, where the law asks for it.")  # fmt: skip
@click.option("--withdraw", metavar="CASE", help="Whoever asked wants it no more.")
@person_options(needed=False)
@common(decides=True)
def access(
    student: str | None, out: Path | None, received: datetime | None, told: datetime | None,
    withdraw: str | None, who: str | None, staff_id: str | None, otp: str | None, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Gives somebody the records about a student that they may see, as one locked page.

    Without STUDENT it lists the requests.

    The code that opens the page is shown once: hand it over apart from the file.

    \b
    Example: termpost records access 604822 --for C778167 --received 2021-12-01 --by mlopez --otp 123456 --home school
             termpost records access 604822 --for C778167 --out packet.html --by mlopez --otp 123456 --home school
             termpost records access --home school
    """
    if student is None and withdraw is None:
        if out or received or told or who or staff_id or otp:
            raise click.UsageError("Missing argument 'STUDENT': whose records are asked for.")
        _say_list(home, as_json=as_json)
        return
    if staff_id is None or otp is None:
        raise click.UsageError("--by STAFF and --otp CODE say who does it.")
    if withdraw is not None:
        end_case(home, RUN, withdraw, staff_id, otp, as_json=as_json)
        return
    if who is None or (out is None and received is None and told is None):
        raise click.UsageError("Give --for, and --received DATE to note the request or --out FILE to give the records.")
    refuse_place(out)
    asked = asked_by(home, "access_request", student or "", who, received)
    with refusals_logged(home, staff_id, RUN):
        by = home.staff.prove(staff_id, otp, home.clock.now(), MAY)
        request = noted(home, RUN, asked, by)
        if told is not None:
            request = tell_other_parent(home, RUN, request, told.date(), by)
        if out is None:
            _say_noted(request, as_json=as_json)
            return
        try:
            packet = give_access(home, RUN, request, by)
        except NoRightError as refusal:
            answer = out.with_suffix(".answer.pdf")
            write_private(answer, make_answer(home, request, refusal))
            end_request(home, RUN, request, by, "refused", cause=refusal.rule)
            refusal.remedy = f"hand over the answer in {answer}; `termpost rights decide` keeps what a paper shows"
            raise
    write_private(out, packet.data)
    say_given(out, packet, as_json=as_json)


def _say_noted(request: RecordsRequest, *, as_json: bool) -> None:
    if as_json:
        say_json({"case": request.case, "received": request.received, "due": request.due, "state": request.state})
    else:
        click.echo(f"{request.case}: asked for on {request.received}, due by {request.due}.")


def _say_list(home: Home, *, as_json: bool) -> None:
    found = list(requests_of(home).by_case.values())
    students = source_ids(home, {one.student for one in found}, StudentIdentity)
    contacts = source_ids(home, {one.recipient for one in found}, ContactIdentity)
    value = [
        {
            "case": one.case, "kind": "access" if one.kind == "access_request" else "transfer",
            "student": students.get(one.student, one.student),
            "for": "student" if one.student == one.recipient else contacts.get(one.recipient, one.recipient),
            "received": one.received, "due": one.due, "state": one.state,
        }
        for one in found
    ]  # fmt: skip
    columns = ("case", "kind", "student", "for", "received", "due", "state")
    say(as_json, value, "Requests", columns, [[row[name] for name in columns] for row in value])


COMMAND = access
