"""`meetings available`, `meetings free`: when staff can be met."""

from datetime import datetime, time, timedelta
from typing import Any

import click
from termpost.flows.commands.options import common, say, say_json
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.feedback.staff_times import MOST_TIMES, OpenTime, StaffAvailability
from termpost.tasks.feedback.meetings.all_meetings import meetings_turn, open_book
from termpost.tasks.feedback.meetings.availability import availability_of, keep_availability, open_time
from termpost.tasks.feedback.meetings.busy_times import fetch_calendar, read_busy_times
from termpost.tasks.feedback.meetings.offers import free_of
from termpost.tasks.home.home import Home

HOUR = click.DateTime(["%H:%M"])
RUN = "meetings-available"


@click.command()
@click.option("--by", "staff", metavar="STAFF", required=True, help="Who can be met: a registered person.")
@click.option("--from", "source", metavar="FILE|URL",
              help="Their calendar (.ics), a file or at https://; events marked free leave the time free.")  # fmt: skip
@click.option("--on", "days", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), multiple=True,
              help="A day on which they can be met; may be repeated.")  # fmt: skip
@click.option("--at", metavar="HH:MM", type=HOUR, help="From which hour on, by the school's clock.")
@click.option("--until", metavar="HH:MM", type=HOUR, help="Up to which hour.")
@click.option("--any-hour", is_flag=True, help="Also where the office is closed then.")
@click.option("--room", metavar="TEXT", help="Where they meet families.")
@click.option("--link", metavar="URL", help="Of their video calls, https://.")
@click.option("--clear", is_flag=True, help="Forgets the days and the calendar that were given before.")
@common(decides=True)
def available(
    staff: str, source: str | None, days: tuple[datetime, ...], at: datetime | None, until: datetime | None,
    any_hour: bool, room: str | None, link: str | None, clear: bool, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Says when somebody can be met: on the days that are named, else in the office's hours that their calendar leaves.

    Of a calendar is kept when its owner is busy, and nothing else of it. Read it again when it has changed.

    \b
    Example: termpost meetings available --by mlopez --on 2021-10-26 --at 15:00 --until 17:00 --room 204 --home school
             termpost meetings available --by mlopez --from mlopez.ics --home school
    """
    if len({bool(days), at is not None, until is not None}) > 1 or (any_hour and not days):
        raise click.UsageError("--on, --at and --until belong together.")
    home.staff.refuse_absent(staff, "--by")
    busy = _busy(home, source) if source else {}
    with meetings_turn(home):
        known = StaffAvailability() if clear else availability_of(home, staff)
        named = {(one.starts, one.ends): one for one in (*known.open, *_named(home, days, at, until, any_hour))}
        changed = {"open": sorted(named.values(), key=lambda one: one.starts), "room": room, "link": link, **busy}
        keep_availability(home, RUN, staff, _checked(known, changed))
        free = free_of(home, open_book(home), staff)
    if as_json:
        say_json({"staff": staff, "free": len(free)})
    else:
        click.echo(f"{staff}: {len(free)} time{' to meet is' if len(free) == 1 else 's to meet are'} free from now on.")
        if not free:
            click.echo("Only the part within the office's hours counts; --any-hour takes the rest too.")


def _named(
    home: Home, days: tuple[datetime, ...], at: datetime | None, until: datetime | None, any_hour: bool
) -> list[OpenTime]:  # fmt: skip
    begins, ends = (one.time() if one else time() for one in (at, until))
    return [open_time(home.calendar, day.date(), begins, ends, any_hour=any_hour) for day in days]


def _busy(home: Home, source: str) -> dict[str, object]:
    """What a calendar says, as far as times are offered."""
    now = home.clock.today()
    last = now + timedelta(days=home.settings.feedback.meetings.within_days + 1)
    return {"busy": read_busy_times(fetch_calendar(source), now, last, home.calendar.timezone), "read_until": last}


def _checked(known: StaffAvailability, changed: dict[str, object]) -> StaffAvailability:
    """With what was said now over what was known."""
    said = {name: value for name, value in changed.items() if value is not None}
    try:
        return StaffAvailability.model_validate({**dict(known), **said})
    except ValueError:
        raise InputError(
            "bad-availability", f"the room or the link is none, or there are more than {MOST_TIMES} times",
            "meetings available", "give a room of at most 120 signs, and a link that begins with https://",
        ) from None  # fmt: skip


@click.command()
@click.option("--with", "staff", metavar="STAFF", required=True, help="Whom one would meet.")
@common()
def free(staff: str, home: Home, as_json: bool) -> None:
    """The times at which somebody can still be met, offered to others or not.

    \b
    Example: termpost meetings free --with mlopez --home school
    """
    home.staff.refuse_absent(staff, "--with")
    zone, book = home.calendar.zone, open_book(home)
    offered = {(one.starts, one.ends) for one in book.offered_times(staff).values()}
    rows: list[dict[str, Any]] = [
        {"starts": one.starts.astimezone(zone).isoformat(timespec="minutes"),
         "ends": one.ends.astimezone(zone).isoformat(timespec="minutes"), "offered": (one.starts, one.ends) in offered}
        for one in free_of(home, book, staff)
    ]  # fmt: skip
    shown = [(row["starts"][:16].replace("T", " "), row["ends"][11:16], row["offered"]) for row in rows]
    say(as_json, rows, "Free times", ("starts", "ends", "offered"), shown)
