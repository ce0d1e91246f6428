"""What a check goes by beside the contracts: the limits, the day and the cycle of the run."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True)
class CheckParameters:
    """The parameters that contract SQL may use. A rule on what is not known (None) finds nothing."""

    max_percent: Decimal = Decimal(200)  # of grading.toml: a score above it is an error
    today: date | None = None  # the day of the run, or of --as-of
    cutoff: date | None = None  # of the cycle: marks after it do not count
    rights_source: Literal["contacts", "bundle"] = "contacts"  # of termpost.toml: who says who the contacts are

    def bound(self, query: str) -> dict[str, object]:
        """The values of the parameters that `query` uses; DuckDB takes no others."""
        known: dict[str, object] = {name: getattr(self, name) for name in PARAMETERS}
        return {name: value for name, value in known.items() if f"${name}" in query}


PARAMETERS = frozenset({"max_percent", "today", "cutoff", "rights_source"})
