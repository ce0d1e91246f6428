"""`law`: what the law of the place asks, line by line, and who compared it."""

import click
from termpost.flows.commands.options import common, say
from termpost.tasks.home.home import Home


@click.command()
@common()
def law(home: Home, as_json: bool) -> None:
    """What the law of the place asks, line by line with its source, and who at the school compared it with the law.

    Lines that nobody compared are unverified: they make rules stricter, never looser. This is no legal advice.

    \b
    Example: termpost law --home school
    """
    value = [
        {"line": one.name, "source": one.line.source, "says": one.line.says, "checked_by": one.checked_by or None}
        for one in home.law.lines()
    ]
    rows = [(row["line"], row["says"], row["source"], row["checked_by"] or "unverified") for row in value]
    say(as_json, value, "The law, as far as termpost knows it (no legal advice)",
        ("line", "says", "source", "checked by"), rows)  # fmt: skip


COMMAND = law
