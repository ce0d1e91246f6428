"""`incident`: what went wrong with reports, who got what, whose clock runs, and who was told."""

from collections.abc import Sequence
from pathlib import Path

import click
from termpost.flows.commands.families.queries.proved import staff_options
from termpost.flows.commands.options import OrderedGroup, common, say, say_json
from termpost.flows.commands.source_ids import source_ids
from termpost.flows.commands.staff_auth import refusals_logged, words_of
from termpost.schemas.base.counted import counted
from termpost.schemas.base.refs import StaffId
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.log.records.incidents import (
    CLOSE_CAUSES,
    INCIDENT_CAUSES,
    CloseCause,
    Incident,
    IncidentCause,
    incidents_of,
)
from termpost.tasks.home.home import Home
from termpost.tasks.records.incidents.acts import (
    MAY,
    add_step,
    find_incident,
    is_late,
    open_incident,
    refuse_step,
    report_by,
    words_of_incident,
)
from termpost.tasks.records.incidents.letters import tell_families
from termpost.tasks.records.incidents.reach import ChosenReports, ReachedReport, reached
from termpost.tasks.runtime.private_files import write_private

RUN = "incident"
note_file = click.option("--note-file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
                         help="Words about it, kept sealed; - is standard input.")  # fmt: skip
out_option = click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), required=True,
                          help="The PDF of the letters, which only you can read.")  # fmt: skip


@click.group(cls=OrderedGroup)
def incident() -> None:
    """Incidents: what went wrong with reports, who got what, whose clock runs, and who was told."""


def _proved(home: Home, staff_id: str, otp: str) -> StaffId:
    return home.staff.prove(staff_id, otp, home.clock.now(), MAY)


@incident.command("open")
@click.option("--cause", type=click.Choice(INCIDENT_CAUSES), required=True, help="What happened.")
@click.option("--report", metavar="ID", help="One report, by its id in the log.")
@click.option("--class", "class_id", metavar="ID", help="Every report that this class is on.")
@click.option("--cycle", metavar="ID", help="Every report of the cycle.")
@click.option("--delivery", metavar="ID", help="One delivery.")
@note_file
@staff_options
@common(decides=True)
def open_(
    cause: IncidentCause, report: str | None, class_id: str | None, cycle: str | None, delivery: str | None,
    note_file: Path | None, staff_id: str, otp: str, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Opens an incident: from now on its clock runs. Who got what is read from the log.

    \b
    Example: termpost incident open --cause wrong-recipient --delivery 4f2a… --by mlopez --otp 123456 --home school
    """
    chosen = ChosenReports(report, class_id, cycle, delivery)
    words = words_of(note_file)
    with refusals_logged(home, staff_id, RUN):
        found = open_incident(home, RUN, _proved(home, staff_id, otp), cause, chosen, words)
    if as_json:
        say_json(_summary(home, found, reached(home.log.entries(), found)))
        return
    by = report_by(home, found).astimezone(home.calendar.zone)
    concerned = counted(len(found.concerns), "delivery of a report", "deliveries of reports")
    click.echo(f"{found.case}: {concerned}. If there is a risk, "
               f"the authority knows of it by {by:%Y-%m-%d %H:%M}.")  # fmt: skip
    if found.concerns:
        click.echo("Take back what should not be out: termpost withdraw")


@incident.command()
@click.argument("case", metavar="CASE")
@note_file
@staff_options
@common(decides=True)
def note(case: str, note_file: Path | None, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Adds words to an incident, sealed.

    \b
    Example: termpost incident note i1a2b3c4d5e6 --note-file what-we-found.txt --by mlopez --otp 123456 --home school
    """
    found, words = find_incident(home, case), words_of(note_file, needed=True)
    refuse_step(found, "noted")
    with refusals_logged(home, staff_id, RUN):
        add_step(home, RUN, _proved(home, staff_id, otp), found, "noted", words or "")
    _say_step(case, "noted", as_json=as_json)


@incident.command()
@click.argument("case", metavar="CASE")
@note_file
@staff_options
@common(decides=True)
def report(case: str, note_file: Path | None, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Says that the authority knows of it, and prints what Art. 33(3) GDPR asks for: counts and times, no names.

    \b
    Example: termpost incident report i1a2b3c4d5e6 --by mlopez --otp 123456 --home school
    """
    found, words = find_incident(home, case), words_of(note_file)
    refuse_step(found, "reported")
    with refusals_logged(home, staff_id, RUN):
        add_step(home, RUN, _proved(home, staff_id, otp), found, "reported", words)
    reported = find_incident(home, case)
    value = _summary(home, reported, reached(home.log.entries(), reported))
    if as_json:
        say_json(value)
    else:
        for name, one in value.items():
            click.echo(f"{name.replace('_', ' ')}: {one}")


@incident.command()
@click.argument("case", metavar="CASE")
@out_option
@staff_options
@common(decides=True)
def tell(case: str, out: Path, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Letters to everybody who has the right to a report that it concerns, each in their language. None names a child.

    Whoever was told gets no second one.

    \b
    Example: termpost incident tell i1a2b3c4d5e6 --out letters.pdf --by mlopez --otp 123456 --home school
    """
    found = find_incident(home, case)
    refuse_step(found, "told")
    with refusals_logged(home, staff_id, RUN):
        pdf, letters, unreached = tell_families(home, RUN, _proved(home, staff_id, otp), found)
    write_private(out, pdf)
    if as_json:
        say_json({"case": case, "letters": letters, "unreached": unreached, "file": str(out)})
        return
    click.echo(f"{out}: {counted(letters, 'letter')}. Print them now; nobody but you can read the file.")
    if unreached:
        click.echo(f"{counted(unreached, 'person has', 'people have')} the right and cannot be written to: tell them.")


@incident.command()
@click.argument("case", metavar="CASE")
@click.option("--cause", type=click.Choice(CLOSE_CAUSES), required=True, help="Why it is over.")
@note_file
@staff_options
@common(decides=True)
def close(
    case: str, cause: CloseCause, note_file: Path | None, staff_id: str, otp: str, home: Home, as_json: bool
) -> None:  # fmt: skip
    """Closes an incident.

    \b
    Example: termpost incident close i1a2b3c4d5e6 --cause contained --by mlopez --otp 123456 --home school
    """
    found, words = find_incident(home, case), words_of(note_file)
    refuse_step(found, "closed", cause)
    with refusals_logged(home, staff_id, RUN):
        add_step(home, RUN, _proved(home, staff_id, otp), found, "closed", words, cause)
    _say_step(case, "closed", as_json=as_json)


@incident.command("list")
@common()
def list_(home: Home, as_json: bool) -> int:
    """All incidents; exit 1 where one is late with its authority.

    \b
    Example: termpost incident list --home school
    """
    entries = list(home.log.entries())
    found = list(incidents_of(entries).values())
    value = [_summary(home, one, reached(entries, one)) for one in found]
    columns = (
        "case", "cause", "opened", "report_by", "reported", "people", "opened_by_them", "still_out", "told", "closed",
    )  # fmt: skip
    say(as_json, value, "Incidents", columns, [[row[name] for name in columns] for row in value])
    return int(any(is_late(home, one) for one in found))


@incident.command()
@click.argument("case", metavar="CASE")
@click.option("--words", is_flag=True, help="With what was noted; asks for --by and --otp.")
@click.option("--by", "staff_id", metavar="STAFF", help="With --words: who reads.")
@click.option("--otp", metavar="CODE", help="With --words: what their authenticator app shows now.")
@common(decides=True)
def show(case: str, words: bool, staff_id: str | None, otp: str | None, home: Home, as_json: bool) -> int:
    """One incident: which report went to whom, who opened it, what was taken back and when.

    \b
    Example: termpost incident show i1a2b3c4d5e6 --home school
    """
    if words is not (staff_id is not None and otp is not None):
        raise click.UsageError("--words, --by and --otp belong together.")
    found = find_incident(home, case)
    said: list[dict[str, object]] = []
    if words:
        with refusals_logged(home, staff_id or "", RUN):
            reader = _proved(home, staff_id or "", otp or "")
        said = [{"at": at, "by": by, "text": text} for at, by, text in words_of_incident(home, RUN, found, reader)]
    there = reached(home.log.entries(), found)
    rows = _rows(home, there)
    if as_json:
        say_json({**_summary(home, found, there), "reached": rows, "words": said})
    else:
        for name, one in _summary(home, found, there).items():
            click.echo(f"{name.replace('_', ' ')}: {one}")
        columns = ("report", "version", "student", "recipient", "channels", "got", "opened", "taken_back")
        say(False, rows, "", columns, [[row[name] for name in columns] for row in rows])
        for one in said:
            click.echo(f"{one['at']:%Y-%m-%d %H:%M} {one['by']}: {one['text']}")
    return int(is_late(home, found))


def _summary(home: Home, one: Incident, there: Sequence[ReachedReport]) -> dict[str, object]:
    """Counts and times; no names and no references."""
    zone = home.calendar.zone
    return {
        "case": one.case, "cause": one.cause, "opened": one.opened.astimezone(zone).isoformat(timespec="minutes"),
        "report_by": report_by(home, one).astimezone(zone).isoformat(timespec="minutes"),
        "reported": one.reported and one.reported.astimezone(zone).isoformat(timespec="minutes"),
        "students": len({row.concerned.student for row in there}),
        "people": len({row.concerned.recipient for row in there}),
        "reports": len({row.key[:2] for row in there}), "opened_by_them": sum(row.opened is not None for row in there),
        "still_out": sum(row.got is not None and row.taken_back is None for row in there), "told": len(one.told),
        "closed": one.closed.cause if one.closed else None,
    }  # fmt: skip


def _rows(home: Home, there: list[ReachedReport]) -> list[dict[str, object]]:
    students = source_ids(home, {one.concerned.student for one in there}, StudentIdentity)
    contacts = source_ids(home, {one.concerned.recipient for one in there}, ContactIdentity)
    zone = home.calendar.zone
    return [
        {
            "report": one.concerned.report, "version": one.concerned.version,
            "student": students.get(one.concerned.student, one.concerned.student),
            "recipient": contacts.get(one.concerned.recipient, students.get(one.concerned.recipient,
                                                                           one.concerned.recipient)),
            "channels": ", ".join(sorted(one.channels)),
            **{
                name: at and at.astimezone(zone).isoformat(timespec="minutes")
                for name, at in (("got", one.got), ("opened", one.opened), ("taken_back", one.taken_back))
            },
        }
        for one in there
    ]  # fmt: skip


def _say_step(case: str, step: str, *, as_json: bool) -> None:
    if as_json:
        say_json({"case": case, "state": step})
    else:
        click.echo(f"{case}: {step}.")


COMMAND = incident
