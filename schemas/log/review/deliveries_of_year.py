"""What became of what was sent in a year, channel by channel."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from termpost.schemas.log.cycle_state import DELIVERY_KINDS
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.feedback.acknowledgements import ReadBy
from termpost.schemas.log.review.school_year import SchoolYear

OPENED, ACKNOWLEDGED, ALL = "opened", "acknowledged", "all"
ON_TIME, LATE = "on-time", "late"
ARRIVED: Final = ("sent", "delivered")
ENDS: Final = frozenset(DELIVERY_KINDS) - {OPENED}


@dataclass
class _Delivery:
    channel: str
    planned: date
    state: str
    cycle: str
    report: str | None
    opened: bool = False
    arrived: date | None = None  # the first time


@dataclass
class DeliveriesOfYear:
    """Folds entries up to the end of the year, oldest first. A delivery counts in the year in which it was planned;
    short notices, which disclose nothing, are none."""

    year: SchoolYear
    zone: ZoneInfo
    deliveries: dict[str, _Delivery] = field(default_factory=dict)
    acknowledged: set[ReadBy] = field(default_factory=set)

    def add(self, entry: Logged) -> None:
        """The next entry; one about no delivery of a report changes nothing."""
        day = entry.day.astimezone(self.zone).date()
        if entry.kind == ACKNOWLEDGED and entry.report and entry.version and entry.recipient and self.year.holds(day):
            self.acknowledged.add((entry.report, entry.version, entry.recipient))
        if entry.kind not in DELIVERY_KINDS or entry.delivery is None or entry.cycle is None:
            return
        known = self.deliveries.setdefault(entry.delivery, _Delivery(
            entry.channel or "", day, entry.kind, entry.cycle, entry.report,
        ))  # fmt: skip
        known.channel = known.channel or entry.channel or ""
        known.opened = known.opened or entry.kind == OPENED
        if entry.kind in ARRIVED:
            known.arrived = known.arrived or day
        if entry.kind in ENDS:
            known.state = entry.kind

    def numbers(self, due_of: Callable[[str, str | None], date | None]) -> dict[str, dict[str, int]]:
        """Channel → `all`, each last state, and beside it `opened` (what was opened may be withdrawn) and, of what
        arrived, `on-time` and `late`.

        Args:
            due_of: cycle and report → the last day in time; None: not known, and neither is counted.
        """
        found: dict[str, Counter[str]] = {}
        for one in self.deliveries.values():
            if not self.year.holds(one.planned):
                continue
            counted = found.setdefault(one.channel, Counter())
            counted[ALL] += 1
            counted[one.state] += one.state in ENDS
            counted[OPENED] += one.opened
            if one.arrived and (due := due_of(one.cycle, one.report)):
                counted[ON_TIME if one.arrived <= due else LATE] += 1
        return {channel: {name: n for name, n in counted.items() if n} for channel, counted in sorted(found.items())}
