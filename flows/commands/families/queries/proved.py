"""What the commands of staff about a query share: who it is, and the words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from termpost.flows.commands.families.queries.at_the_door import show_at_door
from termpost.flows.commands.staff_auth import refusals_logged
from termpost.schemas.base.refs import StaffId
from termpost.schemas.log.query_threads import QueryThread
from termpost.tasks.feedback.answering.who_may import ANSWERING, proved_for, thread_of
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.staff import Role

_WORDS = (
    click.option("--text", help="The words; else --note-file or standard input."),
    click.option("--note-file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
                 help="A file with the words; - is standard input."),
)  # fmt: skip


def staff_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--by and --otp."""
    by = click.option("--by", "staff_id", metavar="STAFF", required=True, help="Who does it.")
    otp = click.option("--otp", metavar="CODE", required=True, help="What their authenticator app shows now.")
    return by(otp(function))


def words_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--text and --note-file."""
    for option in reversed(_WORDS):
        function = option(function)
    return function


@contextmanager
def proved(
    home: Home, query_id: str, staff_id: str, otp: str, run: str, refuse: Callable[[QueryThread], None] | None = None,
    may: frozenset[Role] = ANSWERING,
) -> Iterator[tuple[QueryThread, StaffId]]:  # fmt: skip
    """The query, and who acts on it. A refused attempt is in the log.

    Args:
        refuse: raises where the query does not allow it, before a code is spent.
    """
    thread = thread_of(home, query_id)
    with refusals_logged(home, staff_id, run):
        if refuse is not None:
            refuse(thread)
        yield thread, proved_for(home, thread, staff_id, otp, may)
    show_at_door(home, run, query_id)
