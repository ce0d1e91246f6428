"""`links`: fresh links to locked pages."""

import click
from termpost.flows.commands.options import OrderedGroup, common, say
from termpost.flows.commands.source_ids import CyclePeople
from termpost.tasks.channels.portal.links import fresh_links
from termpost.tasks.home.home import Home


@click.group(cls=OrderedGroup)
def links() -> None:
    """Signed links to locked pages, where the store is an S3.

    \b
    Example: termpost links renew --home school
    """


@links.command()
@click.option("--cycle", "cycle_id", metavar="ID", help="One cycle only.")
@common(decides=True)
def renew(cycle_id: str | None, home: Home, as_json: bool) -> None:
    """A fresh link for each live page whose questions are open: seven days at most, then renew again.

    \b
    Example: termpost links renew --cycle 2021-fall-final --home school
    """
    if cycle_id:
        home.calendar.cycle(cycle_id)
    people, rows = CyclePeople(home), []
    for one in fresh_links(home, cycle_id):
        until = f"{one.until.astimezone(home.calendar.zone):%Y-%m-%d %H:%M}"
        rows.append({"recipient": people.of(one.cycle).contact_id(one.recipient), "cycle": one.cycle, "until": until,
                     "link": one.url})  # fmt: skip
    say(as_json, rows, "Links", ("recipient", "cycle", "until", "link"), [tuple(row.values()) for row in rows])


COMMAND = links
