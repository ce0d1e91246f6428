"""How the grade was computed, in a few sentences for a family."""

from collections.abc import Iterator

from schemas.grading import GradingPolicy

ROUNDED = {"half-up": "rounded", "half-even": "rounded", "down": "cut off", "truncate": "cut off"}
WITHIN = {
    "mean": "the mean of the single percentages counts",
    "median": "the median of the single percentages counts",
    "lowest": "the lowest percentage counts",
    "highest": "the highest percentage counts",
}


def method_text(policy: GradingPolicy) -> str:
    """Says what the policy does; in English, as the policies themselves are written; a rule that is off is left out."""
    return " ".join([
        _whole(policy), *_sentence(_drops(policy)), *_sentence(_within(policy)), *_periods(policy),
        *_marked(policy), *_deductions(policy), *_extra(policy), *_exceptions(policy),
    ])  # fmt: skip


def _whole(policy: GradingPolicy) -> str:
    if policy.aggregate == "points":
        how = "All points earned are divided by all points possible"
    else:
        shares = ", ".join(f"{name} {rule.weight} %" for name, rule in policy.category.items() if rule.weight)
        how = f"Work is grouped by category and weighted ({shares or 'by the weights of the gradebook'})"
    places = policy.rounding.places
    cut = f"{ROUNDED[policy.rounding.mode]} to {places} decimal place{'' if places == 1 else 's'}"
    return f"{how}, {cut}."


def _sentence(clauses: Iterator[str]) -> list[str]:
    text = ", ".join(clauses)
    return [f"{text[0].upper()}{text[1:]}."] if text else []


def _drops(policy: GradingPolicy) -> Iterator[str]:
    for name, rule in policy.category.items():
        for end, count in (("lowest", rule.drop_lowest), ("highest", rule.drop_highest)):
            if count:
                yield f"the {end} {count} of {name} {'does' if count == 1 else 'do'} not count"
        if rule.keep_highest:
            yield f"of {name} only the highest {rule.keep_highest} {'counts' if rule.keep_highest == 1 else 'count'}"


def _within(policy: GradingPolicy) -> Iterator[str]:
    if policy.aggregate == "weighted":
        for name, rule in policy.category.items():
            if rule.aggregate in WITHIN:
                yield f"in {name} {WITHIN[rule.aggregate]}"


def _periods(policy: GradingPolicy) -> Iterator[str]:
    shares = ", ".join(f"{name} {period.weight} %" for name, period in policy.period.items() if period.weight)
    if shares:
        first = ", after each is rounded" if policy.periods_round_first else ""
        yield f"Grading periods are graded each by itself and weighted ({shares}){first}."


def _marked(policy: GradingPolicy) -> Iterator[str]:
    deducted = policy.missing.deduct_percent
    if deducted is None:
        yield (
            "The current percentage counts marked work only; in the final percentage, work that was due and has no "
            "mark counts as zero."
        )
    else:
        yield (
            f"Missing work counts with {100 - deducted} % of its points. Besides, the current percentage counts marked "
            "work only; in the final percentage, other work that was due and has no mark counts as zero."
        )


def _deductions(policy: GradingPolicy) -> Iterator[str]:
    late = policy.late
    if late.percent_per_interval:
        least = f", but no mark is taken below {late.floor_percent} %" if late.floor_percent else ""
        yield (
            f"Late work loses {late.percent_per_interval} % of the points possible for each "
            f"{late.interval} begun{least}."
        )


def _extra(policy: GradingPolicy) -> Iterator[str]:
    above = policy.max_percent > 100  # noqa: PLR2004 - per cent
    if any(rule.extra_credit for rule in policy.category.values()):
        yield ("Extra credit adds points and nothing to what is possible, so that a percentage can be above 100.")
    elif above:
        yield "A mark above 100 % counts in full."


def _exceptions(policy: GradingPolicy) -> Iterator[str]:
    if policy.omit.line_items:
        yield "Practice does not count."
    if policy.classes:
        yield "Some classes have rules of their own."
    if policy.grade_of_record == "imported":
        yield "A final grade that was set by the school itself is printed as it is."
