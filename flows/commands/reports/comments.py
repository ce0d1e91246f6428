"""`comments`: the proof-reading round trip. What it prints goes to whoever reads, never to a log or to Prefect."""

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from termpost.flows.commands.options import OrderedGroup, common, say_json, say_table, school_option
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.comments import STATES
from termpost.tasks.comments.difference import shown, word_difference
from termpost.tasks.comments.judge import CommentChange, Judged
from termpost.tasks.comments.round_trip import Proofs, chosen, make_sheet, open_proofs, take_back
from termpost.tasks.comments.workbooks import workbook_of
from termpost.tasks.home.comment_bank import bank_of
from termpost.tasks.home.cycle_locks import cycle_lock
from termpost.tasks.home.home import Home
from termpost.tasks.stage.manifests import comments_of, prepared_of, refuse_unknown_school


@click.group(cls=OrderedGroup)
def comments() -> None:
    """Proof-reading: teachers' comments out to a sheet, and what was made of them back.

    \b
    Example: termpost comments export comments.csv --cycle 2021-fall-final --home school
    """


@comments.command()
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--cycle", "cycle_id", metavar="ID", required=True, help="A cycle of calendar.toml.")
@click.option("--class", "class_id", metavar="ID", help="Only those of this class.")
@click.option("--teacher", "teacher_id", metavar="ID", help="Only those of a teacher's classes, or in their name.")
@school_option
@common()
def export(
    file: Path, cycle_id: str, class_id: str | None, teacher_id: str | None, school: str | None, home: Home,
    as_json: bool,
) -> None:  # fmt: skip
    """Writes the comments of a cycle to FILE, a workbook (.xlsx) or else CSV. It is personal: only you may read it.

    \b
    Example: termpost comments export comments.csv --cycle 2021-fall-final --home school
    """
    proofs = chosen(_open(home, cycle_id), class_id, teacher_id)
    if school is not None:
        refuse_unknown_school(home, school, cycle_id)
        classes, students = comments_of(home, cycle_id, school)
        proofs = replace(proofs, comments=tuple(
            one for one in proofs.comments if (one.class_id in classes if one.class_id else one.student in students)
        ))  # fmt: skip
    sheet = make_sheet(home, proofs)
    _write_new(file, workbook_of(sheet) if file.suffix.lower() == ".xlsx" else sheet)
    states = _by_state(proofs)
    if as_json:
        say_json({"cycle": cycle_id, "comments": len(proofs.comments), "states": states, "astray": proofs.astray})
        return
    say_table(f"Comments of {cycle_id}", ("state", "comments"), list(states.items()))
    if proofs.astray:
        click.echo(
            f"{counted(proofs.astray, 'comment names', 'comments name')} a cycle that "
            "calendar.toml does not have: no report has them."
        )


@comments.command("import")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--cycle", "cycle_id", metavar="ID", required=True, help="A cycle of calendar.toml.")
@click.option("--by", "staff_id", metavar="STAFF", help="Who read them; else each changed row says it in edited_by.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@common(decides=True)
def import_(file: Path, cycle_id: str, staff_id: str | None, dry_run: bool, home: Home, as_json: bool) -> None:
    """Takes a sheet back: all of it or, where a row is wrong, nothing. Shows every change word by word.

    \b
    Example: termpost comments import comments.csv --cycle 2021-fall-final --by mlopez --dry-run --home school
    """
    if not file.is_file():
        raise InputError("no-file", "there is no such file", str(file), "name the sheet that was exported")
    data = file.read_bytes()
    with cycle_lock(home, cycle_id):
        proofs = _open(home, cycle_id)
        judged = take_back(home, cycle_id, proofs, data, staff_id, keep=not dry_run, name=file.name)
    for problem in judged.problems:
        click.echo(f"termpost: {problem}", err=True)
    if judged.problems:
        click.get_current_context().exit(1)
    states = _by_state(proofs, () if dry_run else judged.changes)
    if as_json:
        say_json(_as_json(cycle_id, judged, proofs, states, dry_run))
    else:
        _show(judged, proofs, states, dry_run)


@comments.command()
@click.option("--language", metavar="TAG", help="One language; else each that the school offers.")
@common()
def bank(language: str | None, home: Home, as_json: bool) -> None:
    """Shows the sentences that comments may name by code: those that ship, and the home's comment-bank.csv.

    \b
    Example: termpost comments bank --language en --home school
    """
    offered = home.settings.institution.languages
    if language is not None and language not in offered:
        remedy = f"give one of {', '.join(offered)}"
        raise InputError("unknown-language", "the school does not offer this language", "--language", remedy)
    shown_in = (language,) if language else offered
    found = bank_of(home).sentences.values()
    if as_json:
        say_json([
            {"code": one.code, "kind": one.kind, "texts": {tag: one.of(tag) for tag in shown_in}} for one in found
        ])  # fmt: skip
        return
    rows = [(one.code, one.kind, *(one.of(tag) or "" for tag in shown_in)) for one in found]
    say_table("Sentences for comments", ("code", "kind", *shown_in), rows)


def _open(home: Home, cycle_id: str) -> Proofs:
    home.calendar.cycle(cycle_id)
    return open_proofs(home, cycle_id, [school.extract_id for school in prepared_of(home, cycle_id)])


def _write_new(file: Path, data: bytes) -> None:
    """For its owner only, and never over a sheet in which somebody may have written."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        remedy = "name another one, so that no edit is lost"
        raise InputError("file-exists", "the file is there already", str(file), remedy) from None
    with os.fdopen(handle, "wb") as out:
        out.write(data)


def _by_state(proofs: Proofs, changes: Iterable[CommentChange] = ()) -> dict[str, int]:
    """How many comments are in each state, after these changes."""
    now = {one.key: one.state for one in proofs.comments} | {change.before.key: change.state for change in changes}
    counted = Counter(now.values())
    return {state: counted[state] for state in STATES}


def _as_json(
    cycle_id: str, judged: Judged, proofs: Proofs, states: dict[str, int], dry_run: bool
) -> dict[str, Any]:  # fmt: skip
    changes = [
        {
            "row": change.row, "student": proofs.student_id(change.before.student), "class": change.before.class_id,
            "from": change.before.state, "to": change.state, "by": change.by,
            "words": word_difference(change.was, change.wording),
        }
        for change in judged.changes
    ]  # fmt: skip
    return {"cycle": cycle_id, "dry_run": dry_run, "changed": len(changes), "states": states, "changes": changes}


def _show(judged: Judged, proofs: Proofs, states: dict[str, int], dry_run: bool) -> None:
    for change in judged.changes:
        click.echo(_headline(change, proofs))
        if change.wording != change.was:
            for line in shown(word_difference(change.was, change.wording)).split("\n"):
                click.echo(f"  {line}".rstrip())
    moves = Counter((change.before.state, change.state) for change in judged.changes)
    if moves:
        say_table("Changes", ("from", "to", "comments"), [(*move, count) for move, count in sorted(moves.items())])
    if dry_run:
        click.echo("This was a dry run: nothing is changed.")
        return
    say_table("Comments now", ("state", "comments"), list(states.items()))
    if not moves:
        click.echo("Nothing is new: all of this was there already.")
    elif any(_is_printed_otherwise(change) for change in judged.changes):
        click.echo("Now prepare the cycle again, so that the reports say it.")


def _headline(change: CommentChange, proofs: Proofs) -> str:
    place = proofs.classes.get(change.before.class_id or "", "") or change.before.class_id or "homeroom"
    moved = f"{change.before.state} → {change.state}"
    return f"row {change.row}: {proofs.student_id(change.before.student)}, {place}: {moved}, by {change.by}"


def _is_printed_otherwise(change: CommentChange) -> bool:
    gone = (change.before.state == "declined", change.state == "declined")
    return gone[0] != gone[1] or (not gone[1] and change.wording != change.was)


COMMAND = comments
