"""`calendar import`: the terms of an extract, or days of the school's own calendar file, as lines of calendar.toml."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, get_args

import click
from termpost.flows.commands.loaded_extract import loaded_extract
from termpost.flows.commands.options import OrderedGroup, common, say_json, say_table
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.neutral_text import neutral
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.settings.calendar import FILE
from termpost.tasks.calendars.days_of_events import DayKind, EventDays, days_of
from termpost.tasks.calendars.proposed import Finals, ProposedCycle, propose
from termpost.tasks.calendars.written import with_cycles, with_days, write_calendar
from termpost.tasks.home.home import Home

TWO_YEARS = timedelta(days=2 * 366)
DAY = click.DateTime(["%Y-%m-%d"])


@click.group(cls=OrderedGroup)
def calendar() -> None:
    """The school's days and reporting cycles, from what other systems know of them."""


@calendar.command("import")
@click.argument("source", metavar="EXTRACT|FILE.ics|URL")
@click.option("--finals", type=click.Choice(get_args(Finals)),
              help="Which terms end with final reports: each, or the last of a year. Without it each where a year"
                   " has two, else the last.")  # fmt: skip
@click.option("--as", "kind", type=click.Choice(get_args(DayKind)),
              help="Of an .ics file: which list its days go into. closures without it.")  # fmt: skip
@click.option("--matching", multiple=True, metavar="TEXT",
              help="Of an .ics file: events whose title has this text, in any case; may be repeated.")  # fmt: skip
@click.option("--from", "first", type=DAY, metavar="DATE", help="Of an .ics file: the first day; today without it.")
@click.option("--until", "last", type=DAY, metavar="DATE",
              help="Of an .ics file: the last day; two years from the first without it.")  # fmt: skip
@click.option("--write", is_flag=True, help=f"Put what is new into {FILE}. Without it, it is shown alone.")
@common()
def import_(
    source: str, finals: Finals | None, kind: DayKind | None, matching: tuple[str, ...], first: datetime | None,
    last: datetime | None, write: bool, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Suggests cycles from an extract's terms, or days off from an iCalendar file; nothing is written without --write.

    Of a term each grading period gets a midterm report, and its end an end_of_term or final one: dates that you then
    change as you like. A cycle whose id is there already stays as it is. Days are whole-day events, and of half_days
    those with an hour.

    \b
    Examples: termpost calendar import gradebook.zip --home school
              termpost calendar import school.ics --as closures --matching "no school" --write --home school
    """
    if source.lower().partition("?")[0].endswith((".ics", ".ical")):
        if finals:
            raise click.UsageError("--finals is about an extract's terms, and this is a calendar file")
        _import_days(home, source, kind or "closures", matching, (first, last), write=write, as_json=as_json)
        return
    if kind or matching or first or last:
        raise click.UsageError("--as, --matching, --from and --until are about a calendar file (.ics)")
    _import_cycles(home, source, finals, write=write, as_json=as_json)


def _import_cycles(home: Home, source: str, finals: Finals | None, *, write: bool, as_json: bool) -> None:
    from termpost.tasks.calendars.sessions_of_extract import terms_of  # noqa: PLC0415 - the stages are slow to import
    from termpost.tasks.check.contracts.own_rules import own_contracts_of  # noqa: PLC0415

    own = own_contracts_of(home.path, home.settings.checks.accept)
    zone, path = home.calendar.timezone, str(home.path)
    with loaded_extract(source, home.policy, home.today, zone, own, "terms", path) as (lake, findings):
        found = propose(terms_of(lake, ExtractId(findings.extract_id)), home.calendar, finals)
    there = {cycle.id for cycle in home.calendar.cycles}
    new = [cycle for cycle in found if cycle.id not in there]
    if write and new:
        write_calendar(home.path, with_cycles(_text(home), new), os.environ)
    if as_json:
        say_json([_shown(cycle, there, written=write) for cycle in found])
        return
    say_table(
        "Cycles that the terms of the extract suggest",
        ("cycle", "kind", "sessions", "cut-off", "release", "grading due", "state"),
        [tuple(_shown(cycle, there, written=write).values()) for cycle in found],
    )
    if new and not write:
        click.echo("\n" + with_cycles("", new).strip() + f"\n\nadd --write to put them into {FILE}")


def _shown(cycle: ProposedCycle, there: set[str], *, written: bool) -> dict[str, Any]:
    sessions = "; ".join(
        f"{school}: {', '.join(ids)}" if school else ", ".join(ids) for school, ids in sorted(cycle.sessions.items())
    )
    state = "there already" if cycle.id in there else "written" if written else "new"
    return {
        "cycle": cycle.id, "kind": cycle.kind, "sessions": sessions, "cutoff": cycle.cutoff.isoformat(),
        "release": cycle.release.isoformat(),
        "grading_due": cycle.grading_due.isoformat() if cycle.grading_due else None, "state": state,
    }  # fmt: skip


def _import_days(
    home: Home, source: str, kind: DayKind, matching: Sequence[str], days: tuple[datetime | None, datetime | None], *,
    write: bool, as_json: bool,
) -> None:  # fmt: skip
    from termpost.tasks.feedback.meetings.busy_times import fetch_calendar, read_events  # noqa: PLC0415

    zone = home.calendar.zone
    today = datetime.combine(home.today, datetime.min.time())
    starts = (days[0] or today).replace(tzinfo=zone)
    try:
        ends = (days[1].replace(tzinfo=zone) + timedelta(days=1)) if days[1] else starts + TWO_YEARS
    except OverflowError:
        raise InputError("no-such-day", "no calendar goes on so long", "--from or --until",
                         "give a day of this century") from None  # fmt: skip
    if ends <= starts:
        raise InputError("wrong-order", "the last day is before the first", "--until", "give a later day")
    try:
        events = read_events(fetch_calendar(source), starts, ends, str(zone))
    except InputError as error:  # the address may be a secret, and the file's own name is none
        error.where = "the calendar" if "://" in source else source
        raise
    found = days_of(events, kind, matching, zone)
    there = set(map(str, getattr(home.calendar, kind)))
    new = [day.value for day in found.days if day.value not in there]
    if write and new:
        write_calendar(home.path, with_days(_text(home), kind, new), os.environ)
    state = "written" if write else "new"
    rows = [
        {"key": kind, "value": day.value, "title": neutral(day.title),
         "state": state if day.value in new else "there already"}
        for day in found.days
    ]  # fmt: skip
    if as_json:
        say_json(rows)
        return
    say_table("Days of the calendar file", ("key", "value", "title", "state"), [tuple(row.values()) for row in rows])
    _say_left_out(found, kind)
    if new and not write:
        click.echo(f"\nadd --write to put them into {FILE}; --matching leaves others out")


def _say_left_out(found: EventDays, kind: DayKind) -> None:
    if found.left_out:
        why = "has no hour at which the office closes" if kind == "half_days" else "is no whole day"
        for title in found.left_out:
            click.echo(f"termpost: left out, since it {why}: {neutral(title)}", err=True)


def _text(home: Home) -> str:
    return (home.path / FILE).read_text(encoding="utf-8-sig")


COMMAND = calendar
