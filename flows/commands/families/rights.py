"""`rights`: what the office found on paper about a contact's right, where the record is silent or late."""

from datetime import date, datetime

import click
from duckdb import DuckDBPyConnection
from termpost.flows.commands.options import OrderedGroup, at_home, common, say, say_json
from termpost.flows.commands.source_ids import reference_of, source_ids
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.log.rights_decision import (
    AGENCY,
    ASPECTS,
    BASES,
    DECIDED,
    DOCUMENTED,
    FINDINGS,
    HAND_OVER,
    OF_LIKENESS,
    Basis,
    RightsDecision,
    RightsFinding,
    bar_digest,
    decisions_that_count,
)
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights.one_contact import one_each
from termpost.tasks.rights.recipients import open_record
from termpost.tasks.rights.rights_decisions import (
    end_rights_decision,
    keep_rights_decision,
    open_rights_decisions,
    read_rights_decisions,
)
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.secrets.staff import RELEASE_ROLES

COLUMNS = ("student", "contact", "finding", "basis", "document", "dated", "since", "until", "by", "in_force")
DAY = click.DateTime(["%Y-%m-%d"])
LONGEST = 200  # signs of a document's reference


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
        compared = _compared(home, ref, other, finding) if finding in OF_LIKENESS else None
        if finding == HAND_OVER:
            _refuse_somebody_else(ref, other)
        elif compared is None:
            compared = _refuse_strangers(home, ref, other, decision)
        who = home.staff.prove(staff_id, otp, home.clock.now(), RELEASE_ROLES)
        by_them = decision.model_copy(update={"by": who, "compared": compared})
        keep_rights_decision(home, "rights-decide", ref, other, by_them)
    if as_json:
        say_json({"student": student, "contact": contact, "finding": finding})
    else:
        click.echo(f"{contact}, about {student}: {finding}. `termpost recipients` shows what follows.")
        if finding == HAND_OVER:
            click.echo("Where the report is held as no-contact-known, prepare the cycle again.")


@rights.command()
@click.argument("student", metavar="STUDENT")
@click.argument("contact", metavar="CONTACT")
@click.option("--finding", type=click.Choice(FINDINGS), required=True, help="Which decision.")
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


def _compared(home: Home, student: PersonRef, contact: PersonRef, finding: RightsFinding) -> str:
    """What an answer about a likeness to somebody barred rests on, by the newest record; the student has a copy too."""
    with open_lake(home.lake) as lake:
        newest = _newest(lake)
        record = newest and open_record(lake, home.people, newest, [student], home.today, open_rights_decisions(home))
    known = record.students.get(student) if record else None
    around = {student, *(one.ref for one in known.contacts)} if known else set()
    if not record or contact not in around or not record.barred.get(student):
        raise InputError("nothing-to-answer", "nobody barred from this student is like this contact", "CONTACT",
                         "see `termpost recipients`: what it asks can be answered")  # fmt: skip
    return record.compared(student, contact, finding)


def _newest(lake: DuckDBPyConnection) -> ExtractId | None:
    query = "SELECT extract_id FROM lake.core_extract ORDER BY known_at DESC, rowid DESC LIMIT 1"
    found = lake.execute(query).fetchone()
    return ExtractId(found[0]) if found else None


def _refuse_strangers(home: Home, student: PersonRef, contact: PersonRef, decision: RightsDecision) -> str | None:
    """Only about somebody whom the newest record names as a contact of this student.

    Returns:
        What it answers, where that is a question about a restriction.
    """
    with open_lake(home.lake) as lake:
        newest = _newest(lake)
        known = newest and open_identities(lake, home.people, newest, StudentIdentity, [student]).get(student)
    rows = [one for one in known.contacts if one.ref == contact] if known else []
    if not rows:
        raise InputError("no-contact-of-theirs", "the record does not name this contact of this student", "CONTACT",
                         "add the row to supplement/contacts.csv and prepare first")  # fmt: skip
    if ASPECTS[decision.finding] == "agreement":
        if (rows[0].relation or "").strip().lower() != AGENCY:
            raise InputError("no-agency", "an agreement is with an agency", "--finding",
                             "the record's relation must be Agency; a person has guardianship-papers")  # fmt: skip
        if decision.until is None:
            raise InputError("no-end", "an agreement ends some day", "--until", "give the first day it is over")
    if decision.finding != DOCUMENTED:
        return None
    (bar,) = one_each(rows)
    if not bar.restriction:
        raise InputError("nothing-to-answer", "the record has no restriction of this contact", "CONTACT",
                         "keep a bar that only the paper has by its own name: --finding no-contact")  # fmt: skip
    return bar_digest(bar)


COMMAND = rights
