"""`warnings`: which courses progress notices name besides those below the line, and which a teacher took off."""

from pathlib import Path

import click
from termpost.flows.commands.options import OrderedGroup, common, say, say_json
from termpost.flows.commands.source_ids import ExtractPeople
from termpost.flows.commands.staff_auth import refusals_logged, words_of
from termpost.schemas.log.grade_decisions import WARNING_REASONS, SaidBy, WarningDecisions, WarningWay
from termpost.tasks.home.cycle_locks import cycle_lock
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.stage.manifests import read_prepared
from termpost.tasks.stage.mark_authority import SigningPerson, reason_of
from termpost.tasks.stage.warned import WarningChange, change_warning, refuse_no_warning

COLUMNS = ("student", "class", "way", "reason", "by", "for", "words")
cycle_option = click.option("--cycle", "cycle_id", metavar="ID", required=True, help='A cycle of the kind "warning".')
student_option = click.option("--student", metavar="STUDENT", required=True, help="The school's own id.")
class_option = click.option("--class", "class_id", metavar="CLASS", required=True, help="An id of classes.csv.")
by_option = click.option("--by", "staff_id", metavar="STAFF", required=True, help="Who decides: the teacher.")
otp_option = click.option("--otp", metavar="CODE", required=True, help="What their authenticator app shows now.")
for_option = click.option("--for", "teacher", metavar="TEACHER", help="For whom a registrar or head decides, in words.")
note_option = click.option(
    "--note-file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="The reason in words, kept so that it can be erased; - is standard input.",
)  # fmt: skip


@click.group(cls=OrderedGroup)
def warnings() -> None:
    """Progress notices: a teacher names a course on one, or takes it off, each with the reason.

    A notice names the courses below the line of its cycle by itself.
    """


@warnings.command()
@cycle_option
@student_option
@class_option
@click.option("--reason", type=click.Choice(WARNING_REASONS["added"]), help="Why; or in words with --note-file.")
@by_option
@otp_option
@for_option
@note_option
@common(decides=True)
def add(
    cycle_id: str, student: str, class_id: str, reason: str | None, staff_id: str, otp: str, teacher: str | None,
    note_file: Path | None, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Names a course on the student's progress notice, whatever its grade.

    \b
    Example: termpost warnings add --cycle 2021-fall-week-3 --student 604822 --class 123456780 --reason may-fall --by afry --otp 123456 --home school
    """  # noqa: E501 - an example is one line, to be copied
    person = SigningPerson(staff_id, otp, home.clock.now(), teacher, words_of(note_file, needed=teacher is not None))
    _change(home, cycle_id, student, class_id, "added", reason, person, as_json=as_json)


@warnings.command()
@cycle_option
@student_option
@class_option
@click.option("--reason", type=click.Choice(WARNING_REASONS["removed"]), help="Why; or in words with --note-file.")
@by_option
@otp_option
@for_option
@note_option
@common(decides=True)
def remove(
    cycle_id: str, student: str, class_id: str, reason: str | None, staff_id: str, otp: str, teacher: str | None,
    note_file: Path | None, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Takes a course off the student's progress notice, though it is below the line, or was added.

    \b
    Example: termpost warnings remove --cycle 2021-fall-week-3 --student 604822 --class 123456780 --reason mark-to-come --by afry --otp 123456 --home school
    """  # noqa: E501 - an example is one line, to be copied
    person = SigningPerson(staff_id, otp, home.clock.now(), teacher, words_of(note_file, needed=teacher is not None))
    _change(home, cycle_id, student, class_id, "removed", reason, person, as_json=as_json)


@warnings.command("list")
@cycle_option
@common()
def list_decisions(cycle_id: str, home: Home, as_json: bool) -> None:
    """What teachers decided about the notices of a cycle.

    \b
    Example: termpost warnings list --cycle 2021-fall-week-3 --home school
    """
    refuse_no_warning(home, cycle_id)
    people = ExtractPeople(home, read_prepared(home, cycle_id)[0].extract_id)
    made = WarningDecisions.fold(cycle_id, home.log.entries("warning_decided")).made
    rows = [
        {
            "student": people.student_id(ref), "class": class_id, "way": one.way, "reason": one.reason, "by": one.by,
            "for": people.teacher(one.on_behalf_of) if one.on_behalf_of else None,
            "words": reason_of(home, SaidBy(one.by, words=one.words), ref) or None,
        }
        for (ref, class_id), one in made.items()
    ]  # fmt: skip
    rows.sort(key=lambda row: (str(row["student"]), str(row["class"])))
    say(as_json, rows, "Decided about progress notices", COLUMNS, [tuple(row.values()) for row in rows])


def _change(
    home: Home, cycle_id: str, student: str, class_id: str, way: WarningWay, reason: str | None, person: SigningPerson,
    *, as_json: bool,
) -> None:  # fmt: skip
    with refusals_logged(home, person.staff, "warnings"), cycle_lock(home, cycle_id):
        change = WarningChange(reference_of(home, student, f"--student {student}"), class_id, way, reason)
        change_warning(home, cycle_id, change, person)
    if as_json:
        say_json({"cycle": cycle_id, "student": student, "class": class_id, "way": way, "by": person.staff})
    else:
        click.echo(f"{class_id} of {student}: {way}. Now prepare the cycle again.")


COMMAND = warnings
