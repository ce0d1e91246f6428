"""`staff`: the people who may approve, answer and erase."""

import click
from termpost.flows.commands.options import OrderedGroup, common, say, say_json
from termpost.schemas.log.entry import Entry
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.staff import ROLES, qr


@click.group(cls=OrderedGroup)
def staff() -> None:
    """Who may approve, answer, erase.

    \b
    Example: termpost staff list --home school
    """


@staff.command("add")
@click.argument("staff_id", metavar="ID")
@click.option("--name", required=True, help="The person's name, kept in this home only.")
@click.option("--role", required=True, type=click.Choice(ROLES))
@common(decides=True)
def add(staff_id: str, name: str, role: str, home: Home, as_json: bool) -> None:
    """Registers a person and shows the QR code for their authenticator app, once.

    \b
    Example: termpost staff add mlopez --name "Maria Lopez" --role registrar
    """
    uri = home.staff.add(staff_id, name, role, home.settings.institution.called)
    home.log.append("staff-add", [Entry(kind="staff_changed", actor=staff_id, reason="added", role=role)])
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
    value = [{"staff": m.id, "name": m.name, "role": m.role, "removed": m.removed} for m in members]
    say(as_json, value, "", ("staff", "name", "role", "removed"), [tuple(v.values()) for v in value])


@staff.command("remove")
@click.argument("staff_id", metavar="ID")
@common(decides=True)
def remove(staff_id: str, home: Home, as_json: bool) -> None:
    """Ends a person's rights; the log keeps what they did, and the id stays theirs.

    \b
    Example: termpost staff remove mlopez
    """
    home.staff.remove(staff_id)
    home.log.append("staff-remove", [Entry(kind="staff_changed", actor=staff_id, reason="removed")])
    if as_json:
        say_json({"staff": staff_id, "removed": True})
    else:
        click.echo(f"{staff_id} may no longer approve, answer or erase.")


COMMAND = staff
