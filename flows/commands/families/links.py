"""`links`: fresh links to locked pages."""

import click
from termpost.flows.commands.options import OrderedGroup, common, say
from termpost.flows.commands.source_ids import source_ids
from termpost.schemas.base.counted import counted
from termpost.schemas.documents.identity import ContactIdentity
from termpost.tasks.channels.portal.links import fresh_links
from termpost.tasks.home.home import Home

COLUMNS = ("recipient", "cycle", "until", "link", "why_not")


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

    The right is asked again: no link for a page with a report that its recipient has no right to today.

    \b
    Example: termpost links renew --cycle 2021-fall-final --home school
    """
    if cycle_id:
        home.calendar.cycle(cycle_id)
    found, refused = fresh_links(home, cycle_id)
    ids = source_ids(home, {one.recipient for one in found} | {no.recipient for no in refused}, ContactIdentity)
    rows = list[dict[str, str | None]]()
    for one in found:
        until = f"{one.until.astimezone(home.calendar.zone):%Y-%m-%d %H:%M}"
        rows.append({"recipient": ids.get(one.recipient, one.recipient), "cycle": one.cycle, "until": until,
                     "link": one.url, "why_not": None})  # fmt: skip
    for no in refused:
        rows.append({"recipient": ids.get(no.recipient, no.recipient), "cycle": no.cycle, "until": None,
                     "link": None, "why_not": no.why})  # fmt: skip
    say(as_json, rows, "Links", COLUMNS, [tuple(row.values()) for row in rows])
    if refused:
        click.echo(
            f"{counted(len(refused), 'page gets', 'pages get')} no link today: see `termpost rights open`.", err=True
        )


COMMAND = links
