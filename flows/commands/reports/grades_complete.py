"""`grades-complete`: a teacher signs a class off; the school says that its grading is complete."""

from pathlib import Path
from typing import Any

import click
from termpost.flows.commands.options import common, say_json, say_table
from termpost.flows.commands.source_ids import ExtractPeople
from termpost.flows.commands.staff_auth import refusals_logged, words_of
from termpost.schemas.base.counted import counted
from termpost.tasks.home.cycle_locks import cycle_lock
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.stage.grading_clock import Grading, grading_of
from termpost.tasks.stage.manifests import read_prepared
from termpost.tasks.stage.mark_authority import SigningPerson
from termpost.tasks.stage.sign_off import SignedOff, complete_cycle, sign_off_class

COLUMNS = ("piece", "title", "due", "students", "who", "settled")


@click.command(name="grades-complete")
@click.option("--cycle", "cycle_id", metavar="ID", required=True, help="A cycle of calendar.toml.")
@click.option(
    "--class", "class_id", metavar="CLASS", help="One class, by its teacher; its blanks are missing work then."
)
@click.option(
    "--by", "staff_id", metavar="STAFF", required=True, help="Who signs: a teacher; for the school a registrar or head."
)
@click.option("--otp", metavar="CODE", required=True, help="What their authenticator app shows now.")
@click.option(
    "--for", "teacher", metavar="TEACHER", help="For whom a registrar or head signs a class off, with the reason."
)
@click.option(
    "--note-file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="The reason in words, kept so that it can be erased; - is standard input.",
)
@common(decides=True)
def grades_complete(
    cycle_id: str,
    class_id: str | None,
    staff_id: str,
    otp: str,
    teacher: str | None,
    note_file: Path | None,
    home: Home,
    as_json: bool,
) -> None:
    """A teacher signs a class off, which settles its blanks; without a class it is the school's word.

    A blank of a class that is signed off is missing work: 0 in the final grade. What is handed in and not marked stays
    open. All classes, or the school's word, start the one week in which final reports are due.

    \b
    Example: termpost grades-complete --cycle 2021-fall-final --class 123456780 --by afry --otp 123456 --home school
    """
    if class_id is None and teacher is not None:
        raise click.UsageError("--for goes with --class: for the school a registrar or head speaks for themselves.")
    home.calendar.cycle(cycle_id)
    person = SigningPerson(staff_id, otp, home.clock.now(), teacher, words_of(note_file, needed=teacher is not None))
    with refusals_logged(home, staff_id, "grades-complete"), cycle_lock(home, cycle_id):
        done = sign_off_class(home, cycle_id, class_id, person) if class_id else None
        if done is None:
            complete_cycle(home, cycle_id, person)
    pieces = _pieces(home, cycle_id, done)
    with open_lake(home.lake) as lake:
        grading = grading_of(home, lake, cycle_id)
    if as_json:
        due = grading.reports_due.isoformat() if grading.reports_due else None
        say_json(
            {
                "cycle": cycle_id,
                "class": class_id,
                "by": staff_id,
                "for": teacher,
                "blanks": pieces,
                "complete": grading.is_complete,
                "reports_due": due,
            }
        )
    else:
        _tell(done, pieces, grading)


def _pieces(home: Home, cycle_id: str, done: SignedOff | None) -> list[dict[str, Any]]:
    """With the students' own ids, which stay on this screen: neither log nor Prefect has them."""
    if done is None or not done.pieces:
        return []
    people = ExtractPeople(home, read_prepared(home, cycle_id)[0].extract_id)
    return [
        {
            "piece": piece.line_item_id,
            "title": piece.title,
            "due": piece.due and piece.due.isoformat(),
            "students": [people.student_id(ref) for ref in piece.students],
            "settled": piece.is_settled,
        }
        for piece in done.pieces
    ]


def _tell(done: SignedOff | None, pieces: list[dict[str, Any]], grading: Grading) -> None:
    if done is None:
        click.echo("Grading is complete, by the school's word.")
    else:
        rows = [
            (
                one["piece"],
                one["title"],
                one["due"],
                len(one["students"]),
                ", ".join(one["students"]),
                "missing from now on" if one["settled"] else "handed in: still to be marked",
            )
            for one in pieces
        ]
        if rows:
            say_table(f"Without a mark in {done.class_id}", COLUMNS, rows)
        left = grading.classes - grading.signed_off
        click.echo(
            f"{done.class_id} is signed off"
            + (f"; {left} of {counted(grading.classes, 'class is', 'classes are')} not." if left else ".")
        )
    if grading.reports_due:
        click.echo(f"Final reports are due by {grading.reports_due}.")
    if done is not None:
        click.echo("Now prepare the cycle again.")


COMMAND = grades_complete
