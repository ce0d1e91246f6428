"""What a year asked of the office: holds, requests, incidents, refusals, settings that changed, copies of the home."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from termpost.schemas.log.entry import Logged
from termpost.schemas.log.review.school_year import SchoolYear

LATE = "late"


@dataclass
class RecordsOfYear:
    """Folds entries up to the end of the year, oldest first."""

    year: SchoolYear
    zone: ZoneInfo
    holds: Counter[str] = field(default_factory=Counter)  # cause → students held, each time anew
    resolved: Counter[str] = field(default_factory=Counter)  # how holds were resolved
    extracts: Counter[str] = field(default_factory=Counter)  # outcome of the check → extracts
    quarantined: int = 0  # rows
    access: Counter[str] = field(default_factory=Counter)  # step → requests; `late` too
    transfers: Counter[str] = field(default_factory=Counter)
    erased: set[str] = field(default_factory=set)
    incidents: Counter[str] = field(default_factory=Counter)  # cause → opened
    incident_steps: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)  # code → attempts
    settings: Counter[str] = field(default_factory=Counter)  # name → changes
    acknowledged: set[str] = field(default_factory=set)  # staff who acknowledged the procedure
    retained: int = 0  # what the retention policy let go: entries
    backed_up: date | None = None  # the last, of this year or before
    restored: date | None = None
    _due: dict[str, date] = field(default_factory=dict)  # request → its last day

    def add(self, entry: Logged) -> None:
        """The next entry; of earlier years only the days of what is still open, and of the last copies."""
        day = entry.day.astimezone(self.zone).date()
        if entry.kind == "access_request" and entry.case and entry.due:
            self._due[entry.case] = date.fromisoformat(entry.due)
        elif entry.kind == "backed_up":
            self.backed_up = day
        elif entry.kind == "restored":
            self.restored = day
        if self.year.holds(day):
            self._add(entry, day)

    def _add(self, entry: Logged, day: date) -> None:
        reason = entry.reason or "unknown"
        counters = {
            "held": self.holds, "hold_resolved": self.resolved, "checked": self.extracts, "transferred": self.transfers,
            "refused": self.refused, "settings_changed": self.settings, "access_request": self.access,
            "incident": self.incident_steps,
        }  # fmt: skip
        if (counter := counters.get(entry.kind)) is not None:
            counter[reason] += 1
        if entry.kind == "quarantined":
            self.quarantined += entry.count or 0
        elif entry.kind == "access_request" and reason == "given" and day > self._due.get(entry.case or "", day):
            self.access[LATE] += 1
        elif entry.kind == "erased" and entry.object is None:
            self.erased |= {one for one in (entry.student or entry.recipient,) if one}
        elif entry.kind == "incident" and reason == "opened":
            self.incidents[entry.cause or "unknown"] += 1
        elif entry.kind == "policy_acknowledged":
            self.acknowledged.add(entry.actor)
        elif entry.kind == "retained":
            self.retained += 1
