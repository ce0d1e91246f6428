"""`init`: makes a home, once."""

import os
from pathlib import Path

import click
from termpost.flows.commands.options import say_json
from termpost.schemas.base.clock import SystemClock
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.shipped import STARTER
from termpost.schemas.retention.policy import FILE as PAGE
from termpost.schemas.settings.placeholders import placeholders
from termpost.tasks.home.home import open_home
from termpost.tasks.home.rehearsal import make_rehearsal
from termpost.tasks.migrate.record import record_new_home
from termpost.tasks.secrets.keys import make_keys

FILES = ("termpost.toml", "grading.toml", "calendar.toml", PAGE)


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "source",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Take the settings files from another folder; retention.toml too, if it has one.",
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
        is_given = source is not None and (name != PAGE or (source / PAGE).exists())
        (directory / name).write_text(((source if is_given and source else starter) / name).read_text())
    if rehearsal:
        _begin_rehearsal(directory)
    if as_json:
        say_json({"home": str(directory), "rehearsal": rehearsal, "files": [*FILES, "secrets/"]})
    else:
        click.echo(
            f"A {'rehearsal' if rehearsal else 'home'} in {directory}: edit {', '.join(FILES)}, then `termpost backup`."
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


COMMAND = init
