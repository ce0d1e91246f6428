"""The weight of each category of an extract, by a grading policy."""

from decimal import Decimal

import duckdb

from schemas.errors import InputError
from schemas.grading import CategoryRule, GradingPolicy
from schemas.refs import ExtractId

WHERE = "grading.toml"


def category_weights(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, policy: GradingPolicy
) -> dict[str, Decimal | None]:
    """Category id → weight in per cent; line items without a category have the id ''.

    Raises:
        InputError: with weighted categories, one of the extract has no weight: its marks would silently not count.
    """
    if policy.aggregate == "points":
        return {}
    query = """SELECT DISTINCT coalesce(i.category_id, ''), coalesce(c.title, '') FROM lake.core_line_item i
      LEFT JOIN lake.core_category c ON c.extract_id = i.extract_id AND c.category_id = i.category_id
      WHERE i.extract_id = ?"""
    weights: dict[str, Decimal | None] = {}
    for category_id, title in lake.execute(query, [extract_id]).fetchall():
        rule = policy.category.get(category_id) or policy.category.get(title)
        if rule is None or rule.weight is None:
            raise InputError(
                "no-weight",
                f"the extract's category {title or '(none)'} has no weight",
                f"{WHERE} [category]",
                f'add [category."{title or category_id}"] with a weight, or set aggregate = "points"',
            )
        weights[category_id] = rule.weight
    return weights


def refuse_unsupported(policy: GradingPolicy) -> None:
    """A rule that this version does not compute yet is refused: a grade that ignores it would be wrong."""
    plain = CategoryRule()
    asked = {
        "[late]": policy.late.percent_per_interval is not None,
        "[missing]": policy.missing.deduct_percent is not None,
        "[period]": bool(policy.period),
        "[omit]": bool(policy.omit.line_items),
        "[class]": bool(policy.classes),
        "compat": bool(policy.compat),
        "grade_of_record": policy.grade_of_record != "computed",
        "[category] drop, keep, extra credit or aggregate": any(
            rule != plain.model_copy(update={"weight": rule.weight}) for rule in policy.category.values()
        ),
    }
    for key, set_ in asked.items():
        if set_:
            raise InputError(
                "policy-not-supported",
                f"{key} is not computed by this version",
                WHERE,
                "remove it, or wait for the version that computes it",
            )
