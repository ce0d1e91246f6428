"""What an audit says of one control."""

from dataclasses import dataclass
from typing import Literal

State = Literal["holds", "lacks", "accepted"]


@dataclass(frozen=True)
class Finding:
    """One control, as it was found by trying it.

    Args:
        control: a name of `[store] accept`, or another that nobody can accept to lack.
        what: what was seen, without anything secret or personal.
        remedy: what to do where it lacks.
    """

    control: str
    state: State
    what: str
    remedy: str = ""

    @property
    def is_safe(self) -> bool:
        return self.state != "lacks"


def found(control: str, *, holds: bool, good: str, bad: str, remedy: str) -> Finding:
    """`good` is said where it holds, `bad` and `remedy` where it does not."""
    return Finding(control, "holds", good) if holds else Finding(control, "lacks", bad, remedy)
