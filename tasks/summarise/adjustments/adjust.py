"""What a policy makes of single marks before they are combined."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from termpost.tasks.summarise.adjustments.attempts import together, whole
from termpost.tasks.summarise.adjustments.floors import lifted_mark
from termpost.tasks.summarise.course_grade import CourseRules, Mark


def adjusted(marks: Sequence[Mark], rules: CourseRules) -> Sequence[Mark]:
    """The marks of one total as they are combined: each lifted, attempts made one, and each as often as it counts."""
    if rules.policy.floor.mark_percent:
        marks = [lifted_mark(mark, rules) for mark in marks]
    if any(mark.attempt is not None for mark in marks):
        marks = together(marks)
    if not any(rule.item_weights for rule in rules.rules.values()):
        return marks
    return [_weighed(mark, rules) for mark in marks]


def _weighed(mark: Mark, rules: CourseRules) -> Mark:
    """A piece that counts twice has twice the points, earned and possible."""
    weight = rules.rules[mark.category].item_weights.get(mark.item)
    if weight is None:
        return mark
    times = Fraction(weight)
    return replace(mark, weight=times, earned=whole(mark.earned * times), possible=whole(mark.possible * times))
