"""`rights`: what the office found on paper about a contact's right, where the record is silent or late."""

from datetime import date, datetime

import click
from termpost.flows.commands.options import OrderedGroup, at_home, common, say, say_json
from termpost.flows.commands.source_ids import source_ids
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.log.cycle_state import NEW_PERSON
from termpost.schemas.log.published_objects import Visible
from termpost.schemas.log.rights_decision import (
    BASES,
    DECIDED,
    DOCUMENTED,
    FINDINGS,
    HAND_OVER,
    OF_HOLDER,
    OF_LIKENESS,
    Basis,
    RightsDecision,
    RightsFinding,
    decisions_that_count,
)
from termpost.tasks.distribute.rights_ended import open_rights, withdraw_ended
from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.rights.answerable import compared_with_barred, holder_shown_by, refuse_strangers
from termpost.tasks.rights.newer_record import RightToday
from termpost.tasks.rights.rights_decisions import (
    end_rights_decision,
    keep_rights_decision,
    read_rights_decisions,
)
from termpost.tasks.secrets.staff import RELEASE_ROLES

COLUMNS = ("student", "contact", "finding", "basis", "document", "dated", "since", "until", "by", "in_force")
DAY = click.DateTime(["%Y-%m-%d"])
LONGEST = 200  # signs of a document's reference
ENDABLE = [finding for finding in FINDINGS if finding not in OF_HOLDER]  # a code that was let go does not come back
WAYS_OUT = {
    "row-missing": "put the row back and prepare, or withdraw --recipient",
    "value-missing": "put the value back and prepare, or withdraw --recipient",
    "person-changed": "rights decide --finding same-person or new-person",
}


@click.group(cls=OrderedGroup, invoke_without_command=True)
@common(home=False)
@click.pass_context
def rights(context: click.Context, home: None, as_json: bool) -> None:  # noqa: ARG001 - click gives it
    """Decisions of the office about who may have a report, each with the paper it rests on. They outlive extracts.

    What the record says goes before; a decision speaks where it is silent, or adds a bar that it does not have yet.

    \b
    Example: termpost rights --home school
    """
    if context.invoked_subcommand is not None:
        return
    opened = at_home(context.params["home_path"], context.params["as_of"])
    day = opened.today
    read = read_rights_decisions(opened)
    students = source_ids(opened, {one.student for one, _ in read}, StudentIdentity)
    contacts = source_ids(opened, {one.contact for one, _ in read}, ContactIdentity)
    rows = [
        {
            "student": students.get(one.student, one.student), "contact": contacts.get(one.contact, one.contact),
            "finding": decision.finding, "basis": decision.basis, "document": decision.document,
            "dated": decision.dated and decision.dated.isoformat(),
            "since": decision.since and decision.since.isoformat(),
            "until": decision.until and decision.until.isoformat(),
            "by": decision.by, "in_force": decision.is_in_force(day),
        }
        for one, decision in read
    ]  # fmt: skip
    say(as_json, rows, "Decided by the office", COLUMNS, [tuple(row.values()) for row in rows])


@rights.command()
@click.argument("student", metavar="STUDENT")
@click.argument("contact", metavar="CONTACT")
@click.option("--finding", type=click.Choice(FINDINGS), required=True, help="What the paper says of this contact.")
@click.option("--basis", type=click.Choice(BASES), required=True, help="What kind of paper.")
@click.option("--document", metavar="REF", required=True, help="Where the office keeps it, by a file number.")
@click.option("--dated", type=DAY, metavar="DATE", help="The day of the paper; a bar without one stays a question.")
@click.option("--since", type=DAY, metavar="DATE", help="Its first day; without it, always.")
@click.option("--until", type=DAY, metavar="DATE", help="The first day it no longer counts; an agreement needs one.")
@click.option("--by", "staff_id", metavar="STAFF", required=True, help="Who decides: a registrar or head.")
@click.option("--otp", metavar="CODE", required=True, help="What their authenticator app shows now.")
@common(decides=True)
def decide(
    student: str, contact: str, finding: RightsFinding, basis: Basis, document: str, dated: datetime | None,
    since: datetime | None, until: datetime | None, staff_id: str, otp: str, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Keeps what a paper says about one contact of one student. It counts from now on, also after later extracts.

    \b
    Example: termpost rights decide 604822 C778167 --finding guardian --basis court-order --document C-17 --by mlopez --otp 123456 --home school
    """  # noqa: E501 - an example is one line, to be copied
    decision = RightsDecision(
        finding=finding, basis=basis, document=_reference(document), by=staff_id,
        dated=dated.date() if dated else None,
        since=since.date() if since else None, until=until.date() if until else None,
    )  # fmt: skip
    _refuse_options(decision, home.today)
    if decision.since and decision.until and decision.until <= decision.since:
        raise click.UsageError("--until is the first day after it: give one later than --since.")
    with refusals_logged(home, staff_id, "rights-decide"):
        ref, other = reference_of(home, student, "STUDENT"), reference_of(home, contact, "CONTACT")
        compared = compared_with_barred(home, ref, other, finding) if finding in OF_LIKENESS else None
        shown_by = holder_shown_by(home, ref, other, finding) if finding in OF_HOLDER else None
        if finding == HAND_OVER:
            _refuse_somebody_else(ref, other)
        elif compared is None and shown_by is None:
            compared = refuse_strangers(home, ref, other, decision)
        who = home.staff.prove(staff_id, otp, home.clock.now(), RELEASE_ROLES)
        by_them = decision.model_copy(update={"by": who, "compared": compared})
        keep_rights_decision(home, "rights-decide", ref, other, by_them, shown_by)
        if finding == NEW_PERSON:
            withdraw_ended(home, "rights-decide", who)  # what lies open for whoever had the id before
            refresh_doors(home, "rights-decide")
    if as_json:
        say_json({"student": student, "contact": contact, "finding": finding})
    else:
        click.echo(f"{contact}, about {student}: {finding}. `termpost recipients` shows what follows.")
        if finding == HAND_OVER:
            click.echo("Where the report is held as no-contact-known, prepare the cycle again.")


@rights.command()
@click.argument("student", metavar="STUDENT")
@click.argument("contact", metavar="CONTACT")
@click.option("--finding", type=click.Choice(ENDABLE), required=True, help="Which decision.")
@click.option("--by", "staff_id", metavar="STAFF", required=True, help="Who ends it: a registrar or head.")
@click.option("--otp", metavar="CODE", required=True, help="What their authenticator app shows now.")
@common(decides=True)
def end(student: str, contact: str, finding: RightsFinding, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Ends a decision: the record alone counts again.

    \b
    Example: termpost rights end 604822 C778167 --finding guardian --by mlopez --otp 123456 --home school
    """
    with refusals_logged(home, staff_id, "rights-end"):
        pair = reference_of(home, student, "STUDENT"), reference_of(home, contact, "CONTACT")
        standing = decisions_that_count(home.log.entries(*DECIDED))
        found = [one for one in standing if (one.student, one.contact) == pair and one.finding == finding]
        if not found:
            raise InputError("no-ruling", "there is no such decision", "rights end", "see `termpost rights`")
        who = home.staff.prove(staff_id, otp, home.clock.now(), RELEASE_ROLES)
        end_rights_decision(home, "rights-end", found[0], who)
    if as_json:
        say_json({"student": student, "contact": contact, "ended": finding})
    else:
        click.echo("Ended: the record alone counts again.")


@rights.command("open")
@common()
def open_questions(home: Home, as_json: bool) -> None:
    """Whose right to something that lies open has ended and is not taken back yet, or must be asked about.

    What a file leaves out ends nothing: put the row or the value back and prepare, or take it back by hand.

    \b
    Example: termpost rights open --home school
    """
    found = open_rights(home, Visible.fold(home.log.entries()).open())
    ended = {(one.student, one.recipient) for one in found.ended}
    mine = {pair: right for pair, right in found.today.items() if pair in ended or right.asks}
    students = source_ids(home, {student for student, _ in mine}, StudentIdentity)
    contacts = source_ids(home, {contact for _, contact in mine}, ContactIdentity)
    rows = [
        {
            "student": students.get(student, student), "contact": contacts.get(contact, contact),
            "ended": right.ended, "asks": right.asks, "way_out": _way_out(right, waits=found.needs_a_person),
        }
        for (student, contact), right in mine.items()
    ]  # fmt: skip
    columns = ("student", "contact", "ended", "asks", "way_out")
    say(as_json, rows, "Rights to what lies open", columns, [tuple(row.values()) for row in rows])


def _way_out(right: RightToday, *, waits: bool) -> str:
    if right.ended is not None:
        return "withdraw --rights-ended" if waits else "the next run takes it back, or withdraw --rights-ended"
    return WAYS_OUT.get(right.asks or "", "rights decide, or withdraw --recipient")


def _refuse_options(decision: RightsDecision, today: date) -> None:
    if decision.finding == DOCUMENTED and decision.dated is None:
        raise click.UsageError("--dated says of which day the paper is: a restriction needs both.")
    if decision.dated and decision.dated > today:
        raise click.UsageError("--dated is the day of a paper that is there: give none after today.")
    if decision.finding == HAND_OVER and (decision.since or decision.until):
        raise click.UsageError("hand-over counts until `termpost rights end`: leave --since and --until out.")


def _refuse_somebody_else(student: PersonRef, contact: PersonRef) -> None:
    if student != contact:
        raise InputError("hand-over-of-student", "what the office hands over is about a student alone", "CONTACT",
                         "give the student twice: rights decide STUDENT STUDENT --finding hand-over")  # fmt: skip


def _reference(document: str) -> str:
    said = " ".join(document.split())
    if not said or len(said) > LONGEST:
        raise click.UsageError(f"--document is a short reference, of {LONGEST} signs at most.")
    return said


COMMAND = rights
