"""`holds`: who waits and why, and the ways out."""

import sys
from pathlib import Path
from typing import Any

import click
from termpost.flows.commands.options import OrderedGroup, at_home, common, say, say_json
from termpost.flows.commands.source_ids import ExtractPeople, reference_of
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.prepared import Hold
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.hold_decisions import HoldDecisions, ResolutionWay
from termpost.tasks.home.cycle_locks import cycle_lock
from termpost.tasks.home.home import Home
from termpost.tasks.stage.manifests import prepared_of
from termpost.tasks.stage.resolve import resolve as resolve_holds
from termpost.tasks.stage.waiting import all_holds


@click.group(cls=OrderedGroup, invoke_without_command=True)
@click.option("--cycle", "cycle_id", metavar="ID", help="One cycle only.")
@common(home=False)
@click.pass_context
def holds(context: click.Context, cycle_id: str | None, home: None, as_json: bool) -> None:  # noqa: ARG001
    """Who is held and why; also what was decided about it.

    \b
    Example: termpost holds --home school
    """
    if context.invoked_subcommand is None:
        opened = at_home(context.params["home_path"], context.params["as_of"])
        value = _rows(opened, cycle_id)
        columns = ("cycle", "student", "class", "reason", "draft", "decision", "by")
        say(as_json, value, "Held", columns, [tuple(row.values()) for row in value])


def _rows(home: Home, cycle_id: str | None) -> list[dict[str, Any]]:
    rows = []
    for cycle in [home.calendar.cycle(cycle_id)] if cycle_id else home.calendar.cycles:
        prepared = prepared_of(home, cycle.id)
        if not prepared:
            continue
        people, entries = ExtractPeople(home, prepared[0].extract_id), list(home.log.entries())
        decisions = HoldDecisions.fold(cycle.id, entries)
        waiting = [(prepared[0].extract_id, hold) for hold in all_holds(prepared, CycleState.fold(cycle.id, entries))]
        decided = [(school.extract_id, hold) for school in prepared for hold in school.resolved]
        for extract_id, hold in [*waiting, *decided]:
            decision = decisions.on(hold, extract_id)
            rows.append(
                {
                    "cycle": cycle.id, "student": people.student_id(hold.student), "class": hold.class_id,
                    "reason": hold.reason, "draft": prepared[0].draft, "decision": decision.way if decision else None,
                    "by": decision.by if decision else None,
                }
            )  # fmt: skip
    return rows


@holds.command()
@click.argument("student", metavar="STUDENT")
@click.option("--accept", is_flag=True, help="The report is right without the rows in quarantine.")
@click.option("--omit-course", metavar="CLASS", help="Leave this course off the report.")
@click.option("--grade-to-follow", metavar="CLASS", help="List this course without its grade.")
@click.option("--cycle", "cycle_id", metavar="ID", help="Needed where the student is held in several cycles.")
@click.option("--by", "staff_id", metavar="STAFF", required=True, help="Who decides: a registrar or head.")
@click.option("--otp", metavar="CODE", required=True, help="What their authenticator app shows now.")
@click.option("--note-file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
              help="The reason in words, kept so that it can be erased; - is standard input.")  # fmt: skip
@common(decides=True)
def resolve(
    student: str,
    accept: bool,
    omit_course: str | None,
    grade_to_follow: str | None,
    cycle_id: str | None,
    staff_id: str,
    otp: str,
    note_file: Path | None,
    home: Home,
    as_json: bool,
) -> None:
    """Decides about a hold; the next prepare makes the report by it, and the report says so.

    \b
    Example: termpost holds resolve 604822 --omit-course 123456780 --by mlopez --otp 123456 --home school
    """
    way, class_id = _way(accept, omit_course, grade_to_follow)
    words = None if note_file is None else sys.stdin.read() if str(note_file) == "-" else note_file.read_text()
    with refusals_logged(home, staff_id, "holds-resolve"):
        who = reference_of(home, student, "STUDENT")
        cycle = _cycle_of(home, who, cycle_id)
        with cycle_lock(home, cycle):
            schools, at = prepared_of(home, cycle), home.clock.now()
            done = resolve_holds(home, schools, who, way, class_id, by=staff_id, otp=otp, at=at, words=words)
    if as_json:
        rows = [{"class": hold.class_id, "reason": hold.reason, "decision": way, "by": staff_id} for hold in done]
        say_json({"cycle": cycle, "student": student, "resolved": rows})
    else:
        click.echo(
            f"{student}: {way}, for {len(done)} hold{'' if len(done) == 1 else 's'}. Now prepare the cycle again."
        )


def _way(accept: bool, omit_course: str | None, grade_to_follow: str | None) -> tuple[ResolutionWay, str | None]:
    ways: list[tuple[ResolutionWay, str | None]] = []
    if accept:
        ways.append(("accept", None))
    if omit_course:
        ways.append(("omit-course", omit_course))
    if grade_to_follow:
        ways.append(("grade-to-follow", grade_to_follow))
    if len(ways) != 1:
        raise click.UsageError("Give one of --accept, --omit-course CLASS, --grade-to-follow CLASS.")
    return ways[0]


def _cycle_of(home: Home, student: PersonRef, cycle_id: str | None) -> str:
    """The cycle in which the student is held."""
    entries = list(home.log.entries())
    found = []
    for cycle in [home.calendar.cycle(cycle_id)] if cycle_id else home.calendar.cycles:
        prepared = prepared_of(home, cycle.id)
        holds_here: list[Hold] = [*all_holds(prepared, CycleState.fold(cycle.id, entries))]
        holds_here += [hold for school in prepared for hold in school.resolved]
        if prepared and any(hold.student == student for hold in holds_here):
            found.append(cycle.id)
    if not found:
        raise InputError("not-held", "this student is not held", "holds resolve", "see `termpost holds` for who is")
    if len(found) > 1:
        raise InputError("which-cycle", "the student is held in several cycles", "holds resolve", "give --cycle ID")
    return found[0]


COMMAND = holds
