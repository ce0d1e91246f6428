"""What a printed report says of single pieces of work, held against the rest of it: rows, names, days and points."""

import re
from collections.abc import Iterator

from tests.report_text import ReadCourse, ReadReport, ReadWork, read_day

NAMES = r"([^.]*(?:\.\d[^.]*)*)\."  # up to the end of the sentence; a point within a number ends none


def check_work(report: ReadReport) -> Iterator[str]:
    """What of it contradicts something else on the paper."""
    for course in report.courses:
        yield from (f"{course.title}: {problem}" for problem in (*_to_mark(course), *_left(course, report)))
        if report.has_list and any(work.course == course.title for work in report.work):
            yield from (f"{course.title}: {problem}" for problem in _listed(course, report))
    for work in report.work:
        yield from (f"{work.title} of {work.course}: {problem}" for problem in _piece(work, report))
    unsettled = any(course.grade == "– grade to follow" or course.letter == "I" for course in report.courses)
    if "On the honor roll" in report.said and unsettled:
        yield "on the honour roll, and a grade is still to come"


def _to_mark(course: ReadCourse) -> Iterator[str]:
    """The pieces still to be marked, by number and by name."""
    told = re.search(rf"(?:(\d+) pieces? (?:is|are) s|S)till to be marked by the school: {NAMES}", course.notes)
    if told is None:
        return
    if told[1] and int(told[1]) != course.to_mark:
        yield f"{course.to_mark} not marked yet in one place, {told[1]} in another"
    if len(names_of(told[2])) < course.to_mark:
        yield f"{course.to_mark} are not marked yet, and fewer are named"


def _left(course: ReadCourse, report: ReadReport) -> Iterator[str]:
    told = re.search(r"Left on ([A-Z][a-z]+ \d{1,2}, \d{4})", course.notes)
    left = read_day(told[1]) if told else None
    if left and report.cutoff and left > report.cutoff:
        yield f"left on {left}, after the last day that counts"


def _listed(course: ReadCourse, report: ReadReport) -> Iterator[str]:
    """A row against its own part of the list."""
    mine = [work for work in report.work if work.course == course.title]
    missing = sum(work.is_missing for work in mine)
    if (missing, len(mine) - missing) != (course.missing, course.late):
        yield f"{course.missing} missing and {course.late} late, and {missing} and {len(mine) - missing} in the list"
    told = re.search(rf"Points were taken off for lateness: {NAMES}", course.notes)
    lowered = {work.title for work in mine if work.counted is not None}
    named = set(names_of(told[1])) if told else set()
    if told and lowered != named:
        yield f"lateness cost points in {sorted(named)}, and in {sorted(lowered)} of the list"


def names_of(said: str) -> list[str]:
    """A list in words; a name that holds a comma or an "and" counts for more than one."""
    return [name for name in re.split(r", and | and |, ", said) if name]


def _piece(work: ReadWork, report: ReadReport) -> Iterator[str]:
    if work.is_missing and work.due and report.cutoff and work.due > report.cutoff:
        yield f"missing, and due on {work.due}, after the last day that counts"
    if work.counted is not None and (work.score is None or work.counted >= work.score):
        yield f"lateness took points off, and {work.score} counts as {work.counted}"
