"""What families asked in a year, how soon they had an answer, and the meetings."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from statistics import median
from typing import Final

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.query_threads import TO_APPROVE, WITHOUT_CLOCK, QueryThread
from termpost.schemas.log.review.school_year import SchoolYear
from termpost.schemas.settings.calendar import Calendar

EVENTS: Final = ("wanted", "offered", "booked", "moved", "cancelled", "held", "missed")
RATINGS: Final = (1, 2, 3, 4, 5)


class QueryNumbers(FrozenModel):
    """Of one kind of query, by the year in which it reached the school."""

    received: int = 0
    answered: int = 0
    closed: int = 0  # without an answer
    open: int = 0  # at the end of the year; one whose clock was stopped too
    late: int = 0  # answered after its day, or open past it
    median_days: float | None = None  # office days to the first answer
    longest_days: int | None = None


class Ratings(FrozenModel):
    """1 to 5 → how many; None where a group is too small to be shown, or would be told by the others."""

    counts: dict[int, int | None]
    total: int | None


def queries_of_year(
    threads: Iterable[QueryThread], year: SchoolYear, calendar: Calendar, until: date
) -> dict[str, QueryNumbers]:
    """By kind; ratings and what staff asked have no clock, and are not among them."""
    found: dict[str, list[QueryThread]] = {}
    for thread in threads:
        if thread.kind not in WITHOUT_CLOCK and year.holds(calendar.received(thread.received)):
            found.setdefault(thread.kind, []).append(thread)
    return {kind: _numbers(found[kind], calendar, until) for kind in sorted(found)}


def _numbers(threads: list[QueryThread], calendar: Calendar, until: date) -> QueryNumbers:
    counted: Counter[str] = Counter(received=len(threads))
    taken: list[int] = []
    for thread in threads:
        answer = first_answer(thread)
        due = _due_at(thread, answer)
        if answer is not None:
            day = answer.day.astimezone(calendar.zone).date()
            taken.append(calendar.office_days_between(calendar.received(thread.received), day))
            counted["answered"] += 1
            counted["late"] += due is not None and day > due
        elif thread.state == "closed":
            counted["closed"] += 1
        else:
            counted["open"] += 1
            counted["late"] += thread.state == "open" and due is not None and due < until
    return QueryNumbers(**counted, median_days=median(taken) if taken else None, longest_days=max(taken, default=None))


def first_answer(thread: QueryThread) -> Logged | None:
    """The entry by which the family had one: what waits for a second person counts from their approval."""
    said = [one for one in thread.answers if one.reason != TO_APPROVE]
    said += [one for one in thread.changes if one.reason == "approved"]
    return min(said, key=lambda one: one.seq, default=None)


def _due_at(thread: QueryThread, answer: Logged | None) -> date | None:
    """The last day as it stood when the answer went out: a reply later begins a clock of its own."""
    if answer is None:
        return thread.due
    moved = [one.due for one in thread.changes if one.due and one.seq < answer.seq]
    return date.fromisoformat(moved[-1]) if moved else thread.first_due


def meetings_of_year(threads: Iterable[QueryThread], year: SchoolYear, calendar: Calendar) -> dict[str, int]:
    """Event → meetings to which it happened in the year, each once."""
    counted: Counter[str] = Counter()
    for thread in threads:
        happened = {
            one.reason for one in thread.meetings if year.holds(one.day.astimezone(calendar.zone).date())
        } & set(EVENTS)  # fmt: skip
        if thread.kind == "meeting" and year.holds(calendar.received(thread.received)):
            happened.add("wanted")
        counted.update(one for one in happened if one)
    return {name: counted[name] for name in EVENTS if counted[name]}


def ratings_of_year(threads: Iterable[QueryThread], year: SchoolYear, calendar: Calendar, cell: int) -> Ratings:
    """Grouped.

    Args:
        cell: a group of fewer people is not shown. Where one alone is hidden, the next smallest is too, since the total
            would tell it.
    """
    counted = Counter(
        thread.rating for thread in threads
        if thread.kind == "rating" and thread.rating and year.holds(calendar.received(thread.received))
    )  # fmt: skip
    total = sum(counted.values())
    if total < cell:
        return Ratings(counts=dict.fromkeys(RATINGS), total=0 if not total else None)
    return Ratings(counts=_hidden({value: counted[value] for value in RATINGS}, cell), total=total)


def _hidden(counts: Mapping[int, int], cell: int) -> dict[int, int | None]:
    small = {value for value, n in counts.items() if 0 < n < cell}
    if len(small) == 1:
        others = [value for value, n in counts.items() if n >= cell]
        small |= {min(others, key=lambda value: counts[value])} if others else set()
    return {value: None if value in small else n for value, n in counts.items()}
