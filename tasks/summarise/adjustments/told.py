"""What a policy made of a single mark, in the words of `grades --explain`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.summarise.adjustments.adjust import adjusted
from termpost.tasks.summarise.adjustments.attempts import share_of, those_that_count
from termpost.tasks.summarise.adjustments.floors import lifted_mark
from termpost.tasks.summarise.course_grade import UNIT, CourseRules, Mark
from termpost.tasks.summarise.format_numbers import plain


@dataclass(frozen=True)
class MarkTold:
    """How one mark entered a total."""

    counts_in: str | None  # the line item that it counts in, mostly itself; None: in none
    words: str = ""  # after `counts`, or after `left out: `


def told(marks: Sequence[Mark], rules: CourseRules) -> dict[str, MarkTold]:
    """Line item → what became of its mark.

    Args:
        marks: those of one total.
    """
    after = {mark.item: mark for mark in adjusted(marks, rules)}
    lifted = {mark.item: _lifted(mark, rules) for mark in marks}
    return {mark.item: _told(mark, marks, after, lifted[mark.item]) for mark in marks}


def _told(mark: Mark, marks: Sequence[Mark], after: Mapping[str, Mark], lifted: str) -> MarkTold:
    attempt = mark.attempt
    if attempt is None:
        return MarkTold(mark.item, lifted + _times(after[mark.item]))
    attempts = [m for m in marks if m.attempt is not None and m.attempt.piece == attempt.piece]
    if mark.item not in {m.item for m in those_that_count(attempts)}:
        return MarkTold(None, "the better attempt counts" if attempt.rule == "better" else "its retake counts")
    counted = after[attempt.piece]
    words = ""
    if attempt.rule == "mean" and len(attempts) > 1:
        words = f", with the other attempts at {attempt.piece} as {_points(counted)}"
    elif attempt.number:
        words = f", as the retake of {attempt.piece}: {_points(counted)}"
    return MarkTold(attempt.piece, lifted + words + _times(counted))


def unpaired(row: Mapping[str, Any], policy: GradingPolicy) -> str | None:
    """What is said of a piece that looks like a retake and is none; `row` is one of the table `mark`."""
    endings = (one.suffix for one in policy.retake if one.suffix is not None)
    if row["attempt"] is not None or not any(row["title"].strip().casefold().endswith(e.casefold()) for e in endings):
        return None
    return "no retake, since its class has not just one piece of the title before the ending"


def _points(mark: Mark) -> str:
    earned, possible = (plain(Fraction(points) / mark.weight / UNIT) for points in (mark.earned, mark.possible))
    return f"{earned} of {possible}"


def _lifted(mark: Mark, rules: CourseRules) -> str:
    after = lifted_mark(mark, rules)
    return "" if after is mark else f", lifted to {plain(share_of(after) * 100)} %"


def _times(mark: Mark) -> str:
    return "" if mark.weight == 1 else f", {plain(Fraction(mark.weight))} times"
