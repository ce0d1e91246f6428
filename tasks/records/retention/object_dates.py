"""From when each object of the store counts, and whom it is about: by the log, not by what a file system says."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, tzinfo

from termpost.schemas.log.cycle_state import ARRIVED
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.query_threads import query_threads
from termpost.schemas.retention.kinds import Start

_REPORT = re.compile(r"reports/[^/]+/[^/]+/([^/]+)/v([0-9]+)/.+")
_VERSION = re.compile(r"-[0-9a-f]{20}(\.[a-z]+)$")  # of a kept object, which the log names without it
SEEN = frozenset({"exported", "opened", "retained"})  # say that somebody looked at it, or that it went


@dataclass
class ObjectDates:
    """Folds the log once."""

    zone: tzinfo
    named: dict[str, date] = field(default_factory=dict)  # object → the last day on which the log says it was made
    arrived: dict[str, date] = field(default_factory=dict)  # object → the last day on which somebody got it
    reports: dict[tuple[str, int], date] = field(default_factory=dict)  # version → when it was made
    released: dict[tuple[str, int], date] = field(default_factory=dict)
    closed: dict[str, date | None] = field(default_factory=dict)  # query → the day; None: it is open
    people: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # object or query → whom it is about

    @classmethod
    def fold(cls, entries: Iterable[Logged], zone: tzinfo) -> "ObjectDates":
        found, every = cls(zone), list(entries)
        for entry in every:
            found._add(entry)
        last = {entry.query: found._day(entry) for entry in every if entry.query and entry.kind not in SEEN}
        for query, thread in query_threads(every).items():
            found.closed[query] = last[query] if thread.state == "closed" else None
        return found

    def _day(self, entry: Logged) -> date:
        return entry.day.astimezone(self.zone).date()

    def _add(self, entry: Logged) -> None:
        about = {one for one in (entry.student, entry.recipient) if one}
        if entry.query:
            self.people[entry.query] |= about
        if entry.report and entry.version:
            version = (entry.report, entry.version)
            self.people["/".join(map(str, version))] |= {entry.student} if entry.student else set()
            if entry.kind == "report_made":
                self.reports[version] = self._day(entry)
            elif entry.kind == "released":
                self.released[version] = self._day(entry)
        if entry.object and entry.kind not in SEEN:
            self.people[entry.object] |= about
            self.named[entry.object] = self._day(entry)
            if entry.kind in ARRIVED:
                self.arrived[entry.object] = self._day(entry)

    def began(self, key: str, start: Start) -> tuple[date | None, bool]:
        """The day from which the time of an object counts (None: it does not yet, or nobody knows), and whether the
        log knows the object at all. That somebody left, the log does not know."""
        version = self._version(key)
        if version:
            made = self.reports.get(version)
            return (made if start == "made" else self.released.get(version, made)), made is not None
        if start == "closed" and (query := self._query(key)):
            return self.closed[query], True
        made = self.named.get(key) or self.named.get(kept_name(key) or key)
        return (made if start == "made" else self.arrived.get(key, made)), made is not None

    def about(self, key: str) -> frozenset[str]:
        """References of whom an object is about, as far as the log says; nobody: it may be about many."""
        found = set(self.people.get(key, ()))
        if version := self._version(key):
            found |= self.people.get("/".join(map(str, version)), set())
        if query := self._query(key):
            found |= self.people.get(query, set())
        parts = key.split("/")
        if key.startswith(("sealed/", "notes/rights/")):
            found.add(parts[2] if key.startswith("notes/") else parts[1])
        return frozenset(found)

    @staticmethod
    def _version(key: str) -> tuple[str, int] | None:
        found = _REPORT.fullmatch(key)
        return (found[1], int(found[2])) if found else None

    def _query(self, key: str) -> str | None:
        """The query whose words these are."""
        parts = key.split("/")
        return parts[1] if parts[0] == "notes" and len(parts) > 1 and parts[1] in self.closed else None


def kept_name(key: str) -> str | None:
    """The name by which the log knows a version of a kept object; None of every other."""
    name = _VERSION.sub(r"\1", key)
    return name if name != key else None
