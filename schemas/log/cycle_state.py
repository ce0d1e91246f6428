"""Where a cycle stands, read from the distribution log alone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from termpost.schemas.documents.prepared import report_folder
from termpost.schemas.log.entry import BEFOREHAND, Entry, EntryKind, Logged

DELIVERY_KINDS: tuple[EntryKind, ...] = (
    "planned", "sent", "delivered", "failed", "uncertain", "expired", "opened", "withdrawn",
)  # fmt: skip
NO_RECIPIENT = "no-recipient"  # of a hold: nobody has the right today, or can be reached
EARLY = "early"  # of `approved` and `released`: before the calendar's release date
RETURNED = "returned"  # of a delivery that failed: it came back
ARRIVED = ("sent", "delivered", "opened")  # nothing more to do
RIGHTS_ENDED = "rights-ended"  # of a delivery that was withdrawn: its recipient had the right no longer
NEW_PERSON = "new-person"  # of one that was withdrawn: its recipient's id passed to somebody else
# withdrawn for these reasons, it goes out again once the plan says that there is a right: anything else a person undoes
COMES_BACK = frozenset({RIGHTS_ENDED, NEW_PERSON})


@dataclass(frozen=True)
class Let:
    """A report version that was let out, while nothing of its cycle has begun to be delivered since."""

    at: datetime | None  # None: not from a log
    by: frozenset[str]  # who approved
    void: bool = False  # a setting that guards releases changed since


@dataclass
class ReportState:
    """One report version."""

    student: str
    digests: dict[str, str] = field(default_factory=dict)  # object → digest
    released: bool = False
    withdrawn: bool = False
    superseded: bool = False
    to_follow: int = 0  # courses whose grade was to follow when it was let out

    @property
    def schools(self) -> frozenset[str]:
        """Of which school it is; none where the log names no object of it."""
        return frozenset(name.split("/")[1] for name in self.digests if "/" in name)


@dataclass
class CycleState:
    """Folds the entries of one cycle, oldest first."""

    cycle: str
    reports: dict[tuple[str, int], ReportState] = field(default_factory=dict)
    deliveries: dict[str, str] = field(default_factory=dict)  # delivery → last state
    channels: dict[str, str] = field(default_factory=dict)  # delivery → channel
    refused: set[tuple[str, str, str]] = field(default_factory=set)  # student, recipient, rule
    lost: set[str] = field(default_factory=set)  # students whose report had no recipient when a release was asked for
    # digest of what was approved → by whom, and when last
    approvals: dict[str, dict[str, datetime | None]] = field(default_factory=dict)
    given_at: dict[tuple[str, str], int] = field(default_factory=dict)  # the same → its place among the entries
    released_at: dict[str, int] = field(default_factory=dict)  # school → place of its last release; "": not known which
    early: dict[str, set[str]] = field(default_factory=dict)  # the same → who approved it to go out before its date
    not_begun: dict[tuple[str, int], Let] = field(default_factory=dict)  # report version → how it was let out
    letting: tuple[datetime | None, frozenset[str]] = (None, frozenset())  # the last approval, and by whom
    last_code: tuple[str, str] = ("", "")  # digest of what was approved last with a code, and by whom
    seen: int = 0  # entries
    controls: dict[str, datetime | None] = field(default_factory=dict)  # setting that guards releases → last change
    stopped: bool = False  # deliveries, until somebody approves again
    reasons: dict[str, str] = field(default_factory=dict)  # delivery → why it is in its last state
    attempts: dict[str, int] = field(default_factory=dict)  # delivery → how often it was planned
    had: dict[tuple[str, int], set[str]] = field(default_factory=dict)  # report version → to whom it went
    planned: dict[str, Entry] = field(default_factory=dict)  # delivery → its plan, while nothing more is known

    @classmethod
    def fold(cls, cycle: str, entries: Iterable[Entry]) -> "CycleState":
        state = cls(cycle)
        for entry in entries:
            state.add(entry)
        return state

    def add(self, entry: Entry) -> None:
        """The next entry; one of another cycle changes nothing."""
        self.seen += 1
        if entry.ends_approvals:
            self._end_approvals(entry)
        if entry.cycle != self.cycle:
            return
        if entry.kind in DELIVERY_KINDS and entry.delivery:
            self._add_delivery(entry, entry.delivery)
        elif entry.kind == "approved" and entry.digest and not entry.channel:  # not of a document to enclose
            self._add_approval(entry, entry.digest)
        elif entry.kind == "stopped":
            self.stopped = True
        elif entry.kind == "refused" and entry.student and entry.recipient:
            self.refused.add((entry.student, entry.recipient, entry.reason or ""))
        elif entry.kind == "held" and entry.reason == NO_RECIPIENT and entry.student:
            self.lost.add(entry.student)
        elif entry.report is not None and entry.version is not None:
            self._add_report(entry, (entry.report, entry.version))

    def _add_approval(self, entry: Entry, digest: str) -> None:
        given = self.approvals.get(digest, {}) | {entry.actor: _day(entry)}
        if entry.object:  # what keeps no statement let nothing new out, or was written by a version before this
            self.approvals[digest] = given
            self.given_at[digest, entry.actor] = self.seen
            if entry.reason == EARLY:
                self.early.setdefault(digest, set()).add(entry.actor)
        if entry.via != BEFOREHAND:
            self.letting, self.last_code = (_day(entry), frozenset(given)), (digest, entry.actor)
            self.stopped = False

    def _end_approvals(self, entry: Entry) -> None:
        """What guards a release is another than those who approved knew."""
        self.controls[entry.reason or ""] = _day(entry)
        self.approvals.clear()
        self.not_begun = {key: replace(let, void=True) for key, let in self.not_begun.items()}

    def approved_by(
        self, digest: str, now: datetime, days: int, people: frozenset[str], schools: Iterable[str]
    ) -> frozenset[str]:
        """Whose approval of this counts still: no older than that many days, of somebody who may approve, and given
        after the last release of these schools. A release may have left people out: they take another approval."""
        used = max(self.released_at.get(school, 0) for school in ("", *schools))
        return frozenset(
            who for who, at in self.approvals.get(digest, {}).items()
            if who in people and not _lapsed(at, now, days) and self.given_at.get((digest, who), 0) > used
        )  # fmt: skip

    def lapsed(self, now: datetime, days: int, people: frozenset[str]) -> frozenset[tuple[str, int]]:
        """Report versions that were let out, and whose approval does not count any more before delivery has begun."""
        return frozenset(
            key for key, let in self.not_begun.items() if let.void or _lapsed(let.at, now, days) or not let.by <= people
        )

    def _add_delivery(self, entry: Entry, delivery: str) -> None:
        self.deliveries[delivery] = entry.kind
        self.reasons[delivery] = entry.reason or ""
        self.channels.setdefault(delivery, entry.channel or "")
        self.planned.pop(delivery, None)
        if entry.kind in ARRIVED and entry.report and entry.version and entry.recipient:
            self.had.setdefault((entry.report, entry.version), set()).add(entry.recipient)
        if entry.kind == "planned":
            self.not_begun.clear()
            self.attempts[delivery] = self.attempts.get(delivery, 0) + 1
            self.planned[delivery] = entry

    def attempt(self, delivery: str) -> int | None:
        """The `count` of what is written about a delivery now: which attempt it is, from the second on.

        A run that was killed goes on with the attempt that it began.
        """
        number = self.attempts.get(delivery, 0) + (self.deliveries.get(delivery) in ("failed", "withdrawn"))
        return number if number > 1 else None

    def failed_for(self, delivery: str) -> str | None:
        """Why a delivery failed; None where it did not."""
        return self.reasons[delivery] if self.deliveries.get(delivery) == "failed" else None

    def _add_report(self, entry: Entry, key: tuple[str, int]) -> None:
        if entry.kind == "report_made":
            made = self.reports.setdefault(key, ReportState(entry.student or ""))
            made.digests[entry.object or ""] = entry.digest or ""
        elif key in self.reports:
            if entry.kind == "released":
                self.reports[key].released = True
                self.released_at.update(dict.fromkeys(self.reports[key].schools or {""}, self.seen))
                if entry.via != BEFOREHAND:  # a code approves what it lets out, and no other school that it could have
                    self.given_at.pop(self.last_code, None)
                elif given := self.approvals.get(entry.digest or ""):
                    self.letting = (min(filter(None, given.values()), default=None), frozenset(given))
                self.reports[key].to_follow = entry.count or 0
                self.not_begun[key] = Let(*self.letting)
            elif entry.kind == "withdrawn":
                self.reports[key].withdrawn = True
            elif entry.kind == "superseded":
                self.reports[key].superseded = True

    @property
    def released_students(self) -> frozenset[str]:
        """Whose report of this cycle is out; law 12 freezes it."""
        return frozenset(r.student for r in self.reports.values() if r.released)

    def released_in(self, school: str) -> frozenset[str]:
        """The same of one school: who sits in two has a report of each."""
        place = report_folder(school, self.cycle)
        return frozenset(
            r.student for r in self.reports.values()
            if r.released and (not r.digests or any(name.startswith(place) for name in r.digests))
        )  # fmt: skip

    def is_released(self, report: str, version: int) -> bool:
        """Whether this very version was let out, taken back since or not."""
        found = self.reports.get((report, version))
        return found is not None and found.released

    def is_corrected(self, report: str, version: int) -> bool:
        """Whether this version is a correction that waits: an earlier one is released, and this one is not."""
        return not self.is_released(report, version) and self.released_version(report) is not None

    def is_out(self, report: str, version: int) -> bool:
        """Whether this very version was let out and not taken back."""
        return self.is_released(report, version) and not self.reports[report, version].withdrawn

    def released_version(self, report: str) -> int | None:
        """The latest version of a report that was released."""
        return max(
            (version for (name, version), r in self.reports.items() if name == report and r.released), default=None
        )

    @property
    def grades_to_follow(self) -> int:
        """Courses that are out without their grade: until a corrected version that has it is out."""
        newest = {name: version for (name, version), r in sorted(self.reports.items()) if r.released}
        out = [self.reports[key] for key in newest.items()]
        return sum(report.to_follow for report in out if not report.withdrawn)

    @property
    def without_recipient(self) -> frozenset[str]:
        """Students who wait because nobody could be given their report."""
        return frozenset(self.lost) - self.released_students

    def counts(self, held: int) -> dict[str, int]:
        """The keys that `status` promises; `held` comes from the manifests."""
        return _counts(list(self.reports.values()), held)

    def counts_by_school(self, held: Mapping[str, int]) -> list[dict[str, Any]]:
        """The same of each school, by its id.

        Args:
            held: school → students who are held, of every school that is prepared.
        """
        of: dict[str, list[ReportState]] = {school: [] for school in held}
        for report in self.reports.values():
            for school in report.schools:
                of.setdefault(school, []).append(report)
        return [{"school": school, **_counts(of[school], held.get(school, 0))} for school in sorted(of)]

    def delivery_counts(self) -> dict[str, int]:
        counted = Counter(self.deliveries.values())
        return {kind: counted.get(kind, 0) for kind in DELIVERY_KINDS}


def _counts(reports: Sequence[ReportState], held: int) -> dict[str, int]:
    return {
        "made": len(reports), "held": held, "released": sum(r.released for r in reports),
        "withdrawn": sum(r.withdrawn for r in reports), "superseded": sum(r.superseded for r in reports),
    }  # fmt: skip


def _day(entry: Entry) -> datetime | None:
    return entry.day if isinstance(entry, Logged) else None


def _lapsed(at: datetime | None, now: datetime, days: int) -> bool:
    return at is not None and now > at + timedelta(days=days)
