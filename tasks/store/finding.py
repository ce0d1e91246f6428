"""The result of an audit for one control."""

from dataclasses import dataclass
from typing import Literal

State = Literal["holds", "warns", "lacks", "accepted"]


@dataclass(frozen=True)
class Finding:
    """One control, as it was found by trying it.

    Args:
        control: a name of `[store] accept`, or another that nobody can accept to lack.
        what: what was seen, without anything secret or personal.
        fix: what to do where it lacks.
        stops_runs: whether a run is refused where it lacks; else `termpost doctor` alone says so.
    """

    control: str
    state: State
    what: str
    remedy: str = ""
    stops_runs: bool = True

    @property
    def is_safe(self) -> bool:
        return self.state != "lacks"


def found(control: str, *, holds: bool, good: str, bad: str, remedy: str, stops_runs: bool = True) -> Finding:
    """`good` is said where it holds, `bad` and `remedy` where it does not."""
    if holds:
        return Finding(control, "holds", good, stops_runs=stops_runs)
    return Finding(control, "lacks", bad, remedy, stops_runs)
