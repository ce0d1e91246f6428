"""`feedback collect`: what families posted, taken in by hand."""

from typing import get_args

import click
from termpost.flows.commands.options import common, say, say_json
from termpost.schemas.base.counted import counted
from termpost.tasks.channels.email.mailbox.collect import MailboxNews, collect_mailbox
from termpost.tasks.feedback.collect.inbox import collect_messages
from termpost.tasks.feedback.collect.judge import MessageFate
from termpost.tasks.feedback.collect.mailbox import dated
from termpost.tasks.feedback.collect.opening import PortalOpener, opener_of
from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.feedback.meetings.take_bookings import take_bookings
from termpost.tasks.home.home import Home

RUN = "feedback-collect"
SAID = {"query": ("new query", "new queries"), "reply": ("reply", "replies"), "acknowledged": ("acknowledgement",),
        "cancelled": ("meeting given back", "meetings given back"), "known": ("known already", "known already"),
        "dropped": ("not taken", "not taken"), "left": ("left in the inbox", "left in the inbox")}  # fmt: skip


@click.command()
@common(decides=True)
def collect(home: Home, as_json: bool) -> None:
    """Takes in what families sent: from their pages, times they took, mails; as the flow does each quarter of an hour.

    \b
    Example: termpost feedback collect --home school
    """
    found = collect_messages(home, RUN, opener_of(home))
    booked = dict(take_bookings(home, RUN, PortalOpener(home)))
    try:
        mails = collect_mailbox(home, RUN, dated(home))
    finally:  # also where the mailbox does not open, a person must fix that, and what came is behind the doors
        refresh_doors(home, RUN)
    counts = {fate: found.counts[fate] for fate in get_args(MessageFate)}
    dropped = [{"object": one.object, "why": one.why, "left": one.is_left} for one in found.dropped]
    if as_json:
        say_json({
            "messages": counts, "dropped": dropped, "more": found.has_more, "bookings": booked,
            "mails": {"taken": len(mails.taken), "left": mails.counts(), "away": mails.away or None},
        })  # fmt: skip
        return
    said = ", ".join(counted(number, *SAID[fate]) for fate, number in counts.items() if number)
    click.echo(f"Messages: {said or 'none came'}.")
    if booked:
        click.echo(f"Times that were taken: {', '.join(f'{number} {what}' for what, number in booked.items())}.")
    _say_mails(mails)
    if found.has_more:
        click.echo("More lies there: run it again.")
    if dropped:
        rows = [(one.object, one.why + ("; it lies there still" if one.is_left else "")) for one in found.dropped]
        say(False, dropped, "Messages that were not taken (docs/feedback.md)", ("object", "why"), rows)


def _say_mails(mails: MailboxNews) -> None:
    if mails.taken or mails.left:
        left = ", ".join(f"{number} {why}" for why, number in mails.counts().items())
        click.echo(
            f"Mailbox: {counted(len(mails.taken), 'new query', 'new queries')}{f'; left: {left}' if left else ''}."
        )
    if mails.left:
        rows = [(ascii(one.message_id)[1:-1], one.why) for one in mails.left]
        say(False, rows, "Mails that are for the office (docs/mailbox.md)", ("id", "why"), rows)
    if mails.away:
        click.echo(f"The mailbox could not be read to its end: {mails.away}", err=True)
