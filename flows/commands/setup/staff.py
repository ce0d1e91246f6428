"""`staff`: the people who may approve, answer and erase."""

from collections.abc import Callable
from typing import Any

import click
from termpost.flows.commands.options import OrderedGroup, common, say, say_json
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.tasks.home.home import Home
from termpost.tasks.home.staff_changes import add_staff, confirm_staff, remove_staff, waits
from termpost.tasks.secrets.staff import ROLES, qr


def _proof(needed: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """--by and --otp; the first two people of a home have nobody who could give them."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        by = click.option("--by", metavar="STAFF", required=needed, help="Who says so: a registrar or head.")
        code = click.option("--otp", metavar="CODE", required=needed, help="What their authenticator app shows now.")
        return by(code(function))

    return decorate


@click.group(cls=OrderedGroup)
def staff() -> None:
    """Who may approve, answer, erase.

    \b
    Example: termpost staff list --home school
    """


@staff.command("add")
@click.argument("staff_id", metavar="ID")
@click.option("--name", required=True, help="The person's name, kept in this home only.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What they may do.")
@click.option("--school", "schools", metavar="ID", multiple=True,
              help="They approve the reports of this school only; may be repeated.")  # fmt: skip
@click.option("--teacher-id", metavar="ID", help="A teacher's id in users.csv: they sign off the classes they teach.")
@_proof(needed=False)
@common(decides=True)
def add(
    staff_id: str, name: str, role: str, schools: tuple[str, ...], teacher_id: str | None, by: str | None,
    otp: str | None, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Registers a person and shows the QR code for their authenticator app, once.

    After the first two people it takes the code of a registrar or head. Where two must approve, who comes later is one
    of them only after some days ([release] staff_wait_days), or when two say so.

    \b
    Example: termpost staff add jkim --name "Jae Kim" --role head --by mlopez --otp 123456
    """
    with refusals_logged(home, by or "", "staff-add"):
        uri = add_staff(home, staff_id, name, role, schools, teacher_id, by=by, otp=otp)
    if as_json:
        say_json({"staff": staff_id, "otpauth": uri})
    else:
        click.echo(qr(uri))
        click.echo(f"{uri}\n\nScan it with an authenticator app now: it is not shown again.")


@staff.command("list")
@common()
def list_staff(home: Home, as_json: bool) -> None:
    """Everyone who is or was registered.

    \b
    Example: termpost staff list
    """
    members = home.staff.list()
    value = [
        {"staff": m.id, "name": m.name, "role": m.role, "removed": m.removed, "schools": list(m.schools),
         "teacher_id": m.teacher_id, "waits": not m.removed and waits(home, m.id)}
        for m in members
    ]  # fmt: skip
    rows = [
        (*list(v.values())[:4], ", ".join(m.schools) or None, m.teacher_id, v["waits"])
        for v, m in zip(value, members, strict=True)
    ]
    say(as_json, value, "", ("staff", "name", "role", "removed", "schools", "teacher", "waits"), rows)


@staff.command("confirm")
@click.argument("staff_id", metavar="ID")
@_proof(needed=True)
@common(decides=True)
def confirm(staff_id: str, by: str, otp: str, home: Home, as_json: bool) -> None:
    """Says that a new person may be one of two who approve at once; two who may already must say so.

    \b
    Example: termpost staff confirm jkim --by mlopez --otp 123456
    """
    with refusals_logged(home, by, "staff-confirm"):
        may = confirm_staff(home, staff_id, by=by, otp=otp)
    if as_json:
        say_json({"staff": staff_id, "may_approve": may})
    else:
        click.echo(f"{staff_id} may approve." if may else f"One more must say so before {staff_id} is one of two.")


@staff.command("remove")
@click.argument("staff_id", metavar="ID")
@_proof(needed=False)
@common(decides=True)
def remove(staff_id: str, by: str | None, otp: str | None, home: Home, as_json: bool) -> None:
    """Ends a person's rights; the log keeps what they did, and the id stays theirs.

    Takes the code of a registrar or head once two people are registered. What the person approved and nobody has begun
    to deliver needs approval again.

    \b
    Example: termpost staff remove jkim --by mlopez --otp 123456
    """
    with refusals_logged(home, by or "", "staff-remove"):
        remove_staff(home, staff_id, by=by, otp=otp)
    if as_json:
        say_json({"staff": staff_id, "removed": True})
    else:
        click.echo(f"{staff_id} may no longer approve, answer or erase.")


COMMAND = staff
