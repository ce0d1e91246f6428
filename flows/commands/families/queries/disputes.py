"""`feedback refuse|hearing|statement`: the way of a dispute that the school does not follow."""

from pathlib import Path

import click
from termpost.flows.commands.families.queries.at_the_door import show_at_every_door
from termpost.flows.commands.families.queries.proved import proved, staff_options, words_options
from termpost.flows.commands.options import common, say_json
from termpost.flows.commands.staff_auth import said_words
from termpost.schemas.log.query_threads import QueryThread
from termpost.tasks.feedback.answering import disputes
from termpost.tasks.feedback.answering.who_may import OFFICE
from termpost.tasks.home.home import Home

query_argument = click.argument("query_id", metavar="ID")


@click.command()
@query_argument
@words_options
@staff_options
@common(decides=True)
def refuse(
    query_id: str, text: str | None, note_file: Path | None, staff_id: str, otp: str, home: Home, as_json: bool
) -> None:  # fmt: skip
    """Refuses to change the record, with the reason. The answer ends with the rights that remain, in the family's
    language: to a hearing and a statement, or of the school's appeal policy.

    \b
    Example: termpost feedback refuse q1a2b3c4d5e6 --text "The quiz was not handed in." --by mlopez --otp 123456
    """
    words = said_words(text, note_file)

    def possible(thread: QueryThread) -> None:
        disputes.refuse_refusal(thread, words)

    with proved(home, query_id, staff_id, otp, "feedback-refuse", possible, OFFICE) as (thread, who):
        disputes.refuse(home, "feedback-refuse", thread, who, words)
    _say(as_json, query_id, "refused")


@click.command()
@query_argument
@click.option("--held-by", metavar="STAFF", help="Who hears it, without an interest in it; nobody where from outside.")
@click.option("--lost", is_flag=True, help="It was held, and the record stays as it is.")
@staff_options
@common(decides=True)
def hearing(
    query_id: str, held_by: str | None, lost: bool, staff_id: str, otp: str, home: Home, as_json: bool
) -> None:  # fmt: skip
    """Notes that a hearing was asked for, and with --lost how it ended. One that is won ends with a corrected version.

    \b
    Example: termpost feedback hearing q1a2b3c4d5e6 --held-by kbrown --by mlopez --otp 123456 --home school
    """

    def possible(thread: QueryThread) -> None:
        disputes.refuse_hearing(home, thread, lost=lost, held_by=held_by)

    with proved(home, query_id, staff_id, otp, "feedback-hearing", possible, OFFICE) as (thread, who):
        disputes.hearing(home, "feedback-hearing", thread, who, lost=lost, held_by=held_by)
    _say(as_json, query_id, "lost" if lost else "hearing")


@click.command()
@query_argument
@words_options
@staff_options
@common(decides=True)
def statement(
    query_id: str, text: str | None, note_file: Path | None, staff_id: str, otp: str, home: Home, as_json: bool
) -> None:  # fmt: skip
    """Keeps the family's statement after a lost hearing. It is disclosed together with the part it is about.

    \b
    Example: termpost feedback statement q1a2b3c4d5e6 --note-file statement.txt --by mlopez --otp 123456 --home school
    """
    words = said_words(text, note_file)

    def possible(thread: QueryThread) -> None:
        disputes.refuse_step(thread, "statement-kept")

    with proved(home, query_id, staff_id, otp, "feedback-statement", possible, OFFICE) as (thread, who):
        disputes.statement(home, "feedback-statement", thread, who, words)
    show_at_every_door(home, "feedback-statement")
    _say(as_json, query_id, "statement")


def _say(as_json: bool, query_id: str, step: str) -> None:
    if as_json:
        say_json({"id": query_id, "dispute": step})
    else:
        click.echo(f"{query_id}: {step}")
