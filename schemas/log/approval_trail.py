"""Who approved what was let out, read from the log a second time and on a way of its own (schemas/log/cycle_state.py
is the first): it goes from the release back to the approvals, and asks of nobody what still counts."""

from dataclasses import dataclass, field

from termpost.schemas.log.controls import control_digest
from termpost.schemas.log.entry import BEFOREHAND, Logged

APPROVALS = "release.approvals"


@dataclass(frozen=True)
class Trail:
    """How one report version was let out."""

    digest: str  # of what was approved
    by: frozenset[str]
    needed: int  # by the setting that the log knew then
    kept: bool  # whether what was approved lies in the store; before approvals were of the whole release, nothing did


@dataclass
class ApprovalTrail:
    """Folds the entries of one cycle, oldest first."""

    cycle: str
    released: dict[tuple[str, int], Trail] = field(default_factory=dict)
    _given: list[Logged] = field(default_factory=list)  # approvals, oldest first
    _used: dict[int, set[str]] = field(default_factory=dict)  # approval, by its place there → schools released since
    _released: set[str] = field(default_factory=set)  # schools, since the last approval; "": of one not known
    _by_code: bool = False  # whether by the last approval, which counts for nothing else then
    _schools: dict[tuple[str, int], str] = field(default_factory=dict)  # of each report version
    _needed: int = 1

    def add(self, entry: Logged) -> None:
        """The next entry; one of another cycle changes nothing, but for the settings."""
        if entry.ends_approvals:
            self._given.clear()
            self._used.clear()
            if entry.reason == APPROVALS:
                self._needed = 1 if entry.digest == control_digest(APPROVALS, 1) else 2
        elif entry.cycle != self.cycle or entry.channel:
            return
        elif entry.kind == "approved":
            self._close()
            self._given.append(entry)
        elif entry.kind == "report_made" and entry.report and entry.version and entry.object:
            self._schools[entry.report, entry.version] = entry.object.split("/")[1] if "/" in entry.object else ""
        elif entry.kind == "released" and entry.report and entry.version:
            school = self._schools.get((entry.report, entry.version), "")
            self.released[entry.report, entry.version] = self._trail(entry, school)
            self._released.add(school)
            self._by_code = self._by_code or entry.via != BEFOREHAND

    def _close(self) -> None:
        """What was released until now is another release than what comes."""
        for place in range(len(self._given)):
            self._used.setdefault(place, set()).update(self._released)
        if self._by_code and self._given:
            self._used[len(self._given) - 1].add("")
        self._released, self._by_code = set(), False

    def _trail(self, released: Logged, school: str) -> Trail:
        """By the last approval; what several approvals made beforehand let out together says by which of them."""
        given = [one for place, one in enumerate(self._given) if not self._used.get(place, set()) & {"", school}]
        if released.via == BEFOREHAND:
            given = [one for one in given if one.digest == released.digest]
        last = given[-1] if given else None
        digest = (last.digest if last else None) or ""
        by = frozenset(one.actor for one in given if one.digest == digest)
        return Trail(digest, by, self._needed, last is not None and last.object is not None)
