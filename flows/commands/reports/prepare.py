"""`prepare`: from the gradebook to reports that wait."""

from collections.abc import Mapping, Sequence

import click
from termpost.flows.commands.options import common, extract_option, say_json, say_table
from termpost.flows.commands.source_ids import as_typed
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Prepared
from termpost.schemas.documents.prepared import NOTHING_BELOW
from termpost.schemas.settings.overweight import overweight
from termpost.tasks.distribute.plan import make_plan
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.stage.grade_questions import questions_of_cycle

SHOWN = 5  # schools by name
# why students have no report, of one and of several
NO_REPORT: Mapping[str, tuple[str, str]] = {
    "no-seat": ("sits in no class", "sit in no class"),
    "not-begun": ("begins after the cut-off", "begin after the cut-off"),
    "left": ("has left", "have left"),
    "nothing-below": ("has no course below the line", "have no course below the line"),
    "no-class": ("has no class in the cycle", "have no class in the cycle"),
    "other-session": (
        "is at a school without a session in the cycle",
        "are at a school without a session in the cycle",
    ),
}


@click.command()
@click.option("--cycle", "cycle_id", metavar="ID", required=True, help="A cycle of calendar.toml.")
@extract_option
@click.option(
    "--confirm-deletions",
    metavar="COUNT",
    type=click.IntRange(min=1),
    help="So many students have left; asked for when an extract takes many away.",
)
@click.option(
    "--correct",
    metavar="STUDENT",
    multiple=True,
    help="A student whose released report gets a new version; may be repeated. Nobody else's changes.",
)
@common(decides=True, takes_earlier=True)
def prepare(
    cycle_id: str, extract: str, confirm_deletions: int | None, correct: tuple[str, ...], home: Home, as_json: bool
) -> None:
    """The prepare flow: reports are made and held. Nothing reaches a family.

    \b
    Example: termpost prepare --cycle 2021-fall-final --extract gradebook.zip --home school
    """
    from termpost.flows.runner import run_flow  # noqa: PLC0415 - Prefect is slow to import

    for said in overweight(home.policy):
        click.echo(f"termpost: {said}", err=True)
    made_before = _versions(home)
    typed = {reference_of(home, student, f"--correct {student}"): student for student in correct}
    parameters = {
        "cycle_id": cycle_id, "extract": str(extract), "confirm_deletions": confirm_deletions, "correct": list(typed),
    }  # fmt: skip
    try:
        prepared = run_flow(home, "prepare_reports", parameters)
    except InputError as error:
        raise as_typed(error, typed) from None
    new = _versions(home) - made_before
    value = [
        {
            "cycle": p.cycle_id,
            "school": p.school,
            "students": p.students,
            "made": p.made,
            "held": p.held,
            "draft": p.draft,
            "unreported": dict(p.unreported),
        }
        for p in prepared
    ]
    questions, about_grades = _questions(home, cycle_id) if prepared else (0, 0)
    if as_json:
        say_json({"prepared": value, "new": new, "questions": questions, "grade_questions": about_grades})
    else:
        _say_schools(prepared, new)
        _say_next(home, cycle_id, questions, about_grades, draft=any(p.draft for p in prepared))
    if nothing := [p.school for p in prepared if _is_empty(p)]:
        raise InputError(
            "nothing-made", f"no report was made for {_listed(nothing)}, which has students",
            f"calendar.toml [[cycle]] {cycle_id}",
            "compare its session with those of classes.csv; a school that is to have none is left out of `sessions`",
        )  # fmt: skip


def _say_schools(prepared: Sequence[Prepared], new: int) -> None:
    """A row for each, and whom it has no report of."""
    columns = ("cycle", "school", "students", "reports", "held", "draft", "no report")
    say_table("Prepared", columns, [
        (p.cycle_id, p.school, p.students, p.made, p.held, p.draft, sum(n for _, n in p.unreported)) for p in prepared
    ])  # fmt: skip
    for p in prepared:
        if p.unreported:
            click.echo(_why_without(p))
    if new or any(p.made for p in prepared):
        click.echo(
            f"{counted(new, 'report version is', 'report versions are')} new."
            if new
            else "Nothing is new: every report was there already."
        )


def _say_next(home: Home, cycle_id: str, questions: int, about_grades: int, *, draft: bool) -> None:
    """What is to be done before the release."""
    if questions:
        click.echo(
            f"{counted(questions, 'question')} for the office about who may have a report: see `termpost recipients`."
        )
    if about_grades:
        click.echo(
            f"{counted(about_grades, 'question')} about grades, which are to follow until "
            "they are decided: see `termpost holds`."
        )
    if draft:
        cutoff = home.calendar.cycle(cycle_id).cutoff
        click.echo(f"These are drafts: marks of {cutoff} still count. Prepare again after it, then release.")
    click.echo(f"Before the release, read the proof pack: termpost proof --cycle {cycle_id} --out proof")


def _is_empty(prepared: Prepared) -> bool:
    """Whether a school that the cycle reports on has students at the cut-off, and a report of none of them."""
    there = [reason for reason, _ in prepared.unreported if reason not in ("left", "not-begun", NOTHING_BELOW)]
    return prepared.is_planned and not prepared.made and bool(there)


def _listed(schools: Sequence[str]) -> str:
    """A line's worth of them."""
    more = f" and {len(schools) - SHOWN} more schools" if len(schools) > SHOWN else ""
    return f"school {', '.join(schools[:SHOWN])}{more}"


def _why_without(prepared: Prepared) -> str:
    told = "; ".join(f"{n} {NO_REPORT[reason][n != 1]}" for reason, n in prepared.unreported)
    return f"School {prepared.school}, without a report: {told} (unreported.csv of the proof pack)."


def _questions(home: Home, cycle_id: str) -> tuple[int, int]:
    """What must be asked before the release, while there is time: of rights and addresses, and of grades."""
    with open_lake(home.lake) as lake:
        of_rights = sum(decision.question for decision in make_plan(home, lake, cycle_id, None).decisions)
        return of_rights, sum(one.is_open for one in questions_of_cycle(home, lake, cycle_id))


def _versions(home: Home) -> int:
    return len({(e.report, e.version) for e in home.log.entries() if e.kind == "report_made"})


COMMAND = prepare
