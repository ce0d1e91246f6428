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
    _given: list[Logged] = field(default_factory=list)  # approvals since anything was released
    _needed: int = 1
    _is_used: bool = False

    def add(self, entry: Logged) -> None:
        """The next entry; one of another cycle changes nothing, but for the settings."""
        if entry.ends_approvals:
            self._given.clear()
            if entry.reason == APPROVALS:
                self._needed = 1 if entry.digest == control_digest(APPROVALS, 1) else 2
        elif entry.cycle != self.cycle or entry.channel:
            return
        elif entry.kind == "approved":
            if self._is_used:
                self._given.clear()
                self._is_used = False
            self._given.append(entry)
        elif entry.kind == "released" and entry.report and entry.version:
            self._is_used = True
            self.released[entry.report, entry.version] = self._trail(entry)

    def _trail(self, released: Logged) -> Trail:
        """By the last approval; what several approvals made beforehand let out together says by which of them."""
        given = self._given
        if released.via == BEFOREHAND:
            given = [one for one in given if one.digest == released.digest]
        last = given[-1] if given else None
        digest = (last.digest if last else None) or ""
        by = frozenset(one.actor for one in given if one.digest == digest)
        return Trail(digest, by, self._needed, last is not None and last.object is not None)
