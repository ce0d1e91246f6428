"""`init`, `staff`, `deploy`: what is done once."""

import os
from pathlib import Path
from typing import Any

import click
from termpost.flows.commands.options import Group, common, say, say_json
from termpost.schemas.base.clock import SystemClock
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.shipped import STARTER
from termpost.schemas.log.entry import Entry
from termpost.schemas.settings.placeholders import placeholders
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.home.rehearsal import make_rehearsal
from termpost.tasks.migrate.record import record_new_home
from termpost.tasks.secrets.keys import make_keys
from termpost.tasks.secrets.staff import ROLES, qr

FILES = ("termpost.toml", "grading.toml", "calendar.toml")


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "source",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Take the three settings files from another folder.",
)
@click.option("--rehearsal", is_flag=True, help="A home to try things in, which may be told another day; for ever.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")
@click.option("--debug", is_flag=True, help="Show a traceback.")
def init(directory: Path, source: Path | None, rehearsal: bool, as_json: bool, debug: bool) -> None:  # noqa: ARG001
    """Makes a home: commented settings, a grading policy, a calendar, fresh secrets.

    A home is real, or with --rehearsal one to try things in. The first entry of its log says so, and neither ever
    becomes the other.

    \b
    Example: termpost init school
    """
    if (directory / "termpost.toml").exists():
        raise InputError(
            "home-exists", "there is a home already", str(directory), "choose another folder, or edit its settings"
        )
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    starter = STARTER
    make_keys(directory / "secrets")
    record_new_home(directory, SystemClock())
    for name in reversed(FILES):  # termpost.toml last: it is what makes a folder a home
        text = (source / name).read_text() if source else (starter / name).read_text()
        (directory / name).write_text(text)
    if rehearsal:
        _begin_rehearsal(directory)
    if as_json:
        say_json({"home": str(directory), "rehearsal": rehearsal, "files": [*FILES, "secrets/"]})
    else:
        click.echo(
            f"A {'rehearsal' if rehearsal else 'home'} in {directory}: edit {', '.join(FILES)}, "
            "then `termpost keys backup`."
        )
        left = [] if rehearsal else placeholders(directory, os.environ)
        if left:
            click.echo("These stand for something of the school's own; until all are filled in, nothing is prepared:")
            for one in left:
                click.echo(f"  {one.where}")


def _begin_rehearsal(directory: Path) -> None:
    """The log says it before the home is used. Where the store does not take it there is no home."""
    try:
        make_rehearsal(open_home(directory))
    except BaseException:
        (directory / "termpost.toml").unlink()
        raise


@click.group(cls=Group)
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


@click.command()
@click.option("--extract", metavar="EXTRACT", required=True, help="Where scheduled runs find the extract.")
@click.option("--yaml", "as_yaml", is_flag=True, help="Print a prefect.yaml instead; registers nothing.")
@common()
def deploy(extract: str, as_yaml: bool, home: Home, as_json: bool) -> None:
    """Registers the flows with the Prefect server, prepare-reports with the calendar's dates.

    \b
    Example: termpost deploy --extract /exports/gradebook.zip --home school
    """
    from termpost.flows.deploy import prefect_yaml, register  # noqa: PLC0415 - Prefect is slow to import

    if as_yaml:
        click.echo(prefect_yaml(home.calendar, click.get_current_context().params["home_path"], extract), nl=False)
        return

    registered: list[dict[str, Any]] = register(open_home(home.path), extract)
    say(
        as_json,
        registered,
        "Deployments",
        ("deployment", "schedules"),
        [(d["deployment"], len(d["schedules"])) for d in registered],
    )


COMMANDS = [init, staff, deploy]
