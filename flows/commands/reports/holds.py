"""`holds`: who waits and why, what is to be decided about grades, and the ways out."""

from collections.abc import Iterator
from typing import Any

import click
import duckdb
from termpost.flows.commands.options import OrderedGroup, at_home, common, say_json, say_table, school_option
from termpost.flows.commands.resolve_holds import resolve
from termpost.flows.commands.source_ids import ExtractPeople
from termpost.schemas.documents.prepared import LEFT_OFF, PreparedSchool
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.hold_decisions import HoldDecisions
from termpost.schemas.settings.days.cycles import CycleDates
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.stage.grade_questions import AskedQuestion, asked_in, decide_by
from termpost.tasks.stage.manifests import of_school, prepared_of, refuse_unknown_school, students_in
from termpost.tasks.stage.waiting import all_holds

HELD = ("cycle", "student", "class", "reason", "draft", "decision", "by")
OF_QUESTIONS = ("cause", "piece", "part", "students", "due", "for")
ASKED = ("cycle", "cause", "class", "piece", "part", "student", "students", "due", "decision", "by", "for")


@click.group(cls=OrderedGroup, invoke_without_command=True)
@click.option("--cycle", "cycle_id", metavar="ID", help="One cycle only.")
@school_option
@common(home=False)
@click.pass_context
def holds(
    context: click.Context, cycle_id: str | None, school: str | None, home: None, as_json: bool,  # noqa: ARG001
) -> None:  # fmt: skip
    """Who is held and why, and what is to be decided about grades; also what was decided about it.

    A question about a grade holds nobody: while it is open, the grade of its course is to follow.

    \b
    Example: termpost holds --home school
             termpost holds --school 255901001 --home school
    """
    if context.invoked_subcommand is not None:
        return
    opened = at_home(context.params["home_path"], context.params["as_of"])
    refuse_unknown_school(opened, school, cycle_id)
    held, asked = list[dict[str, Any]](), list[dict[str, Any]]()
    with open_lake(opened.lake) as lake:
        for cycle in [opened.calendar.cycle(cycle_id)] if cycle_id else opened.calendar.cycles:
            prepared, entries = of_school(prepared_of(opened, cycle.id), school), list(opened.log.entries())
            if prepared:
                people = ExtractPeople(opened, prepared[0].extract_id)
                here = students_in(prepared) if school is not None else None
                held += _holds(cycle, prepared, entries, people, here)
                asked += _questions(opened, lake, cycle, prepared, entries, people)
    if as_json:
        say_json([*held, *asked])
        return
    say_table("Held", HELD, [[row[name] for name in HELD] for row in held])
    if asked:
        say_table("To be decided about grades", ASKED, [[row[name] for name in ASKED] for row in asked])


def _holds(
    cycle: CycleDates, prepared: list[PreparedSchool], entries: list[Logged], people: ExtractPeople,
    here: frozenset[str] | None,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Of the students who are `here`; None: of all."""
    decisions = HoldDecisions.fold(cycle.id, entries)
    waiting = [(prepared[0].extract_id, hold) for hold in all_holds(prepared, CycleState.fold(cycle.id, entries))]
    waiting += [(school.extract_id, hold) for school in prepared for hold in school.resolved if hold.reason != LEFT_OFF]
    found = [(hold.student, hold.class_id, hold.reason, decisions.on(hold, extract_id)) for extract_id, hold in waiting]
    found += [(student, class_id, LEFT_OFF, decision) for (student, class_id), decision in decisions.left_off.items()]
    for student, class_id, reason, decision in found:
        if here is not None and student not in here:
            continue
        yield {
            "cycle": cycle.id, "student": people.student_id(student), "class": class_id, "reason": reason,
            "draft": prepared[0].draft, "decision": decision.way if decision else None,
            "by": decision.by if decision else None, **dict.fromkeys(OF_QUESTIONS),
        }  # fmt: skip


def _questions(
    home: Home, lake: duckdb.DuckDBPyConnection, cycle: CycleDates, prepared: list[PreparedSchool],
    entries: list[Logged], people: ExtractPeople,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """The same keys, with the cause as reason."""
    due = decide_by(home, cycle).isoformat()
    for asked in asked_in(lake, prepared, entries):
        if asked.is_with_hold:  # the hold is listed
            continue
        one, made = asked.question, asked.decision
        student = people.student_id(one.person_ref) if one.person_ref else None
        yield {
            "cycle": cycle.id, "student": student, "class": one.class_id, "reason": one.cause,
            "draft": prepared[0].draft, "decision": _decision(asked), "by": made.by if made else None,
            "cause": one.cause, "piece": one.line_item_id or None, "part": one.part_id or None,
            "students": asked.students, "due": due,
            "for": people.teacher(made.on_behalf_of) if made and made.on_behalf_of else None,
        }  # fmt: skip


def _decision(asked: AskedQuestion) -> str | None:
    if asked.decision is not None:
        return asked.decision.way
    if asked.is_off_report:
        return "omit-course"
    return "signed-off" if asked.is_signed_off else None


COMMAND = holds
holds.add_command(resolve)
