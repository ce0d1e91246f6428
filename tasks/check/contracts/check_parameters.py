"""What a check goes by beside the contracts: the limits, the day and the cycle of the run."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from termpost.schemas.contracts.own_contract import NONE, OwnContracts
from termpost.schemas.settings.attendance import common_words
from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.grading_rules import Better
from termpost.tasks.check.last_extract import LastExtract
from termpost.tasks.home.comment_bank import shipped_bank

BetterEnds = Mapping[tuple[str, str], Better]  # (class, category by id or title; empty: all of them) → the better end


@dataclass(frozen=True)
class CheckParameters:
    """The parameters that contract SQL may use. A rule on what is not known (None) finds nothing."""

    max_percent: Decimal = Decimal(200)  # of grading.toml: a score above it is an error
    today: date | None = None  # the day of the run, or of --as-of
    cutoff: date | None = None  # of the cycle: marks after it do not count
    better: BetterEnds | None = None  # of grading.toml; None: no policy is known
    rights_source: Literal["contacts", "bundle"] = "contacts"  # of termpost.toml: who says who the contacts are
    # of termpost.toml and the common ones, as event_word spells them
    attendance_words: frozenset[str] = field(default_factory=lambda: frozenset(common_words()))
    sentence_codes: frozenset[str] = field(default_factory=lambda: shipped_bank().codes)  # that comments may name
    timezone: str = "UTC"  # of calendar.toml: no rule names it; the day of an instant goes by it
    own: OwnContracts = NONE  # of contracts/ of the home
    last: LastExtract | None = None  # loaded before; None: there is none, or it is not to be compared with
    policy: GradingPolicy | None = None  # that must fit the extract; None: nothing is held against it
    # those ids whose people were erased; None: nobody was, or no home is asked
    erased: Callable[[Iterable[str]], frozenset[str]] | None = None

    @classmethod
    def by_policy(cls, policy: GradingPolicy | None, **others: Any) -> "CheckParameters":
        """What a grading policy says, where one is known, and the `others` beside it."""
        if policy is None:
            return cls(**others)
        return cls(max_percent=policy.max_percent, better=dict(_better_ends(policy)), **others)

    def bound(self, query: str) -> dict[str, object]:
        """The values of the parameters that `query` uses; DuckDB takes no others."""
        known: dict[str, object] = {name: getattr(self, name) for name in PARAMETERS}
        known |= {"better": self._better_map()}
        known |= {name: sorted(getattr(self, name)) for name in ("attendance_words", "sentence_codes")}
        return {name: value for name, value in known.items() if f"${name}" in query}

    def _better_map(self) -> dict[str, list[Any]] | None:
        """As DuckDB takes a map whose keys are [class, category]."""
        if self.better is None:
            return None
        return {"key": [list(key) for key in self.better], "value": list(self.better.values())}


PARAMETERS = frozenset(
    {"attendance_words", "better", "max_percent", "today", "cutoff", "rights_source", "sentence_codes"}
)


def _better_ends(policy: GradingPolicy) -> Iterator[tuple[tuple[str, str], Better]]:
    for class_id, rules in (("", policy), *policy.classes.items()):
        if rules.better is not None:
            yield (class_id, ""), rules.better
        for category, rule in rules.category.items():
            if rule.better is not None:
                yield (class_id, category), rule.better
