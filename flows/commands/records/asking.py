"""What the commands for requests share: who asks for whose records, and what is said of a packet."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from termpost.flows.commands.options import say_json
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import StaffId
from termpost.schemas.log.records.requests import RecordsRequest, RequestKind
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.records.requests.give import SealedPacket
from termpost.tasks.records.requests.receive import MAY, AskedRecords, end_request, open_case, receive_request

STUDENT = "student"


def person_options(*, needed: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """--for, --by and --otp."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        who = click.option("--for", "who", metavar="CONTACT|student", required=needed,
                           help="Who asks: a contact's id, or the word student for themselves.")  # fmt: skip
        by = click.option("--by", "staff_id", metavar="STAFF", required=needed,
                          help="Who does it: a registrar, head or of the office.")  # fmt: skip
        otp = click.option("--otp", metavar="CODE", required=needed, help="What their authenticator app shows now.")
        return who(by(otp(function)))

    return decorate


def asked_by(
    home: Home, kind: RequestKind, student: str, who: str, received: datetime | None, words: str = ""
) -> AskedRecords:  # fmt: skip
    """The request as it was typed."""
    ref = reference_of(home, student, "STUDENT")
    person = ref if who == STUDENT else reference_of(home, who, "--for")
    return AskedRecords(kind, ref, person, received.date() if received else home.today, words)


def noted(home: Home, run: str, asked: AskedRecords, by: StaffId) -> RecordsRequest:
    """Each request is noted before anything is decided about it."""
    return receive_request(home, run, asked, by)


def ended(home: Home, run: str, case: str, staff_id: str, otp: str, *, as_json: bool) -> None:
    """Whoever asked wants it no more."""
    request = open_case(home, case)
    with refusals_logged(home, staff_id, run):
        by = home.staff.prove(staff_id, otp, home.clock.now(), MAY)
    end_request(home, run, request, by, "withdrawn")
    if as_json:
        say_json({"case": case, "state": "withdrawn"})
    else:
        click.echo(f"{case}: withdrawn.")


def refuse_place(out: Path | None) -> None:
    """Before a code is spent.

    Raises:
        InputError: `file-exists`: what was handed over is not replaced by something that another code opens;
            `no-folder`.
    """
    if out is not None and out.exists():
        raise InputError("file-exists", "there is a file already", str(out), "name another one")
    if out is not None and not out.parent.is_dir():
        raise InputError("no-folder", "there is no such folder", str(out.parent), "make it, or name another place")


def say_given(out: Path, packet: SealedPacket, *, as_json: bool) -> None:
    """Where it lies, and what opens it."""
    if as_json:
        say_json({"case": packet.case, "file": str(out), "reports": packet.reports, "code": packet.code or None})
        return
    click.echo(f"{out}: the records, with {counted(packet.reports, 'report')}. Nobody but you can read the file.")
    if packet.code:
        click.echo(f"Its code, shown this once: {packet.code}. Hand it over apart from the file, on paper.")
