"""What a policy made of a single mark, in the words of `grades --explain`."""

from collections.abc import Sequence
from fractions import Fraction

from termpost.tasks.summarise.adjustments.adjust import adjusted
from termpost.tasks.summarise.course_grade import CourseRules, Mark
from termpost.tasks.summarise.format_numbers import plain


def told(marks: Sequence[Mark], rules: CourseRules) -> dict[str, str]:
    """Line item → what is said after `counts`: nothing where the mark counts as it is.

    Args:
        marks: those of one total.
    """
    return {mark.item: _times(mark) for mark in adjusted(marks, rules)}


def _times(mark: Mark) -> str:
    return "" if mark.weight == 1 else f", {plain(Fraction(mark.weight))} times"
