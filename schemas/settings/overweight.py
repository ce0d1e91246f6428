"""Weights of categories that total more than 100 where nothing says that one is extra credit."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.grading_rules import CategoryRule
from termpost.schemas.settings.toml_lines import TomlPath

FULL = 100  # per cent


def overweight(policy: GradingPolicy) -> Iterator[str]:
    """One sentence for the school, and for each class with such weights of its own, with the line of the last.

    The grades are made all the same: a total above 100 does not scale down.
    """
    yield from _said(policy, policy.category, policy.aggregate == "weighted", ())
    for class_id, own in policy.classes.items():
        is_weighted = policy.for_class(class_id).aggregate == "weighted"
        yield from _said(policy, own.category, is_weighted, ("class", class_id))


def _said(
    policy: GradingPolicy, categories: Mapping[str, CategoryRule], is_weighted: bool, place: TomlPath
) -> Iterator[str]:
    weights = [(name, rule.weight) for name, rule in categories.items() if rule.weight and not rule.is_on_top]
    total = sum((weight for _, weight in weights), Decimal(0))
    if is_weighted and total > FULL:
        section = f'[class."{place[1]}".category]' if place else "[category]"
        where = policy.where((*place, "category", weights[-1][0], "weight"))
        yield (
            f"the weights of {section} total {total.normalize():f}: what is extra credit needs extra_credit = true,"
            f" or it lowers grades while others do not count yet ({where})"
        )
