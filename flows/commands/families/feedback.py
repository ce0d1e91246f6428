"""`feedback`: what families ask and say, and what becomes of it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import click
from termpost.flows.commands.families.meeting_commands.meet import meet
from termpost.flows.commands.families.queries.answering import answer, approve, assign, close, delegate, reopen, show
from termpost.flows.commands.families.queries.collecting import collect
from termpost.flows.commands.families.queries.disputes import hearing, refuse, statement
from termpost.flows.commands.options import OrderedGroup, common, say, say_json, school_option
from termpost.flows.commands.source_ids import source_ids
from termpost.flows.commands.staff_auth import said_words
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.log.feedback.acknowledgements import acknowledgements
from termpost.schemas.log.query_threads import QUERY_KINDS, QueryThread
from termpost.tasks.feedback.acknowledging.record import acknowledged
from termpost.tasks.feedback.asking_facts import AskingFacts
from termpost.tasks.feedback.clock.thread_clock import due_of
from termpost.tasks.feedback.entitled import entitled
from termpost.tasks.feedback.queries import NewQuery, Via, receive, standing_of, threads_of
from termpost.tasks.feedback.sent_reports import SentReport, of_slip
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.stage.manifests import refuse_unknown_school, students_of

COLUMNS = ("id", "kind", "student", "received", "due", "state", "assigned to", "meeting", "right")
OFFICE = "office"  # who answers where nobody else does


@click.group(cls=OrderedGroup)
def feedback() -> None:
    """What families ask, and when it is due.

    \b
    Example: termpost feedback list --home school
    """


@feedback.command()
@click.option("--student", metavar="ID", help="About whom; the slip says it too.")
@click.option("--kind", type=click.Choice([*QUERY_KINDS, "acknowledgement"]), required=True, help="What came.")
@click.option("--from", "contact", metavar="ID", help="Who asks: an id of users.csv; of kind staff a staff id.")
@click.option("--via", type=click.Choice(get_args(Via)), default="paper", show_default=True, help="How it came.")
@click.option("--slip", metavar="TYPED", help="What the square on the slip or form says, scanned or typed.")
@click.option("--rating", type=click.IntRange(1, 5), help="Of kind rating: 1 to 5.")
@click.option("--text", help="The words; else --note-file or standard input.")
@click.option(
    "--note-file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="A file with the words; - is standard input.",
)
@common(decides=True)
def add(
    student: str | None, kind: str, contact: str | None, via: Via, slip: str | None, rating: int | None,
    text: str | None, note_file: Path | None, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Takes down what came by paper, phone or mail; a question is due in [feedback] staff_days.

    \b
    Example: termpost feedback add --student 604822 --from C778167 --kind question --via phone --text "Why is the quiz missing?"
             termpost feedback add --kind acknowledgement --slip W4TK-7QXE-9RM --home school
    """  # noqa: E501 - an example is one line, to be copied
    sent = of_slip(home, slip) if slip is not None else None
    if kind == "acknowledgement":
        _acknowledge(home, sent, via, as_json)
        return
    if rating is not None and kind != "rating":
        raise click.UsageError("--rating is of kind rating.")
    words = (text or "") if rating is not None and note_file is None else said_words(text, note_file)
    new = _new_query(home, kind, (student, contact), via, sent, words, rating)
    query_id, entries = receive(home, new)
    home.log.append("feedback-add", entries)
    due = due_of(threads_of(home)[query_id], home.clocks, home.today)
    if as_json:
        say_json({"id": query_id, "due": due and due.isoformat(), "right": new.has_right})
        return
    click.echo(f"{query_id}: due {due}" if due else f"{query_id}: noted")
    if not new.has_right:
        click.echo("Who asks has no right to this report, or is not known: the office answers, in writing.")


def _new_query(
    home: Home, kind: str, people: tuple[str | None, str | None], via: Via, sent: SentReport | None, words: str,
    rating: int | None,
) -> NewQuery:  # fmt: skip
    about: dict[str, Any] = {"kind": kind, "via": via, "text": words, "at": home.clock.today(), "rating": rating}
    student, contact = people
    if kind == "staff":
        if sent is not None or student is not None:
            raise click.UsageError("What staff say is about no student: leave --student and --slip out.")
        return NewQuery(**about, by=_registered(home, contact))
    if sent is not None and student is not None:
        raise click.UsageError("The slip says whom it is about: give --slip or --student.")
    if sent is None and student is None:
        raise click.UsageError("Missing option '--student', or '--slip'.")
    who = PersonRef(sent.student) if sent else reference_of(home, student or "", "--student")
    asks = reference_of(home, contact, "--from") if contact else PersonRef(sent.recipient) if sent else None
    with open_lake(home.lake) as lake:
        has_right = asks is not None and bool(entitled(home, lake, {(who, asks)}))
    asking, cycle = AskingFacts.of(home), sent.cycle if sent else None
    about |= {"told_until": asking.until(asks, who, cycle), "is_late": asking.is_late(asks, cycle, about["at"])}
    if sent is not None:
        about |= {"cycle": cycle, "report": sent.report, "version": sent.version}
    return NewQuery(**about, student=who, contact=asks, has_right=has_right)


def _registered(home: Home, staff: str | None) -> str:
    if staff is None:
        raise click.UsageError("Missing option '--from': the staff id of who says it.")
    home.staff.refuse_absent(staff, "--from")
    return staff


def _acknowledge(home: Home, sent: SentReport | None, via: Via, as_json: bool) -> None:
    if sent is None:
        raise click.UsageError("Missing option '--slip': it says which version, and whose it is.")
    known = acknowledgements(home.log.entries("acknowledged"))
    is_new = (sent.report, sent.version, sent.recipient) not in known
    if is_new:
        home.log.append("feedback-add", [acknowledged(sent, home.today, via)])
    if as_json:
        say_json({"report": sent.report, "version": sent.version, "acknowledged": True, "new": is_new})
    else:
        click.echo("Noted: this version was read." if is_new else "This version was acknowledged before.")


@feedback.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only what waits for somebody of the school.")
@school_option
@common()
def list_queries(only_open: bool, school: str | None, home: Home, as_json: bool) -> None:
    """Every query with its due day, and who answers it; never the words.

    \b
    Example: termpost feedback list --open --home school
    """
    refuse_unknown_school(home, school)
    here = None if school is None else students_of(home, school)
    found = [
        one for one in threads_of(home).values()
        if (not only_open or one.state in ("open", "held")) and (here is None or one.student in here)
    ]  # fmt: skip
    names = source_ids(home, {query.student for query in found if query.student}, StudentIdentity)
    value = list(_rows(home, found, names))
    came = [f"{one.received.astimezone(home.calendar.zone):%Y-%m-%d %H:%M}" for one in found]
    rows = [list((row | {"received": at}).values()) for row, at in zip(value, came, strict=True)]
    say(as_json, value, "Queries", COLUMNS, rows)


def _rows(home: Home, threads: Iterable[QueryThread], names: dict[str, str]) -> Iterable[dict[str, Any]]:
    for one in threads:
        due = due_of(one, home.clocks, home.today)
        state = standing_of(home.clocks, one, home.today)
        yield {
            "id": one.id, "kind": one.kind, "student": names.get(one.student or "", one.student),
            "received": one.received.isoformat(), "due": due and due.isoformat(),
            "state": "to-approve" if one.to_approve is not None else state,
            "assigned_to": one.assigned_to or (OFFICE if one.was_assigned else None),
            "meeting": one.meetings[-1].reason if one.meetings else None, "right": one.has_right,
        }  # fmt: skip


for command in (collect, meet, show, assign, answer, approve, close, reopen, refuse, hearing, statement, delegate):
    feedback.add_command(command)

COMMAND = feedback
