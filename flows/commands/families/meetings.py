"""`meetings`: times to meet families, what is agreed on, and what came of it."""

from pathlib import Path

import click
from termpost.flows.commands.families.meeting_commands.acts import (
    book,
    cancel,
    held,
    minutes,
    missed,
    move,
    proved,
)
from termpost.flows.commands.families.meeting_commands.meet import say_offer
from termpost.flows.commands.families.meeting_commands.staff_times import available, free
from termpost.flows.commands.families.queries.at_the_door import show_at_door
from termpost.flows.commands.families.queries.proved import staff_options
from termpost.flows.commands.options import OrderedGroup, common, say, say_json, school_option
from termpost.flows.commands.source_ids import source_ids
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.meetings.meeting_states import WAYS, MeetingWay
from termpost.tasks.feedback.meetings.invitation import staff_calendar
from termpost.tasks.feedback.meetings.offers import LEAST, MeetingOffer, begin_meeting, offer_times
from termpost.tasks.feedback.meetings.shown import list_meetings
from termpost.tasks.home.home import Home
from termpost.tasks.home.references import reference_of
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.runtime.private_files import write_private
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.stage.manifests import refuse_unknown_school, students_of

COLUMNS = ("id", "student", "state", "with", "starts", "way", "offered", "notes")
NAMED = "meetings-named"  # reason of `exported`: a teacher's calendar with the names of students


@click.group(cls=OrderedGroup)
def meetings() -> None:
    """Meetings with families: when staff can be met, what is offered, agreed on and called off.

    \b
    Example: termpost meetings list --home school
    """


@meetings.command("list")
@click.option("--staff", metavar="STAFF", help="Only those with this person.")
@school_option
@common()
def listing(staff: str | None, school: str | None, home: Home, as_json: bool) -> None:
    """Every meeting with its state and times, and no word of a family.

    \b
    Example: termpost meetings list --staff mlopez --home school
    """
    refuse_unknown_school(home, school)
    here = None if school is None else students_of(home, school)
    found = [one for one in list_meetings(home, staff) if here is None or one.student in here]
    names = source_ids(home, {one.student for one in found if one.student}, StudentIdentity)
    value = [
        {
            "id": one.query, "student": names.get(one.student or "", one.student), "state": one.step, "with": one.staff,
            "starts": one.starts and one.starts.isoformat(timespec="minutes"), "way": one.way,
            "offered": [when.isoformat(timespec="minutes") for when in one.offered],
            "interpreter": one.interpreter, "together": one.together, "minutes": one.minutes,
        }
        for one in found
    ]  # fmt: skip
    rows = [
        (row["id"], row["student"], row["state"], row["with"], one.starts and f"{one.starts:%Y-%m-%d %H:%M}", one.way,
         "\n".join(f"{n}  {when:%Y-%m-%d %H:%M}" for n, when in enumerate(one.offered, 1)) or None,
         ", ".join(name for name in ("interpreter", "together", "minutes") if row[name]) or None)
        for row, one in zip(value, found, strict=True)
    ]  # fmt: skip
    say(as_json, value, "Meetings", COLUMNS, rows)


@meetings.command()
@click.argument("query", metavar="[ID]", required=False)
@click.option("--student", metavar="ID", help="Without a query: about whom.")
@click.option("--to", "contact", metavar="CONTACT", help="Without a query: whom the school wants to meet.")
@click.option("--with", "staff", metavar="STAFF", required=True, help="Whom the family meets.")
@click.option("--slots", "count", type=click.IntRange(LEAST, 20), default=LEAST, show_default=True, metavar="N",
              help="How many times it may choose from.")  # fmt: skip
@click.option("--way", type=click.Choice(WAYS), default="room", show_default=True, help="How one meets.")
@click.option("--interpreter", is_flag=True, help="The family needs one.")
@staff_options
@common(decides=True)
def offer(
    query: str | None, student: str | None, contact: str | None, staff: str, count: int, way: MeetingWay,
    interpreter: bool, staff_id: str, otp: str, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Offers times to a family that asked in a query, or that the school wants to meet.

    Of a meeting that is agreed on they are other times: taking one moves it.

    \b
    Example: termpost meetings offer --student 604822 --to C778167 --with mlopez --by mlopez --otp 123456 --home school
    """
    if (query is None) is (student is None or contact is None):
        raise click.UsageError("Give the ID of a query, or --student and --to.")
    with refusals_logged(home, staff_id, "meetings-offer"):
        who = proved(home, staff_id, otp)
        asked = query or _begun(home, student or "", contact or "", who)
        slots = offer_times(home, "meetings-offer", asked, MeetingOffer(staff, who, way, count, None, interpreter))
    show_at_door(home, "meetings-offer", asked)
    say_offer(home, asked, slots, as_json=as_json)


def _begun(home: Home, student: str, contact: str, who: str) -> str:
    pair = reference_of(home, student, "--student"), reference_of(home, contact, "--to")
    return begin_meeting(home, "meetings-offer", *pair, who)


@meetings.command()
@click.option("--staff", metavar="STAFF", required=True, help="Whose meetings.")
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), required=True,
              help="The .ics file, which only you can read; a file that is there is replaced.")  # fmt: skip
@click.option("--names", is_flag=True, help="With the names of the students; asks for the person's own code.")
@click.option("--otp", metavar="CODE", help="With --names: what the authenticator app of STAFF shows now.")
@common(decides=True)
def export(staff: str, out: Path, names: bool, otp: str | None, home: Home, as_json: bool) -> None:
    """The meetings of one person for their own calendar. No title names anybody, unless they ask for it themselves.

    \b
    Example: termpost meetings export --staff mlopez --out mlopez.ics --home school
    """
    if names is not (otp is not None):
        raise click.UsageError("--names and --otp belong together.")
    home.staff.refuse_absent(staff, "--staff")
    known: dict[str, str] = {}
    mine = [one for one in list_meetings(home, staff) if one.starts and one.staff == staff and one.step == "booked"]
    if names:
        with refusals_logged(home, staff, "meetings-export"):
            who = proved(home, staff, otp or "")
            home.log.append("meetings-export", [Entry(kind="exported", actor=who, reason=NAMED, count=len(mine))])
        known = _names(home, {PersonRef(one.student) for one in mine if one.student})
    write_private(out, staff_calendar(home, staff, known))
    if as_json:
        say_json({"meetings": len(mine), "file": str(out)})
    else:
        click.echo(f"{out}: {len(mine)} meeting{'' if len(mine) == 1 else 's'}.")


def _names(home: Home, students: set[PersonRef]) -> dict[str, str]:
    """By the newest extract that has them."""
    found: dict[str, str] = {}
    with open_lake(home.lake) as lake:
        for extract_id in extracts_newest_first(lake):
            left = [ref for ref in students if ref not in found]
            known = open_identities(lake, home.people, extract_id, StudentIdentity, left)
            found |= {ref: one.name for ref, one in known.items()}
    return found


for _command in (available, free, book, move, cancel, held, missed, minutes):
    meetings.add_command(_command)
COMMAND = meetings
