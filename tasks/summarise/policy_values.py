"""What the SQL of the summaries needs to know of a policy, as parameters."""

from schemas.grading import Concern, GradingPolicy


def policy_values(policy: GradingPolicy) -> dict[str, object]:
    """Name of the parameter -> value; None is a rule that is off."""
    concern = policy.concern
    return {
        "places": policy.rounding.places,
        "mode": policy.rounding.mode,
        "below_percent": concern.below_percent,
        "fall_percent": concern.fall_percent,
        "missing_items": concern.missing_items,
        "absent_days": concern.absent_days,
        "has_concern": concern != Concern(),
    }
