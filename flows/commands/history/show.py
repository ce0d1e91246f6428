"""`show`: an object of the store, opened."""

import sys
from pathlib import Path

import click
from termpost.flows.commands.options import common, say_json
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.tasks.home.home import Home
from termpost.tasks.runtime.private_files import write_private


@click.command()
@click.argument("name", metavar="OBJECT")
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Where to write it, for you alone to read; else it is printed.")  # fmt: skip
@click.option("--by", "staff_id", metavar="STAFF", help="Who looks: a registrar, head, of the office or an auditor.")
@click.option("--otp", metavar="CODE", help="What their authenticator app shows now.")
@common(decides=True)
def show(name: str, out: Path | None, staff_id: str | None, otp: str | None, home: Home, as_json: bool) -> None:
    """Opens an object of the store for a registered person; the log says who. PREFIX/ lists what lies there.

    \b
    Example: termpost show quarantine/ --home school
             termpost show quarantine/3f0c…/validation.html --by mlopez --otp 123456 --out validation.html --home school
    """
    from termpost.tasks.records.show import show_object  # noqa: PLC0415 - a listing opens nothing

    if name.endswith("/"):
        keys = list(home.store.list(name))
        if as_json:
            say_json(keys)
        else:
            click.echo("\n".join(keys) or "nothing lies there")
        return
    if out is None and as_json:
        raise InputError(
            "no-file", "the bytes of an object are no JSON", "--json", "give --out FILE, or leave --json out"
        )
    if staff_id is None or otp is None:
        raise click.UsageError("--by STAFF and --otp CODE say who looks; only a listing (PREFIX/) goes without.")
    with refusals_logged(home, staff_id, "show"):
        data = show_object(home, name, staff_id, otp)
    if out is not None:
        write_private(out, data)
        if as_json:
            say_json({"object": name, "file": str(out), "bytes": len(data)})
        else:
            click.echo(f"{out}: {counted(len(data), 'byte')} of {name}. Nobody but you can read it: keep it so.")
        return
    if sys.stdout.isatty() and not _is_text(data):
        raise InputError("not-text", "this object is no text", name, "give --out FILE")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


COMMAND = show
