"""How the grade was computed, in one or two sentences for a family."""

from schemas.grading import GradingPolicy

ROUNDED = {"half-up": "rounded", "half-even": "rounded", "down": "cut off", "truncate": "cut off"}


def method_text(policy: GradingPolicy) -> str:
    """Says what the policy does; in English, as the policies themselves are written."""
    if policy.aggregate == "points":
        how = "All points earned are divided by all points possible"
    else:
        shares = ", ".join(f"{name} {rule.weight} %" for name, rule in policy.category.items() if rule.weight)
        how = f"Work is grouped by category and weighted ({shares or 'by the weights of the gradebook'})"
    places = policy.rounding.places
    cut = f"{ROUNDED[policy.rounding.mode]} to {places} decimal place{'' if places == 1 else 's'}"
    return (
        f"{how}, {cut}. The current percentage counts marked work only; in the final percentage, work that was due and "
        "has no mark counts as zero."
    )
