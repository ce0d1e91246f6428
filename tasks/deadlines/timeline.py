"""Deadlines by day, as Markdown: counts alone."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from termpost.tasks.deadlines.deadline import Deadline

WIDEST = 20  # blocks of a bar; more is said by the number
MARKS = {"overdue": "█", "due": "▒", "waiting": "░"}  # in every font; the numbers beside say the same


def timeline(deadlines: Iterable[Deadline], today: date) -> str:
    """A line a day, the earliest first, today among them: how many things are overdue, due or waited for on it, and
    a bar of blocks."""
    days: defaultdict[date, dict[str, int]] = defaultdict(lambda: dict.fromkeys(MARKS, 0))
    kinds: defaultdict[date, dict[str, None]] = defaultdict(dict)
    for one in deadlines:
        days[one.due][one.state] += one.count
        kinds[one.due][one.what] = None
    days.setdefault(today, dict.fromkeys(MARKS, 0))
    rows = [
        (_day(day, today), *(f"{count:,}" if count else "" for count in days[day].values()), _bar(days[day]),
         ", ".join(kinds[day]))
        for day in sorted(days)
    ]  # fmt: skip
    head = ("day", *(f"{mark} {state}" for state, mark in MARKS.items()), "", "what")
    lines = (head, ("---",) * len(head), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _day(day: date, today: date) -> str:
    said = f"{day:%Y-%m-%d %a}"
    return f"**{said}, today**" if day == today else said


def _bar(counts: dict[str, int]) -> str:
    return "".join(mark * min(counts[state], WIDEST) for state, mark in MARKS.items())[:WIDEST]
