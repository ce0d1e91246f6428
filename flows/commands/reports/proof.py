"""`proof`: the proof pack for whoever releases."""

from pathlib import Path

import click
from termpost.flows.commands.options import common, say_json, school_option
from termpost.schemas.base.counted import counted
from termpost.tasks.home.home import Home
from termpost.tasks.papers.proof.proof import PAPER, write_proof
from termpost.tasks.stage.manifests import refuse_unknown_school


@click.command()
@click.option("--cycle", "cycle_id", metavar="ID", required=True, help="A cycle of calendar.toml.")
@click.option("--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="A folder only you can read, made where there is none; an earlier pack is replaced.")  # fmt: skip
@school_option
@common()
def proof(cycle_id: str, out: Path, school: str | None, home: Home, as_json: bool) -> None:
    """The proof pack for whoever releases: counts, holds, changes, outliers, differences, five stamped reports.

    It names students, so it is for registered staff; proof.pdf says what to do with it.

    \b
    Example: termpost proof --cycle 2021-fall-final --out proof --home school
    """
    refuse_unknown_school(home, school, cycle_id)
    pack = write_proof(home, cycle_id, out, school)
    if as_json:
        counts = pack.counts.model_dump()
        value = {"cycle": cycle_id, "out": str(pack.folder), "files": pack.files, "counts": counts}
        say_json({**value, "grade_differences": pack.differences})
    else:
        click.echo(
            f"{pack.folder}: {counted(len(pack.files), 'file')}. Read {PAPER} first: "
            f"{counted(pack.counts.made, 'report')} made, "
            f"{counted(pack.counts.held, 'student')} held, "
            f"{counted(pack.differences, 'difference')} from the grade of record."
        )


COMMAND = proof
