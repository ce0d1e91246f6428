"""Acts of registered staff at the command line: a refused attempt leaves its closed reason code in the log."""

from collections.abc import Iterator
from contextlib import contextmanager

from termpost.schemas.base.errors import Refused
from termpost.schemas.log.entry import Entry
from termpost.tasks.home.home import Home


@contextmanager
def refusals_logged(home: Home, staff_id: str, run: str) -> Iterator[None]:
    """Around what a person must prove themselves for. Anybody may type anything as --by, so only a known id is kept."""
    try:
        yield
    except Refused as refusal:
        known = staff_id if staff_id in {member.id for member in home.staff.list()} else "unknown"
        home.log.append(run, [Entry(kind="refused", actor=known, reason=refusal.code)])
        raise
