"""`feedback meet`: times to meet are offered to the family of a query."""

import click
from termpost.flows.commands.families.meeting_commands.acts import proved
from termpost.flows.commands.families.queries.at_the_door import show_at_door
from termpost.flows.commands.families.queries.proved import staff_options
from termpost.flows.commands.options import common, say_json
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.documents.feedback.staff_times import MeetingSlot
from termpost.schemas.log.meetings.meeting_states import WAYS, MeetingWay
from termpost.tasks.feedback.meetings.offers import LEAST, MeetingOffer, offer_times
from termpost.tasks.home.home import Home


@click.command()
@click.argument("query", metavar="ID")
@click.option("--with", "staff", metavar="STAFF", required=True, help="Whom the family meets.")
@click.option("--slots", "count", type=click.IntRange(LEAST, 20), default=LEAST, show_default=True, metavar="N",
              help="How many times it may choose from.")  # fmt: skip
@click.option("--way", type=click.Choice(WAYS), default="room", show_default=True, help="How one meets.")
@click.option("--interpreter", is_flag=True, help="The family needs one.")
@click.option("--together", metavar="ID", help="The other household's query, where each asked for one meeting.")
@staff_options
@common(decides=True)
def meet(
    query: str, staff: str, count: int, way: MeetingWay, interpreter: bool, together: str | None, staff_id: str,
    otp: str, home: Home, as_json: bool,
) -> None:  # fmt: skip
    """Offers times to meet to the family of a query: behind its door, and by number for whoever calls.

    Two households of one child have two meetings, and neither is told of the other.

    \b
    Example: termpost feedback meet q1a2b3c4d5e6 --with mlopez --by mlopez --otp 123456 --home school
    """
    with refusals_logged(home, staff_id, "feedback-meet"):
        who = proved(home, staff_id, otp)
        offer = MeetingOffer(staff, who, way, count, together, interpreter)
        slots = offer_times(home, "feedback-meet", query, offer)
    show_at_door(home, "feedback-meet", query)
    say_offer(home, query, slots, as_json=as_json)


def say_offer(home: Home, query: str, slots: list[MeetingSlot], *, as_json: bool) -> None:
    """The times, numbered as `meetings book --slot` takes them."""
    starts = [slot.starts.astimezone(home.calendar.zone) for slot in slots]
    if as_json:
        say_json({"id": query, "offered": [one.isoformat(timespec="minutes") for one in starts]})
        return
    click.echo(f"{query}: {len(slots)} times are offered.")
    for number, one in enumerate(starts, 1):
        click.echo(f"  {number}  {one:%a %Y-%m-%d %H:%M}")
