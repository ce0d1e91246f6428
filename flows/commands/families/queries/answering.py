"""`feedback show|assign|answer|approve|close|reopen|delegate`: what staff do with a query, each with their own code."""

from datetime import datetime
from pathlib import Path

import click
from rich.text import Text
from termpost.flows.commands.families.queries.proved import proved, staff_options, words_options
from termpost.flows.commands.options import common, console, say_json, shown_cell
from termpost.flows.commands.source_ids import source_ids
from termpost.flows.commands.staff_auth import refusals_logged, said_words
from termpost.schemas.base.neutral_text import neutral
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.log.query_threads import CLOSE_REASONS, QueryThread
from termpost.tasks.feedback.answering import answers
from termpost.tasks.feedback.answering.assign import delegate as delegate_to
from termpost.tasks.feedback.answering.who_may import OFFICE
from termpost.tasks.feedback.answering.words import SaidWords, opened_words
from termpost.tasks.feedback.clock.thread_clock import due_of
from termpost.tasks.home.home import Home

DAY = click.DateTime(["%Y-%m-%d"])
query_argument = click.argument("query_id", metavar="ID")


@click.command()
@query_argument
@staff_options
@common(decides=True)
def show(query_id: str, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Opens the words: the question, replies, answers and minutes. The log says who read them.

    \b
    Example: termpost feedback show q1a2b3c4d5e6 --by mlopez --otp 123456 --home school
    """
    with refusals_logged(home, staff_id, "feedback-show"):
        thread, words = opened_words(home, query_id, staff_id, otp)
    if as_json:
        said = [{"what": one.what, "at": one.at.isoformat(), "by": one.by, "text": one.text} for one in words]
        say_json(_about(home, thread) | {"words": said})
        return
    for name, value in _about(home, thread).items():
        click.echo(f"{name.replace('_', ' ')}: {shown_cell(value)}")
    for one in words:
        _print(home, one)


def _print(home: Home, one: SaidWords) -> None:
    """What strangers wrote is printed as text, and never acts on the terminal."""
    at = one.at.astimezone(home.calendar.zone)
    click.echo(f"\n{one.what}, {at:%Y-%m-%d %H:%M}, {one.by}:")
    text = "(erased: nobody can read it any more)" if one.text is None else neutral(one.text)
    console().print(Text(text), soft_wrap=True)


def _about(home: Home, thread: QueryThread) -> dict[str, str | int | bool | None]:
    due = due_of(thread, home.clocks, home.today)
    student = source_ids(home, [thread.student] if thread.student else [], StudentIdentity).get(
        thread.student or "", thread.student
    )
    contact = source_ids(home, [thread.contact] if thread.contact else [], ContactIdentity).get(
        thread.contact or "", thread.contact
    )
    return {
        "id": thread.id, "kind": thread.kind, "student": student, "from": contact, "via": thread.via,
        "state": thread.state,
        "due": due.isoformat() if due else None, "assigned_to": thread.assigned_to,
        "right": thread.has_right,
        "rating": thread.rating, "dispute": thread.dispute,
    }  # fmt: skip


@click.command()
@query_argument
@click.option("--to", metavar="STAFF", help="Who answers; without it the office.")
@staff_options
@common(decides=True)
def assign(query_id: str, to: str | None, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Gives the query to somebody, or back to the office.

    \b
    Example: termpost feedback assign q1a2b3c4d5e6 --to tnguyen --by mlopez --otp 123456 --home school
    """

    def possible(thread: QueryThread) -> None:
        answers.refuse_assignment(home, thread, to)

    with proved(home, query_id, staff_id, otp, "feedback-assign", possible) as (thread, who):
        answers.assign(home, "feedback-assign", thread, to, who)
    _say(as_json, query_id, {"assigned_to": to}, f"assigned to {to or 'the office'}")


@click.command()
@query_argument
@words_options
@click.option("--corrected", nargs=2, type=(str, int), metavar="REPORT VERSION",
              help="The released version that resolves a recording error.")  # fmt: skip
@staff_options
@common(decides=True)
def answer(
    query_id: str, text: str | None, note_file: Path | None, corrected: tuple[str, int] | None, staff_id: str, otp: str,
    home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Writes the answer down, which stops the clock. It goes back behind the family's door, never by mail in clear.

    \b
    Example: termpost feedback answer q1a2b3c4d5e6 --text "It was marked on Friday; 9 of 10." --by mlopez --otp 123456
    """
    words = said_words(text, note_file)

    def possible(thread: QueryThread) -> None:
        answers.refuse_answer(home, thread, words, corrected)

    with proved(home, query_id, staff_id, otp, "feedback-answer", possible) as (thread, who):
        is_given = answers.answer(home, "feedback-answer", thread, who, words, corrected)
    state = "answered" if is_given else "to-approve"
    _say(as_json, query_id, {"state": state}, "answered" if is_given else "waits for a second person to approve it")


@click.command()
@query_argument
@staff_options
@common(decides=True)
def approve(query_id: str, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """A second person lets the last answer go back, where [feedback] second_eyes asks for one.

    \b
    Example: termpost feedback approve q1a2b3c4d5e6 --by kbrown --otp 123456 --home school
    """

    def possible(thread: QueryThread) -> None:
        answers.refuse_own_answer(thread, staff_id)

    with proved(home, query_id, staff_id, otp, "feedback-approve", possible) as (thread, who):
        answers.approve(home, "feedback-approve", thread, who)
    _say(as_json, query_id, {"state": "answered"}, "approved and answered")


@click.command()
@query_argument
@click.option("--reason", type=click.Choice(CLOSE_REASONS), required=True, help="Why nothing more is to be done.")
@staff_options
@common(decides=True)
def close(query_id: str, reason: str, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Ends a query; nothing of it is lost, and a reply or `reopen` goes on with it.

    \b
    Example: termpost feedback close q1a2b3c4d5e6 --reason settled --by mlopez --otp 123456 --home school
    """

    def possible(thread: QueryThread) -> None:
        answers.refuse_closing(thread, reason)

    with proved(home, query_id, staff_id, otp, "feedback-close", possible) as (thread, who):
        answers.close(home, "feedback-close", thread, reason, who)
    _say(as_json, query_id, {"state": "closed"}, "closed")


@click.command()
@query_argument
@staff_options
@common(decides=True)
def reopen(query_id: str, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Opens it again, with a clock that begins now.

    \b
    Example: termpost feedback reopen q1a2b3c4d5e6 --by mlopez --otp 123456 --home school
    """
    with proved(home, query_id, staff_id, otp, "feedback-reopen", answers.refuse_open) as (thread, who):
        answers.reopen(home, "feedback-reopen", thread, who)
    _say(as_json, query_id, {"state": "open"}, "open again")


@click.command()
@click.argument("away", metavar="STAFF")
@click.option("--to", metavar="STAFF", required=True, help="Who stands in.")
@click.option("--from", "first", type=DAY, required=True, metavar="DATE", help="The first day.")
@click.option("--until", "last", type=DAY, required=True, metavar="DATE", help="The last day.")
@staff_options
@common(decides=True)
def delegate(
    away: str, to: str, first: datetime, last: datetime, staff_id: str, otp: str, home: Home, as_json: bool
) -> None:  # fmt: skip
    """Lets somebody stand in for somebody who is away, both days included: the person themselves or the office says so.

    \b
    Example: termpost feedback delegate tnguyen --to kbrown --from 2022-01-10 --until 2022-01-14 --by mlopez --otp 123456
    """  # noqa: E501 - an example is one line, to be copied
    with refusals_logged(home, staff_id, "feedback-delegate"):
        who = home.staff.prove(staff_id, otp, home.clock.now(), OFFICE | ({"teacher"} if staff_id == away else set()))
        delegate_to(home, "feedback-delegate", away, to, (first.date(), last.date()), who)
    if as_json:
        say_json({"away": away, "to": to, "from": first.date(), "until": last.date()})
    else:
        click.echo(f"{to} answers for {away} from {first.date()} to {last.date()}.")


def _say(as_json: bool, query_id: str, value: dict[str, str | None], text: str) -> None:
    if as_json:
        say_json({"id": query_id} | value)
    else:
        click.echo(f"{query_id}: {text}")
