"""`restore`: a home from its store, its log and a backup, at any place (docs/restore.md)."""

from pathlib import Path
from typing import Any, TextIO

import click
from termpost.flows.commands.options import common, say_json, say_table
from termpost.flows.commands.setup.keys import (
    DESPITE_LOG,
    KEY_FILE,
    MISSING,
    put_back,
    read_backup,
    say_restored,
)
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.tasks.custody.loaded_since import LOADING, LoadedRun, command_of, is_landed, lay_out, loaded_since
from termpost.tasks.home.home import Home, open_home


@click.command()
@click.argument("place", metavar="FILE", required=False)
@KEY_FILE
@MISSING
@DESPITE_LOG
@click.option(
    "--extracts",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write what was loaded since, and still lies in landing, to this folder: people's data in clear.",
)
@common(home=False, as_of_text=True)
def restore(
    place: str | None, key_file: TextIO | None, missing: bool, despite_log: bool, extracts: Path | None,
    as_of: str | None, home: None, as_json: bool,  # noqa: ARG001 - it need not be a home yet
) -> None:  # fmt: skip
    """Makes a home again from a backup, the store and its log, in any folder; never over one that lives.

    Whoever was erased since the backup stays erased. What was loaded since is named, with the command that brings it
    back.

    \b
    Example: termpost restore /media/stick/school-2025-10.backup --home school
    """
    if place is None:
        raise InputError("no-backup", "from the store alone nothing can be restored: what lies there opens with keys "
                         "that only a backup has (law 16)", "termpost restore",
                         "name the newest backup, and have its recovery key at hand")  # fmt: skip
    read = read_backup(place, key_file)
    root, done = put_back(read, "home", missing=missing, despite_log=despite_log, as_of=as_of)
    note, runs, staff = read.note, list[dict[str, Any]](), list[str]()
    if not despite_log:
        made, known = open_home(root), note.entries if note else 0
        runs = _missing(made, known, extracts)
        staff = sorted({e.subject for e in made.log.entries("staff_changed") if e.seq > known and e.subject})
    if as_json:
        at = note.at.isoformat() if note else None
        say_json({"home": str(root), "members": sorted(done.members), "erased_again": done.erased, "backup_of": at,
                  "loaded_since": runs, "staff_changed_since": staff})  # fmt: skip
        return
    say_restored(root, done)
    if note is None or note.scope == "keys":
        click.echo("It is a backup of the keys: templates, words, rules and logos of the school's own are not in it.")
    if staff:
        click.echo(f"Staff was changed since the backup, and stands here as before: {', '.join(staff)} "
                   "(termpost staff add|remove).")  # fmt: skip
    if runs:
        said = [(run["at"], run["extract"][:12], "yes" if run["landed"] else "no") for run in runs]
        say_table("Loaded since the backup, and missing from the history", ("at (UTC)", "extract", "in landing"), said)
        click.echo("Bring it back, in this order:")
        for run in runs:
            click.echo(f"  {run['command']}")
            if run["corrected"]:
                click.echo(f"    with --correct for {counted(run['corrected'], 'student')} whose report was corrected")


def _missing(home: Home, known: int, folder: Path | None) -> list[dict[str, Any]]:
    """What must be loaded again, each with its command; with a folder the extracts are laid there."""
    return [_said(home, run, folder) for run in loaded_since(home.log.entries(*LOADING), known)]


def _said(home: Home, run: LoadedRun, folder: Path | None) -> dict[str, Any]:
    landed = is_landed(home, run.extract)
    source = str(lay_out(home, run.extract, folder.resolve())) if landed and folder else "EXTRACT"
    return {"at": f"{run.at:%Y-%m-%d %H:%M}", "extract": run.extract, "cycle": run.cycle, "landed": landed,
            "corrected": len(run.corrected), "command": command_of(run, home.path, source)}  # fmt: skip


COMMAND = restore
