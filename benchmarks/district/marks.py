"""Line items and results of a class. The work is the same in both versions; 1.1 only has fewer columns for it."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from benchmarks.district.classes import Class
from benchmarks.district.sessions import SchoolYear, Session
from benchmarks.district.students import Student


@dataclass(frozen=True)
class Category:
    """A kind of work; marks are whole numbers of 1/`steps` of a point, so that no float is ever printed."""

    id: str
    title: str
    weight: int
    possible: int
    steps: int

    def scores(self) -> tuple[str, ...]:
        """Every mark from 0 to what is possible, as exact decimal text."""
        return tuple(decimal(n, self.steps) for n in range(self.possible * self.steps + 1))


def decimal(count: int, steps: int) -> str:
    """count/steps as text without a trailing zero; `steps` divides 100."""
    whole, hundredths = divmod(count * 100 // steps, 100)
    return f"{whole}.{hundredths:02d}".rstrip("0") if hundredths else str(whole)


CATEGORIES = (
    Category("homework", "Homework", 40, 20, 2),
    Category("quiz", "Quiz", 20, 25, 10),
    Category("exam", "Exam", 40, 100, 4),
)
SCORES = {category.id: category.scores() for category in CATEGORIES}
ORDER = (0, 1, 0, 0, 1, 2)  # which category the line items of a class have, by turns


@dataclass(frozen=True)
class LineItem:
    """A piece of work; `possible` 0 is extra credit."""

    id: str
    title: str
    category: Category
    period: Session
    in_fall: bool
    assigned: date
    due: date
    possible: int


# in ten thousand: status, has a score, comment, (inProgress, incomplete, late, missing)
OUTCOMES: tuple[tuple[int, str, bool, str, tuple[str, str, str, str]], ...] = (
    (9150, "fully graded", True, "", ("", "", "", "")),
    (250, "fully graded", True, "Late", ("", "", "true", "")),
    (40, "fully graded", True, "Seen; well argued", ("false", "false", "false", "false")),
    (150, "exempt", False, "", ("", "", "", "")),
    (110, "not submitted", False, "Missing", ("", "", "", "true")),
    (60, "not submitted", True, "Missing", ("", "", "", "true")),  # with the mark 0
    (90, "submitted", False, "", ("true", "", "", "")),
    (60, "partially graded", True, "", ("", "", "", "")),
    (5, "partially graded", True, "Incomplete", ("", "true", "", "")),
    (85, "", False, "", ("", "", "", "")),  # no result row
)
_BOUNDS = [bound / 10_000 for bound in accumulate(outcome[0] for outcome in OUTCOMES)][:-1]
_PLAIN = _BOUNDS[0]


def line_items(held: Class, year: SchoolYear, count: int) -> Iterator[LineItem]:
    """The work of a class, spread over the four periods; every fourth class has one item of extra credit."""
    periods = [position * 4 // count for position in range(count)]
    for position, quarter in enumerate(periods):
        period = year.periods[quarter]
        rank, among = position - periods.index(quarter), periods.count(quarter)
        day = (rank + 1) * (len(period.days) - 8) // among + 3
        category = CATEGORIES[ORDER[(position + held.course.number) % len(ORDER)]]
        bonus = position == count // 2 and held.section % 4 == 1 and held.course.number % 4 == 1
        yield LineItem(
            f"{held.id}-{position + 1:02d}", f"{category.title} {position + 1}{' (extra credit)' if bonus else ''}",
            category, period, quarter < 2, period.days[day - 3], period.days[day], 0 if bonus else category.possible,
        )  # fmt: skip


def results(held: Class, item: LineItem, students: Sequence[Student], rng: Random) -> list[tuple[str, ...]]:
    """The rows of results.csv for one line item, with the columns of 1.2; those of 1.1 are the first nine."""
    scores, chance = SCORES[item.category.id], rng.random
    rows: list[tuple[str, ...]] = []
    top, away = len(scores) - 1, "spring" if item.in_fall else "fall"
    graded = [str(item.due + timedelta(days=days)) for days in (1, 2, 3)]
    late = str(item.due + timedelta(days=6))
    if item.possible == 0:
        top = 2 * item.category.steps  # two points, to add
    for place, term in held.roster:
        if term == away:
            continue
        student, drawn, level, day = students[place], chance(), chance(), chance()
        outcome = OUTCOMES[0] if drawn < _PLAIN else OUTCOMES[bisect(_BOUNDS, drawn)]
        _, status, scored, comment, flags = outcome
        if not status:
            continue
        reached = int(top * (student.ability - 0.3 * level * level))
        score = scores[min(top, max(0, reached))] if scored else ""
        if scored and (status == "not submitted" or level > 0.998):
            score = "0"  # a real 0
        when = late if comment == "Late" else graded[int(day * 3)]
        rows.append(
            (f"{item.id}-{student.id}", "", "", item.id, student.id, status, score, when, comment, "", held.id, *flags)
        )
    return rows
