"""`holds resolve`: decides about holds of a student, or about questions of grades, all of a kind with one code."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import click
from termpost.flows.commands.options import common, say_json
from termpost.flows.commands.source_ids import ExtractPeople
from termpost.flows.commands.staff_auth import refusals_logged, words_of
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.prepared import Hold, PreparedSchool
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.hold_decisions import HoldDecisions, ResolutionWay
from termpost.schemas.log.settlements import CAUSES
from termpost.tasks.home.cycle_locks import cycle_lock
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.home.text_decisions import PlaceKind, TextPlace
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.stage.decide import WHERE, QuestionChoice, chosen_of, decide_questions
from termpost.tasks.stage.grade_questions import questions_of_cycle
from termpost.tasks.stage.manifests import prepared_of
from termpost.tasks.stage.mark_authority import SigningPerson
from termpost.tasks.stage.resolve import resolve as resolve_holds
from termpost.tasks.stage.state_text import state_text
from termpost.tasks.stage.waiting import all_holds

OWN = "(own)"  # the course or courses that a question is about


@dataclass(frozen=True)
class ChosenWay:
    """What was decided, and of which course, where one was named."""

    way: ResolutionWay
    class_id: str | None = None


@click.command()
@click.argument("student", metavar="[STUDENT]", required=False)
@click.option("--piece", metavar="ID", help="Questions about this line item.")
@click.option("--class", "class_id", metavar="ID", help="Questions about this class.")
@click.option("--cause", type=click.Choice(CAUSES), help="Questions of this cause, in all classes.")
@click.option("--accept", is_flag=True, help="The report is right without the rows in quarantine, or what has no mark.")
@click.option("--omit-course", metavar="[CLASS]", is_flag=False, flag_value=OWN,
              help="Leave this course off the report, of a question its own.")  # fmt: skip
@click.option("--grade-to-follow", metavar="[CLASS]", is_flag=False, flag_value=OWN,
              help="List this course without its grade, of a question its own.")  # fmt: skip
@click.option("--text", metavar="TEXT", help="The right name of STUDENT, or title of --class or --piece; - is standard"
              ' input. "Family, Given" says which is which.')  # fmt: skip
@click.option("--cycle", "cycle_id", metavar="ID", help="Needed where several cycles have what is decided about.")
@click.option("--by", "staff_id", metavar="STAFF", required=True,
              help="Who decides: a registrar or head; about marks the teacher.")  # fmt: skip
@click.option("--otp", metavar="CODE", required=True, help="What their authenticator app shows now.")
@click.option(
    "--for", "teacher", metavar="TEACHER", help="For whom a registrar or head decides about marks, with the reason."
)
@click.option("--note-file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
              help="The reason in words, kept so that it can be erased; - is standard input.")  # fmt: skip
@common(decides=True)
def resolve(
    student: str | None, piece: str | None, class_id: str | None, cause: str | None, accept: bool,
    omit_course: str | None, grade_to_follow: str | None, text: str | None, cycle_id: str | None, staff_id: str,
    otp: str, teacher: str | None, note_file: Path | None, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Decides about holds of a student, or about questions of grades; the next prepare goes by it, and reports say so.

    With --piece, --class or --cause all questions of the kind are decided with one code, by the teacher; a registrar or
    head decides --for a teacher, with the reason. A course may be left off any report. A name or title that came
    damaged is accepted once for as long as it stays the same, or stated with --text: everything prints that then.

    \b
    Examples:
      termpost holds resolve 604822 --omit-course 123456780 --by mlopez --otp 123456 --home school
      termpost holds resolve --piece exam-2 --accept --by afry --otp 123456 --home school
      termpost holds resolve 604822 --text - --by mlopez --otp 123456 --home school
    """
    if text is not None:
        person = SigningPerson(staff_id, otp, home.clock.now())
        is_alone = not (accept or omit_course or grade_to_follow or cause or teacher)
        _state(home, student, piece, class_id, text, person, is_alone=is_alone, as_json=as_json)
        return
    chosen = _way(accept, omit_course, grade_to_follow)
    if not (student or piece or class_id or cause):
        raise click.UsageError("Give STUDENT, --piece ID, --class ID or --cause CAUSE.")
    words = words_of(note_file, needed=teacher is not None)
    with refusals_logged(home, staff_id, "holds-resolve"):
        who = reference_of(home, student, "STUDENT") if student else None
        person = SigningPerson(staff_id, otp, home.clock.now(), teacher, words)
        choice = QuestionChoice(who, piece, class_id or chosen.class_id, cause)
        of_a_kind = bool(piece or class_id or cause)
        held_in = _held_in(home, who, chosen, cycle_id) if who and not of_a_kind else []
        if who and held_in:
            value = _about_holds(home, who, chosen, _only(held_in), person)
        elif asked_in := _asked_in(home, choice, cycle_id):
            value = _about_questions(home, choice, chosen, _only(asked_in), person)
        else:
            raise _nothing_there(of_a_kind)
    _say(as_json, student, chosen, value)


def _state(
    home: Home, student: str | None, piece: str | None, class_id: str | None, text: str, person: SigningPerson, *,
    is_alone: bool, as_json: bool,
) -> None:  # fmt: skip
    named = [(kind, one) for kind, one in (("student", student), ("class", class_id), ("piece", piece)) if one]
    if len(named) != 1 or not is_alone:
        raise click.UsageError("--text goes with one of STUDENT, --class ID or --piece ID, and with no other decision.")
    ((kind, one),) = named
    with refusals_logged(home, person.staff, "holds-resolve"):
        place = TextPlace(cast("PlaceKind", kind), reference_of(home, one, "STUDENT") if kind == "student" else one)
        state_text(home, place, sys.stdin.read() if text == "-" else text, person)
    if as_json:
        say_json({kind: one, "decision": "text", "by": person.staff})
    else:
        click.echo(f"{one}: text, kept for as long as the extract says the same. Now prepare the cycle again.")


def _nothing_there(of_a_kind: bool) -> InputError:
    if of_a_kind:
        return InputError("no-such-question", "nothing is asked about this", WHERE, "see `termpost holds` for what is")
    return InputError("not-held", "this student is not held", WHERE, "see `termpost holds` for who is")


def _way(accept: bool, omit_course: str | None, grade_to_follow: str | None) -> ChosenWay:
    ways: list[ChosenWay] = []
    if accept:
        ways.append(ChosenWay("accept"))
    if omit_course:
        ways.append(ChosenWay("omit-course", None if omit_course == OWN else omit_course))
    if grade_to_follow:
        ways.append(ChosenWay("grade-to-follow", None if grade_to_follow == OWN else grade_to_follow))
    if len(ways) != 1:
        raise click.UsageError("Give one of --accept, --omit-course CLASS, --grade-to-follow CLASS.")
    return ways[0]


def _cycles(home: Home, cycle_id: str | None) -> list[str]:
    return [cycle.id for cycle in ([home.calendar.cycle(cycle_id)] if cycle_id else home.calendar.cycles)]


def _held_in(home: Home, student: PersonRef, chosen: ChosenWay, cycle_id: str | None) -> list[str]:
    """The cycles in which the student is held or has a course left off; else, to leave one off, those with a report."""
    held, waits, out = list[str](), list[str](), list[str]()
    entries = list(home.log.entries())
    for cycle in _cycles(home, cycle_id):
        prepared, state = prepared_of(home, cycle), CycleState.fold(cycle, entries)
        if any(hold.student == student for hold in _holds(prepared, state)):
            held.append(cycle)
        elif any(report.student == student for school in prepared for report in school.reports):
            (out if student in state.released_students else waits).append(cycle)
            if any(who == student for who, _ in HoldDecisions.fold(cycle, entries).left_off):
                held.append(cycle)
    return held or (waits or out if chosen.way == "omit-course" else [])


def _holds(prepared: list[PreparedSchool], state: CycleState) -> list[Hold]:
    return [*all_holds(prepared, state), *(hold for school in prepared for hold in school.resolved)] if prepared else []


def _asked_in(home: Home, choice: QuestionChoice, cycle_id: str | None) -> list[str]:
    """The cycles that ask what is meant; those where it is open go first."""
    is_open, decided = list[str](), list[str]()
    with open_lake(home.lake) as lake:
        for cycle in _cycles(home, cycle_id):
            found = chosen_of(questions_of_cycle(home, lake, cycle), choice)
            if found:
                (is_open if any(one.is_open for one in found) else decided).append(cycle)
    return is_open or decided


def _only(cycles: list[str]) -> str:
    if len(cycles) > 1:
        raise InputError("which-cycle", "several cycles have what is decided about", WHERE, "give --cycle ID")
    return cycles[0]


def _about_holds(
    home: Home, student: PersonRef, chosen: ChosenWay, cycle: str, person: SigningPerson
) -> dict[str, Any]:  # fmt: skip
    if chosen.way != "accept" and chosen.class_id is None:
        raise click.UsageError(f"--{chosen.way} needs CLASS here.")
    if person.teacher is not None:
        raise click.UsageError("--for goes with questions of grades: a registrar or head decides about holds.")
    with cycle_lock(home, cycle):
        schools = prepared_of(home, cycle)
        done = resolve_holds(home, schools, student, chosen.way, chosen.class_id, by=person.staff, otp=person.otp,
                             at=person.at, words=person.words)  # fmt: skip
    rows = [
        {"class": hold.class_id, "reason": hold.reason, "decision": chosen.way, "by": person.staff} for hold in done
    ]
    return {"cycle": cycle, "resolved": rows}


def _about_questions(
    home: Home, choice: QuestionChoice, chosen: ChosenWay, cycle: str, person: SigningPerson
) -> dict[str, Any]:  # fmt: skip
    with cycle_lock(home, cycle):
        done = decide_questions(home, prepared_of(home, cycle), choice, chosen.way, person)
    people = ExtractPeople(home, done.questions[0].extract_id)
    rows = [
        {
            "class": one.question.class_id, "reason": one.question.cause, "decision": chosen.way, "by": done.by,
            "for": person.teacher, "cause": one.question.cause, "piece": one.question.line_item_id or None,
            "part": one.question.part_id or None, "students": one.students,
            "student": people.student_id(one.question.person_ref) if one.question.person_ref else None,
        }
        for one in done.questions
    ]  # fmt: skip
    return {"cycle": cycle, "resolved": rows}


def _say(as_json: bool, student: str | None, chosen: ChosenWay, value: dict[str, Any]) -> None:
    if as_json:
        say_json({"cycle": value["cycle"], "student": student, "resolved": value["resolved"]})
        return
    number, asked = len(value["resolved"]), any("cause" in row for row in value["resolved"])
    what = ("question" if asked else "hold") + ("" if number == 1 else "s")
    whose = student if student is not None else value["cycle"]
    click.echo(f"{whose}: {chosen.way}, for {number} {what}. Now prepare the cycle again.")
