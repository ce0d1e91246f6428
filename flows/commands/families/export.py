"""`export`: released reports as files for the school's own platform."""

from pathlib import Path

import click
from termpost.flows.commands.options import common, say_json, school_option
from termpost.schemas.base.counted import counted
from termpost.tasks.channels.export.export import INDEX, PATTERN, export_cycle, not_exported
from termpost.tasks.home.home import Home
from termpost.tasks.home.staff_changes import OPERATOR
from termpost.tasks.stage.manifests import refuse_unknown_school


@click.command("export")
@click.option("--cycle", "cycle_id", metavar="ID", required=True, help="A cycle of calendar.toml.")
@click.option("--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="A new folder, which only you can read.")  # fmt: skip
@click.option(
    "--name",
    "pattern",
    metavar="PATTERN",
    default=PATTERN,
    show_default=True,
    help="File names: student, number, family, given, cycle, version, school, language, in braces.",
)
@school_option
@common(decides=True)
def export_reports(
    cycle_id: str, out: Path, pattern: str, school: str | None, home: Home, as_json: bool
) -> None:  # fmt: skip
    """Individual PDFs of what is released and an index, for the school's own platform. They are not encrypted.

    Who may see which report is then that platform's to keep; the log says that they left.

    \b
    Example: termpost export --cycle 2021-fall-final --out reports --home school
    """
    home.calendar.cycle(cycle_id)
    refuse_unknown_school(home, school, cycle_id)
    count = export_cycle(home, cycle_id, out, pattern, OPERATOR, school)
    left = not_exported(home, cycle_id, school)
    if as_json:
        say_json({"cycle": cycle_id, "out": str(out), "files": count, "inserts_left": left})
        return
    click.echo(f"{out}: {count} PDFs and {INDEX}. They are not encrypted: guard the folder.")
    if left:
        said = counted(left, "document of an individual plan is", "documents of individual plans are")
        click.echo(f"{said} not among them: those go in the envelope and on the locked page alone.", err=True)


COMMAND = export_reports
