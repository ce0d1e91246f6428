"""Until when families may ask, as they were told: counted from the day on which something went to them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from termpost.schemas.base.channel_name import IN_PACKS
from termpost.schemas.log.entry import EntryKind, Logged
from termpost.schemas.settings.clocks import Clocks

# what is sealed, shown, sent or printed says a last day for questions
TELLING: tuple[EntryKind, ...] = ("sealed", "sent", "delivered", "exported")


@dataclass
class ToldDays:
    """The days that the log says were told, whoever asks for them: by cycle, by page, by recipient.

    One recipient is told the day of the slowest channel by which a cycle reaches them. A page that was sealed again,
    outside of any cycle, tells the day of its own channel.
    """

    clocks: Clocks
    reach: defaultdict[tuple[str | None, str | None], set[str]] = field(default_factory=lambda: defaultdict(set))
    by_cycle: defaultdict[str | None, list[Logged]] = field(default_factory=lambda: defaultdict(list))
    by_page: defaultdict[str | None, list[Logged]] = field(default_factory=lambda: defaultdict(list))
    by_recipient: defaultdict[str | None, list[Logged]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def fold(cls, clocks: Clocks, entries: Iterable[Logged]) -> "ToldDays":
        """Of the log; entries of other kinds count for nothing."""
        found = cls(clocks)
        for entry in entries:
            if entry.kind in TELLING and entry.channel:
                found.reach[entry.cycle, entry.recipient].add(entry.channel)
                found.by_cycle[entry.cycle].append(entry)
                found.by_page[entry.object].append(entry)
                found.by_recipient[entry.recipient].append(entry)
        return found

    def of_cycle(self, cycle_id: str) -> date:
        """The last of the days that anybody was told of a cycle; the planned one where nothing has gone out."""
        return self._last(cycle_id, self.by_cycle[cycle_id])

    def of_page(self, cycle_id: str, page: str) -> date:
        """The last of the days that this page told, which may have been sealed again outside of any cycle."""
        return self._last(cycle_id, self.by_page[page])

    def of_recipient(self, cycle_id: str, recipient: str) -> date:
        """The last of the days that this recipient was told of a cycle, on whatever page or paper.

        What was printed in packs was told everybody to whom the cycle goes by print.
        """
        mine = [entry for entry in self.by_recipient[recipient] if entry.cycle == cycle_id]
        again = [entry for entry in self.by_recipient[recipient]
                 if entry.cycle is None and entry.object in {one.object for one in mine}]  # fmt: skip
        packs = [entry for entry in self.by_recipient[None]
                 if (entry.cycle, entry.channel) == (cycle_id, IN_PACKS)]  # fmt: skip
        printed = packs if IN_PACKS in self.reach[cycle_id, recipient] else []
        return self._last(cycle_id, [*mine, *again, *printed])

    def _last(self, cycle_id: str, entries: Iterable[Logged]) -> date:
        """Not the planned day, once something went out: a release before its day tells an earlier one."""
        zone = self.clocks.calendar.zone
        days = {
            (entry.day.astimezone(zone).date(), frozenset(self.reach[entry.cycle, entry.recipient]))
            for entry in entries
        }
        told = (self.clocks.ask_until(day, cycle_id, channels) for day, channels in days)
        return max(told, default=self.clocks.calendar.cycle(cycle_id).query_until)


def told_until(clocks: Clocks, cycle_id: str, entries: Iterable[Logged]) -> date:
    """The last of the days that anybody was told of a cycle; the planned one where nothing has gone out."""
    return ToldDays.fold(clocks, entries).of_cycle(cycle_id)
