"""How the grade was computed, in a few plain sentences for a family."""

from collections.abc import Iterator
from decimal import Decimal

from schemas.grading import CategoryRule, GradingPolicy

ROUNDED = {"half-up": "rounded", "half-even": "rounded", "down": "cut off", "truncate": "cut off"}
AVERAGED = {
    "mean": "the mean of its marks", "median": "the middle one of its marks", "lowest": "its lowest mark",
    "highest": "its highest mark",
}  # fmt: skip


def method_text(policy: GradingPolicy) -> str:
    """Says what the policy does; in English, as the policies themselves are written. Rules of single classes are not
    in it."""
    return " ".join(_sentences(policy))


def _sentences(policy: GradingPolicy) -> Iterator[str]:
    if policy.aggregate == "points":
        how = "All points earned are divided by all points possible"
    else:
        shares = ", ".join(f"{name} {_number(rule.weight)} %" for name, rule in policy.category.items() if rule.weight)
        how = f"Work is grouped by category and weighted ({shares or 'by the weights of the gradebook'})"
    places = policy.rounding.places
    yield f"{how}, {ROUNDED[policy.rounding.mode]} to {places} decimal place{'' if places == 1 else 's'}."
    yield (
        "The current percentage counts marked work only; in the final percentage, work that was due and has no mark "
        "counts as zero."
    )
    for name, rule in policy.category.items():
        if rule.aggregate in AVERAGED:
            yield f"{name} counts as {AVERAGED[rule.aggregate]}."
        yield from _drops(name, rule)
    weighed = [f"{name} {_number(period.weight)} %" for name, period in policy.period.items() if period.weight]
    if weighed:
        yield f"Grading periods are weighted: {', '.join(weighed)}."
    yield from _lateness(policy)
    if any(rule.extra_credit for rule in policy.category.values()):
        yield "Extra credit adds points and takes none away where it is not done."
    if policy.omit.line_items:
        yield "Practice work does not count."
    if policy.grade_of_record == "imported":
        yield "Where a teacher has set the grade in the gradebook, that grade is shown."


def _drops(name: str, rule: CategoryRule) -> Iterator[str]:
    if rule.keep_highest:
        yield f"In {name} only the best {_marks(rule.keep_highest)} {_count(rule.keep_highest)}."
    dropped = [
        f"the {end} {_marks(n)}" for end, n in (("lowest", rule.drop_lowest), ("highest", rule.drop_highest)) if n
    ]
    if dropped:
        many = len(dropped) > 1 or rule.drop_lowest + rule.drop_highest > 1
        yield f"In {name} {' and '.join(dropped)} {'do' if many else 'does'} not count."


def _lateness(policy: GradingPolicy) -> Iterator[str]:
    late, missing = policy.late, policy.missing
    if late.percent_per_interval:
        floor = f", but no mark falls below {_number(late.floor_percent)} % for it" if late.floor_percent else ""
        each = f"{_number(late.percent_per_interval)} % of the points possible for each {late.interval}"
        yield f"Late work loses {each}{floor}."
    if missing.deduct_percent is not None:
        left = _number(100 - missing.deduct_percent)
        yield f"Missing work counts as {left} % of the points possible, in the current percentage too."


def _marks(number: int) -> str:
    return "mark" if number == 1 else f"{number} marks"


def _count(number: int) -> str:
    return "counts" if number == 1 else "count"


def _number(value: Decimal | None) -> str:
    text = f"{value or Decimal(0):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
