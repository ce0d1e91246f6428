"""`backup`: the whole home in one encrypted file (docs/restore.md)."""

from typing import TextIO

import click
from termpost.flows.commands.options import common
from termpost.flows.commands.setup.keys import KEY_FILE, write_backup
from termpost.tasks.home.home import Home

DATE = "{date}"


@click.command()
@click.argument("place", metavar="FILE")
@KEY_FILE
@common(decides=True)
def backup(place: str, key_file: TextIO | None, home: Home, as_json: bool) -> None:
    """The whole home and its catalogue in one encrypted file, or an s3:// object; read back before it counts.

    The store is not in it: it has copies of its own. Without --key-file it makes a recovery key and shows it once.
    {date} in FILE is the day, so that a timer names a new file each night.

    \b
    Example: termpost backup /media/stick/school-2025-10.backup --home school
    """
    write_backup(home, place.replace(DATE, home.clock.today().date().isoformat()), key_file, "home", as_json)


COMMAND = backup
