"""`feedback`: the query loop."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import click
from termpost.flows.commands.options import OrderedGroup, common, say, say_json
from termpost.flows.commands.source_ids import reference_of, source_ids
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.log.query_threads import QueryKind
from termpost.tasks.feedback.queries import Query, Via, queries, receive
from termpost.tasks.feedback.queries import answer as answer_query
from termpost.tasks.home.home import Home


@click.group(cls=OrderedGroup)
def feedback() -> None:
    """What families ask, and when it is due.

    \b
    Example: termpost feedback list --home school
    """


def _words(note_file: Path | None, text: str | None) -> str:
    if text is not None:
        return text
    return note_file.read_text() if note_file else sys.stdin.read()


note_option = click.option(
    "--note-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The words; else standard input."
)


@feedback.command()
@click.option("--student", metavar="ID", required=True)
@click.option("--kind", type=click.Choice(get_args(QueryKind)), required=True)
@click.option("--from", "contact", metavar="CONTACT", help="Who asks: an id of users.csv.")
@click.option("--via", type=click.Choice(get_args(Via)), default="paper", show_default=True, help="How it came.")
@click.option("--text", help="The words; else --note-file or standard input.")
@note_option
@common(decides=True)
def add(
    student: str,
    kind: QueryKind,
    contact: str | None,
    via: Via,
    text: str | None,
    note_file: Path | None,
    home: Home,
    as_json: bool,
) -> None:
    """Takes a query down; it is due in five working days.

    \b
    Example: termpost feedback add --student 604822 --kind question --via phone --text "Why is the quiz missing?"
    """
    who = reference_of(home, student, "--student")
    asked_by = reference_of(home, contact, "--from") if contact else None
    query_id, entry = receive(home, who, kind, via, _words(note_file, text), asked_by)
    home.log.append("feedback-add", [entry])
    query = _find(home, query_id)
    if as_json:
        say_json({"id": query_id, "due": query.due.isoformat()})
    else:
        click.echo(f"{query_id}: due {query.due}")


def _find(home: Home, query_id: str) -> Query:
    for query in queries(home.log.entries(), home.calendar, home.clock.today()):
        if query.id == query_id:
            return query
    raise InputError("unknown-query", "there is no such query", query_id, "see `termpost feedback list`")


@feedback.command("list")
@common()
def list_queries(home: Home, as_json: bool) -> None:
    """Every query with its due day.

    \b
    Example: termpost feedback list --home school
    """
    found = queries(home.log.entries(), home.calendar, home.clock.today())
    names = source_ids(home, {query.student for query in found}, StudentIdentity)
    value = [_row(query, names) for query in found]
    columns = ("id", "student", "received", "due", "state", "assigned to", "meeting")
    say(as_json, value, "Queries", columns, [tuple(row.values()) for row in value])


def _row(query: Query, names: dict[str, str]) -> dict[str, Any]:
    about = asdict(query)
    return {
        "id": query.id,
        "student": names.get(query.student, query.student),
        "received": query.received.isoformat(),
        "due": query.due.isoformat(),
        "state": about["state"],
        "assigned_to": None,
        "meeting": None,
    }


@feedback.command()
@click.argument("query_id", metavar="ID")
@click.option("--by", "staff_id", metavar="STAFF", required=True)
@click.option("--text", help="The words; else --note-file or standard input.")
@note_option
@common(decides=True)
def answer(query_id: str, staff_id: str, text: str | None, note_file: Path | None, home: Home, as_json: bool) -> None:
    """Writes the answer down, which stops the clock.

    \b
    Example: termpost feedback answer q1a2b3c4d5e6 --by mlopez --text "It was marked on Friday; 9 of 10."
    """
    if staff_id not in {member.id for member in home.staff.list() if not member.removed}:
        raise InputError("unknown-staff", "there is no such staff id", "--by", "see `termpost staff list`")
    home.log.append("feedback-answer", [answer_query(home, _find(home, query_id), staff_id, _words(note_file, text))])
    if as_json:
        say_json({"id": query_id, "state": "answered"})
    else:
        click.echo(f"{query_id}: answered")


COMMAND = feedback
