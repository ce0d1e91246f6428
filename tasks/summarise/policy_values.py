"""What the SQL of the summaries needs to know of a policy, as parameters."""

from schemas.grading import GradingPolicy


def policy_values(policy: GradingPolicy) -> dict[str, object]:
    """Name of the parameter → value; None is a rule that is off."""
    return {
        "places": policy.rounding.places,
        "mode": policy.rounding.mode,
    }
