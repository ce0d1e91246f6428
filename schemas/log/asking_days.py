"""Until when families may ask, as they were told: counted from the day on which something went to them."""

from collections.abc import Iterable
from datetime import date

from termpost.schemas.log.entry import EntryKind, Logged
from termpost.schemas.settings.calendar import Calendar

# what is sealed, shown, sent or printed says a last day for questions
TELLING: tuple[EntryKind, ...] = ("sealed", "sent", "delivered", "exported")


def told_until(calendar: Calendar, cycle_id: str, entries: Iterable[Logged], object_: str | None = None) -> date:
    """The last of the days that anybody was told of a cycle; the planned one where nothing has gone out.

    Args:
        entries: of the log; those of other kinds and cycles count for nothing.
        object_: only what was told on this page, which may have been sealed again outside of any cycle.
    """
    planned = calendar.cycle(cycle_id).query_until
    days = {
        entry.day.astimezone(calendar.zone).date() for entry in entries
        if entry.kind in TELLING and entry.channel
        and (entry.cycle == cycle_id if object_ is None else entry.object == object_)
    }  # fmt: skip
    return max((calendar.ask_until(day, cycle_id) for day in days), default=planned)
