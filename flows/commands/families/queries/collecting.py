"""`feedback collect`: what families posted, taken in by hand."""

from typing import get_args

import click
from termpost.flows.commands.options import common, say, say_json
from termpost.tasks.feedback.collect.inbox import collect_messages
from termpost.tasks.feedback.collect.judge import MessageFate
from termpost.tasks.feedback.collect.opening import opener_of
from termpost.tasks.home.home import Home

SAID = {"query": "new queries", "reply": "replies", "acknowledged": "acknowledged", "cancelled": "meetings given back",
        "known": "known already", "dropped": "not taken", "left": "left in the inbox"}  # fmt: skip


@click.command()
@common(decides=True)
def collect(home: Home, as_json: bool) -> None:
    """Takes in what families posted from their pages, as the flow does each quarter of an hour.

    \b
    Example: termpost feedback collect --home school
    """
    found = collect_messages(home, "feedback-collect", opener_of(home))
    counts = {fate: found.counts[fate] for fate in get_args(MessageFate)}
    dropped = [{"object": one.object, "why": one.why, "left": one.is_left} for one in found.dropped]
    if as_json:
        say_json({"messages": counts, "dropped": dropped, "more": found.has_more})
        return
    said = ", ".join(f"{number} {SAID[fate]}" for fate, number in counts.items() if number)
    click.echo(f"Messages: {said or 'none came'}.")
    if found.has_more:
        click.echo("More lies there: run it again.")
    if dropped:
        rows = [(one.object, one.why + ("; it lies there still" if one.is_left else "")) for one in found.dropped]
        say(False, dropped, "Messages that were not taken (docs/feedback.md)", ("object", "why"), rows)
