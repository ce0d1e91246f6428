"""`status`: where the release stands."""

from typing import Any

import click
from termpost.flows.commands.options import common, say_json, say_table, school_option
from termpost.flows.commands.source_ids import ExtractPeople
from termpost.schemas.base.counted import counted
from termpost.schemas.log.controls import control_values
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.published_objects import Visible
from termpost.tasks.distribute.rights_ended import OpenRights, open_rights
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.stage.manifests import entries_of, of_school, prepared_of, refuse_unknown_school, students_of
from termpost.tasks.stage.to_decide import to_decide
from termpost.tasks.stage.waiting import all_holds, held_by_school


@click.command()
@click.option("--cycle", "cycle_id", metavar="ID", help="One cycle; all without it.")
@school_option
@common()
def status(cycle_id: str | None, school: str | None, home: Home, as_json: bool) -> None:
    """Reports, deliveries and holds by state; reports also by school.

    \b
    Example: termpost status --cycle 2021-fall-final --home school
             termpost status --school 255901001 --home school
    """
    if cycle_id:
        home.calendar.cycle(cycle_id)
    refuse_unknown_school(home, school, cycle_id)
    entries = list(home.log.entries())
    rights = open_rights(home, Visible.fold(entries).open())
    if school is not None:
        entries = entries_of(entries, school, students_of(home, school))
    values = [
        _status(home, CycleState.fold(cycle.id, entries), rights, school)
        for cycle in home.calendar.cycles
        if cycle_id in (None, cycle.id)
    ]
    if as_json:
        say_json(values[0] if cycle_id else values)
        return
    for value in values:
        _say(value)


def _say(value: dict[str, Any]) -> None:
    rows = [*value["reports"].items(), *((f"deliveries {k}", n) for k, n in value["deliveries"].items() if n)]
    drafts = ", drafts: prepare again after the cut-off" if value["draft"] else ""
    rehearsal = ", a rehearsal" if value["rehearsal"] else ""
    for one in value["settings_changed"]:
        click.echo(f"{one['setting']} was changed on {one['on']}.")
    say_table(f"Cycle {value['cycle']}{rehearsal}{drafts}", ("state", "count"), rows)
    if len(value["schools"]) > 1:
        counts = [tuple(one.values()) for one in value["schools"]]
        say_table("By school", tuple(value["schools"][0]), counts)
    ended = value["rights_ended"]
    if ended["recipients"]:
        goes = "waits for a person" if ended["needs_a_person"] else "goes with the next run, or now"
        click.echo(f"The right of {counted(ended['recipients'], 'recipient')} has "
                   f"ended; what lies open for them {goes}: "
                   "`termpost withdraw --rights-ended`")  # fmt: skip
    if ended["questions"]:
        click.echo(f"{counted(ended['questions'], 'question')} about what lies open: `termpost rights open`")
    grades = value["grades"]
    if grades["undecided"]:
        click.echo(
            f"{counted(grades['undecided'], 'question about grades is', 'questions about grades are')} "
            f"not decided, by {grades['due']}: `termpost holds`"
        )
    if grades["to_follow"]:
        click.echo(
            f"{counted(grades['to_follow'], 'course is', 'courses are')} out with their "
            "grade to follow, until a correction has it."
        )
    if value["holds"]:
        say_table("Held", ("student", "class", "reason"), [tuple(hold.values()) for hold in value["holds"]])


def _status(home: Home, state: CycleState, rights: OpenRights, school: str | None = None) -> dict[str, Any]:
    """Of one school, where the state is of its entries alone."""
    prepared = of_school(prepared_of(home, state.cycle), school)
    waiting = all_holds(prepared, state)
    people = ExtractPeople(home, prepared[0].extract_id) if waiting else None
    holds = [
        {"student": people.student_id(h.student), "class": h.class_id, "reason": h.reason} for h in waiting if people
    ]
    return {
        "cycle": state.cycle,
        "rehearsal": home.is_rehearsal,
        "draft": any(one.draft for one in prepared),
        "reports": state.counts(len({hold.student for hold in waiting})),
        "schools": state.counts_by_school(held_by_school(prepared, state)),
        "deliveries": state.delivery_counts(),
        "settings_changed": changed_settings(home, state),
        "rights_ended": _ended(state, rights),
        "grades": _grades(home, state, school) if prepared else {"undecided": 0, "due": None, "to_follow": 0},
        "holds": holds,
    }


def _ended(state: CycleState, rights: OpenRights) -> dict[str, Any]:
    """Whose page of this cycle is still open although their right has ended, and what the office must find out."""
    pairs = {(one.student, one.recipient) for one in rights.open if (one.report, one.version) in state.reports}
    return {
        "recipients": len({one.recipient for one in rights.ended if (one.report, one.version) in state.reports}),
        "needs_a_person": rights.needs_a_person,
        "questions": sum(right.asks is not None for pair, right in rights.today.items() if pair in pairs),
    }


def _grades(home: Home, state: CycleState, school: str | None) -> dict[str, Any]:
    """What is still to be decided about grades, and how many are out that are to follow."""
    with open_lake(home.lake) as lake:
        found = to_decide(home, lake, state.cycle, school=school)
    return {"undecided": found.questions, "due": found.due.isoformat(), "to_follow": state.grades_to_follow}


def changed_settings(home: Home, state: CycleState) -> list[dict[str, Any]]:
    """What guards a release and is not as it was shipped, or was changed since: with its value, and since which day."""
    values = control_values(home.settings)
    return [
        {"setting": name, "value": values.get(name), "on": at and at.astimezone(home.calendar.zone).date().isoformat()}
        for name, at in state.controls.items()
    ]


COMMAND = status
