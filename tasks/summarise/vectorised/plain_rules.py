"""Which lines are plain, and the rules of those that are, numbered so that arrays can name them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
from termpost.schemas.base.refs import ExtractId
from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.grading_rules import CategoryRule
from termpost.tasks.lake.sql import execute_each, sql
from termpost.tasks.summarise.course_grade import CourseRules
from termpost.tasks.summarise.mark_states import INCOMPLETE
from termpost.tasks.summarise.rules import RuleScope

PACKAGE = "termpost.tasks.summarise"
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
HUNDREDTHS = 100  # weights are whole in hundredths of a per cent
LARGEST_WEIGHT = 10**6 * HUNDREDTHS
LARGEST_SCORE = 10**6  # points; sums of these fit into 64 bits
# what of a policy is none of the arrays' business, or known to them; all else must be as if it were not there
KNOWN = {
    "version", "rounding", "aggregate", "scale", "scale_by", "category", "classes", "omit", "better", "max_percent",
    "grade_of_record", "periods_round_first", "concern", "standards", "unmarked", "merge_sections", "course_moves",
    "drop_window", "late", "missing", "retake", "gpa", "honour_roll", "credits",
}  # fmt: skip
DROPS = ("drop_lowest", "drop_highest", "keep_highest")


def is_plain(rules: CourseRules) -> bool:
    """Whether a course by these rules has nothing but points, weights and drops at one end."""
    policy = rules.policy
    if rules.periods or policy.late.percent_per_interval is not None or policy.missing.deduct_percent is not None:
        return False
    if policy.rounding.mode == "half-even":  # a bound does not tell a tie
        return False
    if not all(getattr(policy, name) == default for name, default in _defaults(GradingPolicy).items()):
        return False
    if not rules.weighted and any(_drops(rule) for rule in rules.rules.values()):
        return False  # all categories would be chosen together
    weights = [(weight or 0) * HUNDREDTHS for weight in (*rules.weights.values(), rules.total_weight)]
    return all(map(_is_simple, rules.rules.values())) and all(w == int(w) and w < LARGEST_WEIGHT for w in weights)


def _defaults(model: type[GradingPolicy]) -> dict[str, object]:
    """Keys that the arrays do not know, with the value that says nothing."""
    fields = model.model_fields.items()
    return {name: field.get_default(call_default_factory=True) for name, field in fields if name not in KNOWN}


def _is_simple(rule: CategoryRule) -> bool:
    """Whether a category has no rule but a weight and drops at one end."""
    known = CategoryRule(weight=rule.weight, better=rule.better, drop_all=rule.drop_all,
                         **{name: getattr(rule, name) for name in DROPS})  # fmt: skip
    return rule == known and sum(bool(getattr(rule, name)) for name in DROPS) <= 1


def _drops(rule: CategoryRule) -> bool:
    return any(getattr(rule, name) for name in DROPS)


def choose_plain(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, rules: Mapping[RuleScope, CourseRules]
) -> None:
    """Marks the plain lines in the table `line_rule`, and makes the table `plain_line`."""
    found = PlainRules.read(lake, rules)
    lake.register("plain_rules_frame", pd.DataFrame({"kind": found.kinds, "rules_no": range(len(found.kinds))}))
    rows = [(*category, weight) for category, weight in zip(found.categories, found.weights_as_text, strict=True)]
    texts = {"category": "string", "weight": "string"}
    categories = pd.DataFrame(rows, columns=["rules_no", *texts]).astype(texts)
    lake.register("plain_category_frame", categories.assign(category_no=range(len(categories))))
    execute_each(lake, sql(PACKAGE, "choose_plain"), {"extract_id": extract_id, "largest": LARGEST_SCORE})


@dataclass(frozen=True)
class EndDrops:
    """How many marks of a category are dropped, from one end: one of the numbers is above 0."""

    lowest: int
    highest: int
    keep_highest: int
    keep_one: bool  # where all would be dropped

    def of(self, counts: Ints) -> Ints:
        """How many are dropped of so many marks, as `drops.clamp` has it."""
        if self.highest:
            return np.where(self.highest < counts, self.highest, 0 if self.keep_one else counts)
        low = np.maximum(counts - self.keep_highest, 0) if self.keep_highest else np.full_like(counts, self.lowest)
        return np.minimum(low, np.maximum(counts - 1, 0) if self.keep_one else counts)


@dataclass(frozen=True)
class PlainRules:
    """The sets of rules that lines are plain by, each of which many lines share, and all their categories."""

    kinds: list[int]  # as scope_kinds.sql numbers them
    rules: list[CourseRules]
    categories: list[tuple[int, str]]  # place in `rules`, name

    @classmethod
    def read(cls, lake: duckdb.DuckDBPyConnection, rules: Mapping[RuleScope, CourseRules]) -> "PlainRules":
        """From the table `scope_kind`."""
        query = (
            "SELECT kind, min((line_id, session_id)) FROM scope_kind WHERE moved_to = '' GROUP BY kind ORDER BY kind"
        )
        kinds = [(kind, rules[line]) for kind, line in lake.execute(query).fetchall()]
        plain = [(kind, own) for kind, own in kinds if is_plain(own)]
        categories = [(place, name) for place, (_, own) in enumerate(plain) for name in own.rules]
        return cls([kind for kind, _ in plain], [own for _, own in plain], categories)

    @cached_property
    def drops(self) -> dict[EndDrops, Bools]:
        """A rule for drops → which categories have it."""
        found: dict[EndDrops, Bools] = {}
        for place, (rules_no, name) in enumerate(self.categories):
            rule = self.rules[rules_no].rules[name]
            if _drops(rule):
                key = EndDrops(rule.drop_lowest, rule.drop_highest, rule.keep_highest, rule.drop_all == "keep-one")
                found.setdefault(key, np.zeros(len(self.categories), dtype=np.bool_))[place] = True
        return found

    @property
    def weights_as_text(self) -> list[str | None]:
        """Category → per cent, as the policy or the extract says; None: it has none."""
        said = [self.rules[rules_no].weights[name] for rules_no, name in self.categories]
        is_weighted = [self.rules[rules_no].weighted for rules_no, _ in self.categories]
        return [None if w is None or not by_weight else str(w) for w, by_weight in zip(said, is_weighted, strict=True)]

    @cached_property
    def weights(self) -> Ints:
        """Category → hundredths of a per cent; 0 where a course is not graded by weight."""
        return _whole(
            self.rules[rules_no].weights[name] if self.rules[rules_no].weighted else None
            for rules_no, name in self.categories
        )

    @cached_property
    def total_weights(self) -> Ints:
        """Rules → hundredths of a per cent; 0 where a course is not graded by weight."""
        return _whole(own.total_weight if own.weighted else None for own in self.rules)

    @cached_property
    def is_weighted(self) -> Bools:
        """Rules → whether categories count by weight."""
        return np.array([own.weighted for own in self.rules], dtype=np.bool_)

    @cached_property
    def names(self) -> list[str]:
        """Of all categories, also of those that a course by some rules has no line item of."""
        return sorted({*(name for _, name in self.categories), *(name for own in self.rules for name in own.absent)})

    @cached_property
    def name_of(self) -> Ints:
        """Category → place in `names`."""
        places = {name: place for place, name in enumerate(self.names)}
        return np.array([places[name] for _, name in self.categories], dtype=np.int64)

    @cached_property
    def absent(self) -> tuple[Ints, Ints]:
        """Categories with a weight that are not there, as places in `names`; and rules → the first of theirs."""
        absent = [own.absent if own.weighted else () for own in self.rules]
        places = [self.names.index(name) for names in absent for name in names]
        return np.array(places, dtype=np.int64), np.cumsum([0, *map(len, absent)], dtype=np.int64)

    @cached_property
    def letters(self) -> list[str]:
        """Every letter that a course may show."""
        return sorted({INCOMPLETE, *(name for own in self.rules for name in own.policy.scale)})


def _whole(weights: Iterable[Decimal | None]) -> Ints:
    return np.array([int((weight or 0) * HUNDREDTHS) for weight in weights], dtype=np.int64)
