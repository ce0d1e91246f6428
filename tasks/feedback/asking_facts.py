"""What the log says of whoever asks: since when they have anything of ours, and until when they were told to ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from termpost.schemas.log.asking_days import TELLING, ToldDays
from termpost.schemas.log.entry import Entry, EntryKind, Logged
from termpost.tasks.feedback.sent_reports import OF_REPORTS, SentReports
from termpost.tasks.home.home import Home

OF_ASKING: Final[tuple[EntryKind, ...]] = tuple(dict.fromkeys((*OF_REPORTS, *TELLING)))


@dataclass(frozen=True)
class AskingFacts:
    """As of when it was read."""

    home: Home
    sent: SentReports
    told: ToldDays

    @classmethod
    def of(cls, home: Home, entries: Iterable[Logged] | None = None) -> "AskingFacts":
        """Of these entries, `OF_ASKING` among them; None: of the log's."""
        found = list(home.log.entries(*OF_ASKING) if entries is None else entries)
        return cls(home, SentReports.fold(found), ToldDays.fold(home.clocks, found))

    def reached(self, who: str | None, said: datetime) -> datetime:
        """When something reached the school: what portal or mail server say of it, within what can be.

        It is not later than now, and not earlier than the first report of ours that reached this person: so neither a
        wrong clock nor somebody who writes into the inbox makes the school late by more than that.
        """
        now, first = self.home.clock.today(), self.sent.first_arrival(who or "")
        return min(max(said, first or now), now)

    def until(self, who: str | None, student: str | None, cycle: str | None) -> date | None:
        """The last day for questions that this person was told: of this cycle, else of the last report about this
        student that reached them, else of the last one at all. None: they were told none."""
        if who is None:
            return None
        last = self.sent.last_of(who, student) or self.sent.last_of(who, None)
        found = cycle or (last.cycle if last else None)
        return self.told.of_recipient(found, who) if found and self._is_planned(found) else None

    def cycle_of(self, entry: Entry) -> str | None:
        """Of the report that a query names; None where it names none."""
        found = self.sent.sent.get((entry.report or "", entry.version or 0, entry.recipient or ""))
        return found.cycle if found else None

    def is_late(self, who: str | None, cycle: str | None, at: datetime) -> bool:
        """Whether that day was over; what is about no cycle is never late.

        A clock of ours ends no right: what is late is taken, answered and marked.
        """
        until = self.until(who, None, cycle) if cycle else None
        return until is not None and not self.home.clocks.is_in_time(at, until)

    def _is_planned(self, cycle: str) -> bool:
        return any(one.id == cycle for one in self.home.calendar.written)
