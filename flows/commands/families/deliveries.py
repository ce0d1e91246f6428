"""`deliveries`: what became of each, and what to do with an uncertain one."""

from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import click
from termpost.flows.commands.options import OrderedGroup, at_home, common, say, say_json, school_option
from termpost.flows.commands.source_ids import CyclePeople
from termpost.schemas.base.counted import counted
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.cycle_state import DELIVERY_KINDS
from termpost.schemas.log.entry import Entry, Logged
from termpost.tasks.channels.email.bounces import ingest
from termpost.tasks.channels.email.delivery_reports import Reports
from termpost.tasks.channels.portal.receipts import ReceiptFate, ingest_receipts
from termpost.tasks.channels.registry import is_page
from termpost.tasks.feedback.acknowledging.export import export_proofs
from termpost.tasks.feedback.acknowledging.unacknowledged import unacknowledged
from termpost.tasks.home.home import Home
from termpost.tasks.home.staff_changes import OPERATOR
from termpost.tasks.stage.manifests import refuse_unknown_school, reports_of

RESOLVED = {"sent": "resolved-sent", "resend": "resend", "returned": "returned"}

SAID = {"opened": "opened for the first time", "known": "known already", "forged": "not made by a page of ours",
        "no-page": "of a page that is not there any more", "left": "left in the inbox"}  # fmt: skip

# why an object of the inbox did not count → what that means
DROPPED = {
    "bad-name": "not a name that the portal gives: somebody else wrote it there",
    "not-a-receipt": "not as the portal lays it down: somebody else wrote it there",
    "bad-signature": "no page of ours made it",
    "no-page": "its page was taken back or replaced",
    "unreadable": "the store does not let it be read",
    "": "it counts",
}
LEFT = "; it lies there still, see who may write there and remove it by hand"

COLUMNS = ("delivery", "cycle", "student", "recipient", "channel", "version", "state", "reason", "at")


@click.group(cls=OrderedGroup, invoke_without_command=True)
@click.option("--state", type=click.Choice(DELIVERY_KINDS), help="Only those in this state.")
@click.option("--unopened", type=click.IntRange(min=0), metavar="DAYS",
              help="Only pages that have been there for so many days and nobody has opened.")  # fmt: skip
@click.option("--unacknowledged", "unread", type=click.IntRange(min=0), is_flag=False, flag_value=0, metavar="[DAYS]",
              help="Only what nobody has said to have read, after so many days; it blocks nothing.")  # fmt: skip
@click.option("--cycle", "cycle_id", metavar="ID", help="One cycle only.")
@school_option
@common(home=False)
@click.pass_context
def deliveries(
    context: click.Context, state: str | None, unopened: int | None, unread: int | None,
    cycle_id: str | None, school: str | None, home: None, as_json: bool,  # noqa: ARG001 - click gives it
) -> None:  # fmt: skip
    """Every delivery with its last state: a report version to a recipient by a channel.

    \b
    Example: termpost deliveries --state uncertain --home school
             termpost deliveries --unopened 10 --cycle 2021-fall-final --home school
             termpost deliveries --unacknowledged 5 --home school
    """
    if context.invoked_subcommand is not None:
        return
    opened = at_home(context.params["home_path"], context.params["as_of"])
    if cycle_id:
        opened.calendar.cycle(cycle_id)
    refuse_unknown_school(opened, school, cycle_id)
    rows = _rows(opened, state, unopened, unread, cycle_id, school)
    say(as_json, rows, "Deliveries", COLUMNS, [tuple(row.values()) for row in rows])


def _rows(
    home: Home, state: str | None, unopened: int | None, unread: int | None, cycle_id: str | None, school: str | None
) -> list[dict[str, Any]]:
    people, rows = CyclePeople(home), []
    reports = None if school is None else reports_of(home.log.entries("report_made"), school)
    waiting = set() if unread is None else {
        (one.sent.report, one.sent.version, one.sent.recipient) for one in unacknowledged(home, unread)
    }  # fmt: skip
    for entry in last_of_each(home).values():
        if (state and entry.kind != state) or (cycle_id and entry.cycle != cycle_id) or not entry.cycle:
            continue
        if reports is not None and entry.report not in reports:
            continue
        if unopened is not None and not _is_unopened(home, entry, unopened):
            continue
        if unread is not None:  # whoever has it by page and on paper has not said so once
            what = (entry.report, entry.version, entry.recipient)
            if what not in waiting:
                continue
            waiting.discard(what)
        of, own = people.of(entry.cycle), entry.recipient == entry.student
        rows.append(
            {
                "delivery": entry.delivery, "cycle": entry.cycle, "student": of.student_id(entry.student or ""),
                "recipient": "student" if own else of.contact_id(entry.recipient or ""), "channel": entry.channel,
                "version": entry.version, "state": entry.kind, "reason": entry.reason,
                "at": f"{entry.day.astimezone(home.calendar.zone):%Y-%m-%d %H:%M}",
            }
        )  # fmt: skip
    return rows


def _is_unopened(home: Home, entry: Logged, days: int) -> bool:
    """Whether a page was shown so many of the school's days ago, and no receipt of it came since."""
    shown = entry.day.astimezone(home.calendar.zone).date()
    return entry.kind == "delivered" and is_page(entry.channel) and home.today - shown >= timedelta(days=days)


def last_of_each(home: Home) -> dict[str, Logged]:
    """Delivery → the entry that says how it stands, in the order in which deliveries began."""
    found: dict[str, Logged] = {}
    for entry in home.log.entries():
        if entry.delivery and entry.kind in DELIVERY_KINDS:
            found[entry.delivery] = entry
    return found


@deliveries.command()
@click.argument("delivery", metavar="ID")
@click.option("--sent", is_flag=True, help="It was sent, or posted: nothing more to do.")
@click.option("--resend", is_flag=True, help="The next release sends it again.")
@click.option("--returned", is_flag=True, help="It came back: the office looks for another way.")
@common(decides=True)
def resolve(delivery: str, sent: bool, resend: bool, returned: bool, home: Home, as_json: bool) -> None:
    """Says what became of a delivery that only a person can know about.

    \b
    Example: termpost deliveries resolve d0c2a5b7f3e1894a6c2d7 --resend --home school
    """
    chosen = [name for name, flag in (("sent", sent), ("resend", resend), ("returned", returned)) if flag]
    if len(chosen) != 1:
        raise click.UsageError("Give one of --sent, --resend, --returned.")
    entry = last_of_each(home).get(delivery)
    if entry is None:
        raise InputError(
            "unknown-delivery", "there is no such delivery", "deliveries resolve", "see `termpost deliveries`"
        )
    if entry.kind == "withdrawn" and not (resend and _is_out(home, entry)):
        raise InputError("withdrawn", "this delivery was taken back", "deliveries resolve",
                         "a corrected version goes out by `termpost prepare --correct`")  # fmt: skip
    kind = "sent" if sent else "failed"
    about = entry.model_dump(include=set(Entry.model_fields)) | {
        "kind": kind, "actor": OPERATOR, "reason": RESOLVED[chosen[0]], "object": entry.object if sent else None,
        "count": entry.seq,  # what it answers: the same answer to another entry is another fact
    }  # fmt: skip
    home.log.append("deliveries-resolve", [Entry.model_validate(about)])
    if as_json:
        say_json({"delivery": delivery, "state": kind, "reason": RESOLVED[chosen[0]]})
    else:
        then = {"sent": "Noted.", "resend": "The next release sends it again.", "returned": "Noted as returned."}
        click.echo(then[chosen[0]])


def _is_out(home: Home, entry: Logged) -> bool:
    """Whether it was taken back from one recipient alone, and others still have the report."""
    report, version = entry.report or "", entry.version or 0
    return home.state(entry.cycle or "").is_out(report, version)


@deliveries.command()
@click.argument("place", metavar="[PLACE]", type=click.Path(path_type=Path), required=False)
@common(decides=True)
def collect(place: Path | None, home: Home, as_json: bool) -> None:
    """Takes in what came back: receipts of opened pages from the store's inbox, and with PLACE bounces and delivery
    reports (RFC 3464) from a folder of .eml files, a Maildir or an mbox; these stay there.

    \b
    Example: termpost deliveries collect --home school
             termpost deliveries collect bounces/ --home school
    """
    reports, taken = ingest(home, "deliveries-collect", place) if place else (Reports(0, (), ()), 0)
    receipts = ingest_receipts(home, "deliveries-collect")
    silent = [{"file": one.file, "why": one.why} for one in reports.ignored]
    counts = {fate: receipts.counts[fate] for fate in get_args(ReceiptFate)}
    dropped = [{"object": one.object, "why": one.why, "left": one.is_left} for one in receipts.dropped]
    if as_json:
        say_json({"read": reports.read, "news": taken, "silent": silent, "receipts": counts, "dropped": dropped})
        return
    if place:
        click.echo(
            f"{counted(reports.read, 'message')} read, {counted(taken, 'delivery has', 'deliveries have')} news."
        )
    said = ", ".join(f"{number} {SAID[fate]}" for fate, number in sorted(counts.items()) if number)
    click.echo(f"Receipts: {said or 'none came'}.")
    if dropped:
        rows = [(one.object, DROPPED[one.why] + (LEFT if one.is_left else "")) for one in receipts.dropped]
        say(False, dropped, "Receipts that do not count", ("object", "why"), rows)
    if silent:
        say(False, silent, "Without news", ("file", "why"), [tuple(one.values()) for one in silent])


@deliveries.command()
@click.option("--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="A folder that only you can read.")  # fmt: skip
@common(decides=True)
def acknowledgements(out: Path, home: Home, as_json: bool) -> None:
    """The proofs of those who said that they have read a report, as files that anybody can check without the home.

    \b
    Example: termpost deliveries acknowledgements --out proofs --home school
    """
    proved, others = export_proofs(home, out)
    if as_json:
        say_json({"out": str(out), "proofs": proved, "without_proof": others})
    else:
        click.echo(f"{out}: {counted(proved, 'proof')}, {others} by slip or phone. README.txt says how to check them.")


COMMAND = deliveries
