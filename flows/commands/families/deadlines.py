"""`deadlines`: what is due, and what is overdue."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import click
import duckdb
from termpost.flows.commands.options import common, say
from termpost.schemas.log.asking_days import TELLING, ToldDays
from termpost.schemas.log.published_objects import Visible
from termpost.schemas.settings.days.cycles import CycleDates
from termpost.tasks.distribute.questions import open_questions
from termpost.tasks.distribute.rights_ended import open_rights
from termpost.tasks.feedback.clock.thread_clock import due_of
from termpost.tasks.feedback.queries import standing_of, threads_of
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.stage.grading_clock import grading_of
from termpost.tasks.stage.manifests import prepared_of
from termpost.tasks.stage.to_decide import to_decide

COLUMNS = ("what", "due", "state", "count", "cycle")
OFFICE, FAMILY, ENDED = "question for the office", "query of a family", "page of a right that ended"
ASKED, FOLLOWS = "question about grades", "grade to follow"
GRADING, FINAL = "class to sign off", "final report"
DueCount = tuple[str, date, str, int]  # what, due, state, count


@click.command()
@common()
@click.pass_context
def deadlines(context: click.Context, home: Home, as_json: bool) -> None:
    """What is due and what is overdue, of the office, of families and about grades; exit 1 if anything is overdue.

    The office has five of its days for a question about who may have a report; `termpost recipients` says which. Where
    the rights of more ended than may be taken back without a person, `termpost withdraw --rights-ended` is due at once.
    Questions about grades (`termpost holds`) are due [unmarked] follow_after office days before the release; a grade
    that is out "to follow" stays until a correction has it. Final reports are due a week after grading is complete.

    \b
    Example: termpost deadlines --home school
    """
    counted: Counter[tuple[str, date, str, str]] = Counter()
    with open_lake(home.lake) as lake:
        counted.update((OFFICE, clock.due, clock.state, cycle) for cycle, _, clock in open_questions(home, lake))
        last = [cycle.id for cycle in home.calendar.cycles if prepared_of(home, cycle.id)][-1:]
        told = ToldDays.fold(home.clocks, home.log.entries(*TELLING))
        for cycle in home.calendar.cycles:
            until = told.of_cycle(cycle.id)
            is_live = until >= home.today or cycle.id in last
            for what, due, state, count in _of_grades(home, lake, cycle, until, is_live):
                counted[what, due, state, cycle.id] += count
    for query in threads_of(home).values():
        due_day, state = due_of(query, home.clocks, home.today), standing_of(home.clocks, query, home.today)
        if due_day is not None and state in ("open", "overdue"):
            counted[FAMILY, due_day, "overdue" if state == "overdue" else "due", ""] += 1
    rights = open_rights(home, Visible.fold(home.log.entries()).open())
    waiting = {(one.cycle, one.recipient) for one in rights.ended} if rights.needs_a_person else set()
    counted.update((ENDED, home.today, "overdue", cycle) for cycle, _ in waiting)
    rows: list[dict[str, Any]] = [
        {"what": what, "due": due.isoformat(), "state": state, "count": count, "cycle": cycle or None}
        for (what, due, state, cycle), count in sorted(counted.items(), key=lambda one: (one[0][1], one[0]))
    ]
    say(as_json, rows, f"Deadlines on {home.today}", COLUMNS, [tuple(row.values()) for row in rows])
    if any(row["state"] == "overdue" for row in rows):
        context.exit(1)


def _of_grades(
    home: Home, lake: duckdb.DuckDBPyConnection, cycle: CycleDates, until: date, is_live: bool
) -> Iterator[DueCount]:
    """What a cycle's grades wait for, until its reports are out; and what is out without its grade, however old."""
    state = home.state(cycle.id)
    if state.grades_to_follow:  # families may ask about it until then
        yield FOLLOWS, until, _state(home, until), state.grades_to_follow
    if not is_live:
        return
    prepared = prepared_of(home, cycle.id)
    every = [(report.report, report.version) for school in prepared for report in school.reports]
    left = sum(not state.is_released(*report) for report in every)
    if every and not left:
        return
    if prepared and (found := to_decide(home, lake, cycle.id)).questions:
        yield ASKED, found.due, _state(home, found.due), found.questions
    grading = grading_of(home, lake, cycle.id)
    if cycle.grading_due and not grading.is_complete:
        yield GRADING, cycle.grading_due, _state(home, cycle.grading_due), grading.classes - grading.signed_off or 1
    if grading.reports_due:
        yield FINAL, grading.reports_due, _state(home, grading.reports_due), left or 1


def _state(home: Home, due: date) -> str:
    return "overdue" if home.today > due else "due"


COMMAND = deadlines
