"""Benchmarks and the data they run on. Nothing in flows, tasks or schemas imports from here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """One operation against a yardstick taken in the same run, so that the machine's speed cancels out."""

    operation: str
    measured: str  # for people, with its unit
    reference: str  # likewise
    ratio: float  # measured / reference
    limit: float  # the highest ratio that passes

    @property
    def passed(self) -> bool:
        """Whether the ratio keeps to the limit."""
        return self.ratio <= self.limit


Benchmark = Callable[[Path], Measured]  # gets an empty scratch folder
