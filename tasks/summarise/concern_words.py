"""A reason for concern in one plain English sentence, for the teacher's digest; without names."""

from collections.abc import Callable
from decimal import Decimal


def _number(value: Decimal) -> str:
    """Without trailing zeros."""
    return f"{value.normalize():f}"


def _counted(value: Decimal, one: str, many: str) -> str:
    return f"{_number(value)} {one if value == 1 else many}"


def _low_grade(measured: Decimal, threshold: Decimal) -> str:
    return f"The grade is {_number(measured)} %; the school asks below {_number(threshold)} %."


def _falling(measured: Decimal, threshold: Decimal) -> str:
    points = _counted(measured, "percentage point", "percentage points")
    return f"The grade fell by {points} since the previous cycle; the school asks from {_number(threshold)} on."


def _missing_work(measured: Decimal, threshold: Decimal) -> str:
    pieces = _counted(measured, "piece of work is", "pieces of work are")
    return f"{pieces} missing; the school asks from {_number(threshold)} on."


def _absent(measured: Decimal, threshold: Decimal) -> str:
    days = _counted(measured, "day", "days")
    return f"The student was absent on {days} of this cycle; the school asks from {_number(threshold)} on."


def _no_grade(measured: Decimal, threshold: Decimal) -> str:  # noqa: ARG001 - every reason has a threshold
    return f"{_counted(measured, 'piece of work was', 'pieces of work were')} due, and there is no mark that counts."


WORDS: dict[str, Callable[[Decimal, Decimal], str]] = {
    "low_grade": _low_grade,
    "falling": _falling,
    "missing_work": _missing_work,
    "absent": _absent,
    "no_grade": _no_grade,
}


def concern_words(reason_code: str, measured: Decimal, threshold: Decimal) -> str:
    """The sentence of a row of out_concern.

    Args:
        reason_code: of out_concern; another one is a KeyError.
        measured: per cent, percentage points, line items or days.
        threshold: of the policy, in the same unit.
    """
    return WORDS[reason_code](measured, threshold)
