"""What every subcommand shares: its options, its output as a table or as JSON, and the home it works on."""

import functools
import json
import os
from collections.abc import Callable, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import Refused
from termpost.schemas.log.entry import Entry
from termpost.tasks.deadlines.switch import not_watched
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.home.told_day import told_day

WHOLE = 1000  # signs; longer than any first sentence


class OrderedGroup(click.Group):
    """Lists commands in the order of the procedure rather than the alphabet's."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - likewise
        """As click has it, but with the whole first sentence of each, which click cuts off after one line."""
        if self.commands:
            with formatter.section("Commands"):
                formatter.write_dl([(name, one.get_short_help_str(WHOLE)) for name, one in self.commands.items()])


extract_option = click.option(
    "--extract", metavar="EXTRACT", required=True,
    help="A folder, archive, workbook or CSV file; s3://, sftp://, https://.",
)  # fmt: skip


school_option = click.option("--school", metavar="ID", help="One school only, by its sourcedId.")


def common(
    home: bool = True, as_of_text: bool = False, home_text: bool = False, decides: bool = False,
    takes_earlier: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:  # fmt: skip
    """Adds --home, --json, --as-of and --debug; the function gets `home: Home | None` and `as_json: bool`, and with
    `as_of_text` and `home_text` what was given as --as-of (`as_of`) and --home (`home_path`). What `decides` or lets
    out goes by another day in a rehearsal only, but for what `takes_earlier` ones.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @click.option("--home", "home_path", metavar="DIR", envvar="TERMPOST_HOME", default=".", show_default=True,
                      help="The home to work on.")  # fmt: skip
        @click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")
        @click.option("--as-of", metavar="DATE", help="Today for every rule: a date (its opening hour) or an instant.")
        @click.option("--debug", is_flag=True, help="Show a traceback; it may quote the data.")
        @functools.wraps(function)
        def inner(*args: Any, home_path: str, as_json: bool, as_of: str | None, debug: bool, **kwargs: Any) -> Any:
            if debug:
                os.environ["TERMPOST_DEBUG"] = "1"
            opened = at_home(home_path, as_of, decides, takes_earlier=takes_earlier) if home else None
            if as_of_text:
                kwargs["as_of"] = as_of
            if home_text:
                kwargs["home_path"] = home_path
            return function(*args, home=opened, as_json=as_json, **kwargs)

        vars(inner)["decides"] = decides  # a test holds the list
        return inner

    return decorate


def at_home(path: str, as_of: str | None, decides: bool = False, *, takes_earlier: bool = False) -> Home:
    """Opens the home under the clock that --as-of asks for. Says where nobody watches its deadlines any more.

    Raises:
        Refused: `not-a-rehearsal`, where something is decided or let out in a real home that is told another day.
    """
    opened = _at_home(path, as_of, decides, takes_earlier=takes_earlier)
    if late := not_watched(opened):
        click.echo(f"termpost: {late}", err=True)
    return opened


def _at_home(path: str, as_of: str | None, decides: bool, *, takes_earlier: bool) -> Home:
    opened = open_home(path)
    if not as_of:
        return opened
    at = told_day(opened, as_of) if decides else opened.calendar.as_of(as_of)
    if at is None:
        return opened
    told = open_home(path, FixedClock(at), takes_earlier=takes_earlier)
    if decides:
        refuse_another_day(told)
    return told


def refuse_another_day(home: Home) -> None:
    """The same where only what was asked for says whether it decides anything; the log knows of the attempt."""
    try:
        home.refuse_another_day()
    except Refused as refusal:
        today = open_home(home.path)
        today.log.append("as-of", [Entry(kind="refused", actor="operator", reason=refusal.code)])
        raise


def say_json(value: object) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def console() -> Console:
    """Standard output; in a pipe as wide as it must be."""
    return Console(width=None if Console().is_terminal else 160, highlight=False, markup=False)


def say_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on standard output."""
    table = Table(header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(shown_cell, row))
    out = console()
    if title:  # above the table rather than in it, where a narrow one would fold it
        out.print(title, style="italic")
    out.print(table)
    if not rows:
        out.print("Nothing.")


def shown_cell(cell: object) -> str:
    """A cell as a person reads it; `--json` has the values."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "–" if cell is None else str(cell)


def say(as_json: bool, value: object, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    if as_json:
        say_json(value)
    else:
        say_table(title, columns, rows)
