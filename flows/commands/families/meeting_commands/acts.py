"""`meetings book|move|cancel|held|missed|minutes`: what a registered person does about one meeting."""

from datetime import datetime
from pathlib import Path
from typing import Literal

import click
from termpost.flows.commands.families.queries.at_the_door import show_at_door
from termpost.flows.commands.families.queries.proved import staff_options
from termpost.flows.commands.options import common, say_json
from termpost.flows.commands.staff_auth import refusals_logged, said_words
from termpost.schemas.documents.feedback.staff_times import MeetingSlot
from termpost.schemas.log.meetings.meeting_states import WAYS, MeetingWay
from termpost.tasks.feedback.answering.who_may import ANSWERING
from termpost.tasks.feedback.meetings.availability import local_instant
from termpost.tasks.feedback.meetings.booking import book_offer, move_meeting
from termpost.tasks.feedback.meetings.outcomes import cancel_meeting, say_what_became, write_minutes
from termpost.tasks.home.home import Home


def proved(home: Home, staff_id: str, otp: str) -> str:
    """Asked last, since a code counts once."""
    return home.staff.prove(staff_id, otp, home.clock.now(), ANSWERING)


def _say_time(home: Home, query: str, slot: MeetingSlot, what: str, as_json: bool) -> None:
    local = slot.starts.astimezone(home.calendar.zone)
    if as_json:
        say_json({"id": query, "state": "booked", "starts": local.isoformat(timespec="minutes")})
    else:
        click.echo(f"{query}: {what} {local:%Y-%m-%d %H:%M}")


@click.command()
@click.argument("query", metavar="ID")
@click.option("--slot", "number", type=click.IntRange(1), metavar="N", required=True,
              help="Which of the times that are offered, as `meetings list` counts them.")  # fmt: skip
@staff_options
@common(decides=True)
def book(query: str, number: int, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Agrees on a time for a family that said on the phone or on paper which one it takes.

    \b
    Example: termpost meetings book q1a2b3c4d5e6 --slot 2 --by mlopez --otp 123456 --home school
    """
    with refusals_logged(home, staff_id, "meetings-book"):
        slot = book_offer(home, "meetings-book", query, number, proved(home, staff_id, otp))
    show_at_door(home, "meetings-book", query)
    _say_time(home, query, slot, "agreed on", as_json)


@click.command()
@click.argument("query", metavar="ID")
@click.option("--to", "to", metavar="DATETIME", type=click.DateTime(["%Y-%m-%dT%H:%M"]), required=True,
              help="When it begins instead, by the school's clock: 2021-10-27T15:00.")  # fmt: skip
@click.option("--way", type=click.Choice(WAYS), help="Another way to meet; as before without it.")
@staff_options
@common(decides=True)
def move(
    query: str, to: datetime, way: MeetingWay | None, staff_id: str, otp: str, home: Home, as_json: bool
) -> None:  # fmt: skip
    """Moves a meeting that is agreed on to another free time of the same person.

    \b
    Example: termpost meetings move q1a2b3c4d5e6 --to 2021-10-27T15:00 --by mlopez --otp 123456 --home school
    """
    starts = local_instant(home.calendar, to)
    with refusals_logged(home, staff_id, "meetings-move"):
        slot = move_meeting(home, "meetings-move", query, starts, proved(home, staff_id, otp), way)
    show_at_door(home, "meetings-move", query)
    _say_time(home, query, slot, "moved to", as_json)


@click.command()
@click.argument("query", metavar="ID")
@click.option("--for-family", is_flag=True, help="The family calls it off; of two households only this one.")
@staff_options
@common(decides=True)
def cancel(query: str, for_family: bool, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Calls a meeting off; where none is agreed on yet, takes back the times that were offered.

    \b
    Example: termpost meetings cancel q1a2b3c4d5e6 --by mlopez --otp 123456 --home school
    """
    with refusals_logged(home, staff_id, "meetings-cancel"):
        who = proved(home, staff_id, otp)
        count = cancel_meeting(home, "meetings-cancel", query, who, by_family=for_family)
    show_at_door(home, "meetings-cancel", query)
    if as_json:
        say_json({"id": query, "state": "cancelled", "households": count})
    else:
        click.echo(f"{query}: cancelled" + (f" for {count} households" if count > 1 else ""))


@click.command()
@click.argument("query", metavar="ID")
@staff_options
@common(decides=True)
def held(query: str, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Says that a meeting took place.

    \b
    Example: termpost meetings held q1a2b3c4d5e6 --by mlopez --otp 123456 --home school
    """
    _became(home, query, "held", staff_id, otp, as_json)


@click.command()
@click.argument("query", metavar="ID")
@staff_options
@common(decides=True)
def missed(query: str, staff_id: str, otp: str, home: Home, as_json: bool) -> None:
    """Says that the family did not come.

    \b
    Example: termpost meetings missed q1a2b3c4d5e6 --by mlopez --otp 123456 --home school
    """
    _became(home, query, "missed", staff_id, otp, as_json)


def _became(
    home: Home, query: str, what: Literal["held", "missed"], staff_id: str, otp: str, as_json: bool
) -> None:  # fmt: skip
    with refusals_logged(home, staff_id, f"meetings-{what}"):
        say_what_became(home, f"meetings-{what}", query, proved(home, staff_id, otp), what)
    if as_json:
        say_json({"id": query, "state": what})
    else:
        click.echo(f"{query}: {what}")


@click.command()
@click.argument("query", metavar="ID")
@click.option("--note-file", metavar="FILE", help="The words; else standard input.",
              type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))  # fmt: skip
@click.option("--for-everyone", is_flag=True,
              help="For everyone who is entitled to the report; without it only for those who took part.")  # fmt: skip
@staff_options
@common(decides=True)
def minutes(
    query: str, note_file: Path | None, for_everyone: bool, staff_id: str, otp: str, home: Home, as_json: bool
) -> None:  # fmt: skip
    """Keeps what was agreed, sealed under the student's key. A meeting that has minutes took place.

    \b
    Example: termpost meetings minutes q1a2b3c4d5e6 --note-file agreed.txt --by mlopez --otp 123456 --home school
    """
    text = said_words(None, note_file)
    with refusals_logged(home, staff_id, "meetings-minutes"):
        who = proved(home, staff_id, otp)
        write_minutes(home, "meetings-minutes", query, who, text, for_everyone=for_everyone)
    show_at_door(home, "meetings-minutes", query)
    if as_json:
        say_json({"id": query, "state": "held", "for_everyone": for_everyone})
    else:
        click.echo(f"{query}: kept, for {'everyone entitled' if for_everyone else 'those who took part'}")
