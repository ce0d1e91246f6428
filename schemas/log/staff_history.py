"""Who was registered, by whom and when, and who still waits: read from the distribution log alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from termpost.schemas.log.entry import Logged

ADDED, REMOVED, CONFIRMED = "added", "removed", "confirmed"  # reasons of `staff_changed`
FIRST = 2  # people who are there before anybody could vouch for them
VOUCHERS = 2  # people who may already say so, and who end somebody's wait


@dataclass
class StaffHistory:
    """Folds the entries `staff_changed`, oldest first."""

    added: dict[str, datetime] = field(default_factory=dict)  # staff id → when; a dict keeps the order
    removed: set[str] = field(default_factory=set)  # for ever, whatever an older list of staff that was put back says
    confirmed: dict[str, set[str]] = field(default_factory=dict)  # staff id → who said they may approve at once

    @classmethod
    def fold(cls, entries: Iterable[Logged]) -> "StaffHistory":
        history = cls()
        for entry in entries:
            about = entry.subject or entry.actor  # before `subject`, the actor was who it was about
            if entry.kind == "staff_changed" and entry.reason == ADDED:
                history.added.setdefault(about, entry.day)
            elif entry.kind == "staff_changed" and entry.reason == REMOVED:
                history.removed.add(about)
            elif entry.kind == "staff_changed" and entry.reason == CONFIRMED:
                history.confirmed.setdefault(about, set()).add(entry.actor)
        return history

    def waits(self, staff: str, now: datetime, days: int) -> bool:
        """Whether somebody was added too lately to be one of two who approve."""
        if staff not in self.added or staff in list(self.added)[:FIRST]:
            return False
        return now < self.added[staff] + timedelta(days=days) and len(self.confirmed.get(staff, ())) < VOUCHERS
