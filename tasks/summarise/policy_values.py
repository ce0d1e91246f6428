"""What the SQL of the summaries needs to know of a policy and of settings, as parameters."""

from decimal import Decimal

from termpost.schemas.settings.attendance import AttendanceSettings
from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.grading_rules import Concern


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
        "standard_rule": policy.standards.rule,
        "mastery": _billionths(policy.standards.mastery),
        "levels": [{"level": name, "lower": _billionths(lower)} for name, lower in policy.standards.scale.items()],
    }


def attendance_values(attendance: AttendanceSettings) -> dict[str, object]:
    """The same of how attendance is read."""
    known = attendance.known()
    return {
        "words": list(known), "events": list(known.values()), "by_period": attendance.by_period,
        "periods": attendance.periods,
    }  # fmt: skip


def _billionths(percent: Decimal) -> int:
    """Whole, since a percentage of a policy has at most nine decimals."""
    return int(percent * 10**9)
