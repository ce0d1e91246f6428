"""`paper`: one of the papers beside the reports."""

from pathlib import Path

import click
from termpost.flows.commands.options import common, refuse_another_day, say_json
from termpost.tasks.home.home import Home
from termpost.tasks.papers.desk import PAPERS, Asked, make_paper
from termpost.tasks.runtime.private_files import write_private

LEAVING = frozenset({"code-letter", "conference-sheet", "other-parent"})  # to families, by the rights of the day


@click.command()
@click.argument("name", metavar="NAME", type=click.Choice(tuple(PAPERS)))
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="The PDF; a file that is there is replaced.")  # fmt: skip
@click.option("--cycle", "cycle_id", metavar="ID", help="A cycle of calendar.toml.")
@click.option("--class", "class_id", metavar="ID", help="One class, by its id in the extract.")
@click.option("--student", metavar="ID", help="One student, by the school's id.")
@click.option("--language", metavar="TAG", help="One of the languages that the school offers (BCP 47).")
@click.option("--all-languages", is_flag=True, help="A sheet in each of them, in one file.")
@common()
def paper(
    name: str, out: Path, cycle_id: str | None, class_id: str | None, student: str | None, language: str | None,
    all_languages: bool, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """One of the papers beside the reports, as an accessible PDF that only you can read.

    \b
    class-list        the grades of a class for its teacher's proof-reading     --cycle [--class]
    conference-sheet  a student's page for a parent-teacher meeting             --cycle [--student or --class]
    code-letter       access codes by post, to everyone with the right today    --cycle [--student]
    family-guide      a page for families: how one reads, asks and meets        [--language]
    feedback-form     question, correction or meeting, to fill in by hand       [--cycle [--student]]
    other-parent      what the law has told of the other parent's request       --student
    privacy           drafts of the yearly notices and the record of processing
    procedure         the procedure, with this home's settings in it
    sample-report     the report of an invented student                         [--language]
    schedule          the distribution schedule                                 [--language]

    Each code letter is in its recipient's language, and so is a form for a student's family. A form, guide or schedule
    for nobody in particular is in the school's own, with --language TAG in another, with --all-languages in each.

    Without --student and --class, conference sheets are of everyone whose contact asked for a meeting.

    \b
    Example: termpost paper class-list --cycle 2021-fall-final --out classes.pdf --home school
    """
    if name in LEAVING:
        refuse_another_day(home)
    made = make_paper(home, name, Asked(cycle_id, class_id, student, language, all_languages))
    write_private(out, made)
    if as_json:
        say_json({"paper": name, "file": str(out)})
    else:
        click.echo(f"{out}: {PAPERS[name].says}")


COMMAND = paper
