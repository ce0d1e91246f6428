"""Objects of the store that are due, and letting them go with all their versions."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo

from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.retention.kinds import LANDED, place_of
from termpost.schemas.retention.policy import RetentionLine, RetentionPolicy
from termpost.tasks.home.home import Home
from termpost.tasks.records.retention.due import DueRecord
from termpost.tasks.records.retention.object_dates import ObjectDates, kept_name

PREFIXES = ("reports/", "verify/", "sealed/", "print/", "outgoing/", "inbox/", "slots/", "notes/")


@dataclass
class DueObjects:
    """What a walk through the store found."""

    due: list[DueRecord] = field(default_factory=list)
    locked: list[DueRecord] = field(default_factory=list)
    held: int = 0
    undated: int = 0
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ObjectWalk:
    """What is looked at for each object.

    Args:
        kept_back: whose records stay.
        keeps_all: whether what is about nobody in particular stays too.
        left: of students that no newer extract has, the day; who is not in it is there.
    """

    home: Home
    dates: ObjectDates
    kept_back: frozenset[str]
    keeps_all: bool
    left: Mapping[str, date]
    today: date
    zone: tzinfo

    @property
    def policy(self) -> RetentionPolicy:
        return self.home.retention

    def due(self, prefixes: Sequence[str] = PREFIXES) -> DueObjects:
        """In the order of keys. Landing is emptied each day, and what lies in log and lake has lines of its own."""
        found = DueObjects()
        for prefix in prefixes:
            for key in self.home.store.list(prefix):
                self._look(key, found)
        return found

    def _look(self, key: str, found: DueObjects) -> None:
        place = place_of(key)
        line = self.policy.of("store", place) if place else None
        if place is None:
            found.unknown.append(key)
        if place is None or line is None or line.then != "delete" or line.start is None:
            return
        began = self._began(key, line)
        if began is None:
            found.undated += key not in self.dates.named and line.start not in {"left", "closed"}
            return
        last_day = self.policy.last_day(line, began)
        if last_day >= self.today:
            return
        about = self.dates.about(key)
        if about & self.kept_back or (self.keeps_all and not about):
            found.held += 1
            return
        until = self.home.store.locked_until(key)
        one = DueRecord(line.name, "store", place, key, began, last_day, locked_until=until)
        (found.locked if until and until > self.home.clock.now() else found.due).append(one)

    def _began(self, key: str, line: RetentionLine) -> date | None:
        if line.start == "left":
            about = self.dates.about(key) - {""}
            days = [self.left[one] for one in about if one in self.left]
            return max(days) if days and len(days) == len(about) else None  # somebody of them is still there
        began, is_known = self.dates.began(key, line.start or "made")
        if began or is_known:
            return began
        changed = self.home.store.changed_at(key)  # nothing in the log names it: what a killed run left
        return changed.astimezone(self.zone).date() if changed else None


def retained_entries(due: Iterable[DueRecord], entries: Collection[Logged], actor: str) -> Iterator[Entry]:
    """What the log says before anything goes; what it says already of something that lies there still, not again."""
    times, last = dict[str, int](), dict[str, str]()
    for entry in entries:
        if entry.object and entry.kind != "exported":
            last[entry.object] = entry.kind
            if entry.kind == "retained":
                times[entry.object] = times.get(entry.object, 0) + 1
    for one in due:
        for name in filter(None, (one.name, kept_name(one.name))):
            if last.get(name) != "retained":
                yield Entry(kind="retained", actor=actor, object=name, cause=one.line, count=times.get(name, 0) + 1)


def left_over(home: Home, entries: Collection[Logged]) -> list[str]:
    """Objects that the log let go last, and that lie there still, or older versions of them: a killed run left them."""
    last = {entry.object: entry.kind for entry in entries if entry.object and entry.kind != "exported"}
    gone = {name for name, kind in last.items() if kind == "retained" and not name.startswith(LANDED)}
    there = {key for prefix in PREFIXES for key in home.store.list(prefix)}
    hidden = {key for prefix in PREFIXES for key in home.store.rewritten(prefix)} - there
    return sorted(gone & (there | hidden))
