"""`proof`, `paper`, `schedule`, `export`: what goes on paper or into files beside the deliveries."""

from pathlib import Path

import click
from termpost.flows.commands.options import common, refuse_another_day, say, say_json
from termpost.flows.commands.staff_auth import OPERATOR
from termpost.tasks.channels.export.export import INDEX, PATTERN, export_cycle
from termpost.tasks.home.home import Home
from termpost.tasks.papers.desk import PAPERS, Asked, make_paper
from termpost.tasks.papers.proof.proof import PAPER, write_proof
from termpost.tasks.papers.schedule import in_order, make_schedule_calendar, make_schedule_page
from termpost.tasks.runtime.private_files import write_private


@click.command()
@click.option("--cycle", "cycle_id", metavar="ID", required=True)
@click.option("--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="A folder only you can read, made where there is none; an earlier pack is replaced.")  # fmt: skip
@common()
def proof(cycle_id: str, out: Path, home: Home, as_json: bool) -> None:
    """The proof pack for whoever releases: counts, holds, changes, outliers, differences, five stamped reports.

    It names students, so it is for registered staff; proof.pdf says what to do with it.

    \b
    Example: termpost proof --cycle 2021-fall-final --out proof --home school
    """
    pack = write_proof(home, cycle_id, out)
    if as_json:
        counts = pack.counts.model_dump()
        value = {"cycle": cycle_id, "out": str(pack.folder), "files": pack.files, "counts": counts}
        say_json({**value, "grade_differences": pack.differences})
    else:
        click.echo(
            f"{pack.folder}: {len(pack.files)} files. Read {PAPER} first: {pack.counts.made} reports made, "
            f"{pack.counts.held} students held, {pack.differences} differences from the grade of record."
        )


@click.command()
@click.option("--format", "form", type=click.Choice(("table", "ics", "html")), default="table", show_default=True,
              help="A table; events for calendar programs (RFC 5545); a page for the school's site.")  # fmt: skip
@common()
def schedule(form: str, home: Home, as_json: bool) -> None:
    """The distribution schedule: every cycle of calendar.toml with its cut-off, release and last day for questions.

    It goes to standard output. On paper it is `termpost paper schedule`.

    \b
    Example: termpost schedule --format ics --home school > schedule.ics
    """
    if form == "ics" and not as_json:
        # as bytes: its lines end in CRLF everywhere
        click.echo(make_schedule_calendar(home.settings, home.calendar, home.clock.today()), nl=False)
    elif form == "html" and not as_json:
        click.echo(make_schedule_page(home.settings, home.calendar))
    else:
        value = [
            {
                "cycle": cycle.id, "kind": cycle.kind, "cutoff": cycle.cutoff, "release": cycle.release,
                "query_until": cycle.query_until,
            }
            for cycle in in_order(home.calendar)
        ]  # fmt: skip
        columns = ("cycle", "kind", "cut-off", "release", "questions until")
        say(as_json, value, "Distribution schedule", columns, [tuple(row.values()) for row in value])


LEAVING = frozenset({"code-letter", "conference-sheet"})  # what goes to families, by the rights of the day


@click.command()
@click.argument("name", metavar="NAME", type=click.Choice(tuple(PAPERS)))
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="The PDF; a file that is there is replaced.")  # fmt: skip
@click.option("--cycle", "cycle_id", metavar="ID", help="A cycle of calendar.toml.")
@click.option("--class", "class_id", metavar="ID", help="One class, by its id in the extract.")
@click.option("--student", metavar="ID", help="One student, by the school's id.")
@common()
def paper(
    name: str, out: Path, cycle_id: str | None, class_id: str | None, student: str | None, home: Home, as_json: bool
) -> None:
    """One of the papers beside the reports, as an accessible PDF that only you can read.

    \b
    class-list        the grades of a class for its teacher's proof-reading     --cycle [--class]
    conference-sheet  a student's page for a parent-teacher meeting             --cycle [--student or --class]
    code-letter       access codes by post, to everyone with the right today    --cycle [--student]
    feedback-form     question, correction or meeting, to fill in by hand       [--cycle]
    sample-report     the report of an invented student
    schedule          the distribution schedule

    Without --student and --class, conference sheets are of everyone whose contact asked for a meeting.

    \b
    Example: termpost paper class-list --cycle 2021-fall-final --out classes.pdf --home school
    """
    if name in LEAVING:
        refuse_another_day(home)
    made = make_paper(home, name, Asked(cycle_id, class_id, student))
    write_private(out, made)
    if as_json:
        say_json({"paper": name, "file": str(out)})
    else:
        click.echo(f"{out}: {PAPERS[name].says}")


@click.command("export")
@click.option("--cycle", "cycle_id", metavar="ID", required=True)
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
@common(decides=True)
def export_reports(cycle_id: str, out: Path, pattern: str, home: Home, as_json: bool) -> None:
    """Individual PDFs of what is released and an index, for the school's own platform. They are not encrypted.

    Who may see which report is then that platform's to keep; the log says that they left.

    \b
    Example: termpost export --cycle 2021-fall-final --out reports --home school
    """
    home.calendar.cycle(cycle_id)
    count = export_cycle(home, cycle_id, out, pattern, OPERATOR)
    if as_json:
        say_json({"cycle": cycle_id, "out": str(out), "files": count})
    else:
        click.echo(f"{out}: {count} PDFs and {INDEX}. They are not encrypted: guard the folder.")


COMMANDS = [proof, paper, schedule, export_reports]
