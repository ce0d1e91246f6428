"""Whether the verdict of a printed report is that of its rows: counted again from what stands beside each course."""

import re
from collections.abc import Iterator
from decimal import Decimal

from tests.report_text import ReadCourse, ReadReport

LINE = r"(?:(?P<letter>\S+) \((?P<of>[\d.]+)%\)|(?P<bare>[\d.]+)%)"
GROUPS = {
    "below": rf"Below {LINE}: ",
    "missing": rf"Could fall below {LINE} if missing work stays missing: ",
    "to_mark": r"Not settled, as work is still to be marked by the school: ",
    "follows": r"Grade to follow: ",
    "too_little": r"Too little work (?:to judge yet|for a grade): ",
    "no_grade": r"No grade(?: yet)?: ",
    "apart": r"Not on the school’s scale: ",
}
LEAD = re.compile(
    rf"(?:On track|At {LINE} or above) in (?P<there>\d+) of (?P<of_all>\d+) courses?\."
    r"|On track in (?P<one>the one course|all (?P<all>\d+) courses): "
    r"|(?P<one_final>The one course is|All (?P<all_final>\d+) courses are) at "
)
IF_MISSING = re.compile(r"([\d,.]+)% if (?:it stays|they stay) missing\.")


def check_verdict(report: ReadReport) -> Iterator[str]:
    """What of the first sentences the rows do not bear out."""
    if not report.courses:
        return
    verdict, _, todo = report.glance.partition("What you can do now")
    if LEAD.search(verdict) is None and not _named(verdict).keys() & {"below", "missing"}:
        yield from _counted(report, verdict)
    bounds = _bounds(report.said)
    if len(bounds) > 1:
        yield f"the line is {sorted(bounds)}"
    elif bounds:
        letter, lower = bounds.pop()
        if letter and report.scale and report.scale.get(letter) != lower:
            yield f"{letter} begins at {lower} % in one place only"
        else:
            yield from _judged(report, verdict, todo, lower)


def _judged(report: ReadReport, verdict: str, todo: str, lower: Decimal) -> Iterator[str]:
    """Each course against the line, and what is said of all."""
    named, lead = _named(verdict), LEAD.search(verdict)
    stands = [(c.title, _stands(c, report, lower)) for c in report.courses if not c.has_left]
    there = sum(group == "on_track" for _, group in stands)
    if lead is None and there and "below" in named:
        yield f"{there} courses are on track, and no sentence says so"
    if lead is not None and _numbers(lead) != (there, len(stands)):
        yield f"{there} of {len(stands)} courses are on track, and {_numbers(lead)} are said to be"
    if lead is None and not named.keys() & {"below", "missing"}:
        return
    talk = todo.partition("Talk with the teacher soon: ")[2]
    for title, group in stands:
        if group != "on_track" and title not in named.get(group, ""):
            yield f"{title} is not named as {group}"
        if group == "below" and title not in talk:
            yield f"{title} is below the line, and nobody is asked to speak about it"


def _named(verdict: str) -> dict[str, str]:
    """Group → what is said after it, up to the next one."""
    starts = sorted(
        (found.start(), found.end(), name)
        for name, pattern in GROUPS.items()
        for found in re.finditer(pattern, verdict)
    )
    ends = [*(start for start, _, _ in starts), len(verdict)][1:]
    return {name: verdict[begin:end] for (_, begin, name), end in zip(starts, ends, strict=True)}


def _numbers(lead: re.Match[str]) -> tuple[int, int]:
    if lead["there"]:
        return int(lead["there"]), int(lead["of_all"])
    every = int(lead["all"] or lead["all_final"] or 1)
    return every, every


def _bounds(said: str) -> set[tuple[str, Decimal]]:
    """The line wherever it stands: its letter, where it is one, and its percentage."""
    places = re.finditer(rf"(?:at|At|means|Below|fall below) {LINE}(?: or above|:| if missing)", said)
    return {(found["letter"] or "", Decimal(found["of"] or found["bare"])) for found in places}


def _stands(course: ReadCourse, report: ReadReport, lower: Decimal) -> str:
    if course.percent is None and course.code is None:
        words = {
            "– grade to follow": "follows",
            "– too little work yet": "too_little",
            "– too little work": "too_little",
        }
        return words.get(course.grade, "no_grade")
    reached = _reaches(course, report, lower)
    if not reached:
        return "apart" if reached is None else "below"
    told = IF_MISSING.search(course.notes)
    least = Decimal(told[1].replace(",", "")) if told else None
    if report.is_midterm and least is not None and (least < lower or _is_doubtful(report, least, lower)):
        return "missing"
    return "to_mark" if course.to_mark and "counted as 0: " not in course.notes else "on_track"


def _is_doubtful(report: ReadReport, least: Decimal, lower: Decimal) -> bool:
    return least == lower and "Letters go by the percentage before it is rounded." in report.said


def _reaches(course: ReadCourse, report: ReadReport, lower: Decimal) -> bool | None:
    scale = report.scale or {}
    if course.own_scale is not None or (course.code and scale and course.code not in scale):
        return None
    if course.code and (lower in scale.values() or course.percent is None):
        return scale[course.code] >= lower if course.code in scale else None
    return None if course.percent is None else course.percent >= lower


def _counted(report: ReadReport, verdict: str) -> Iterator[str]:
    """How many courses have a grade, where that is what is said first."""
    attended = [course for course in report.courses if not course.has_left]
    graded = sum(course.percent is not None or course.code is not None for course in attended)
    n = len(attended)
    some = re.search(r"has a grade in (\d+) of (\d+) courses?\.", verdict)
    every = re.search(r"has a grade in (?:all (\d+) courses|the one course on this report)\.", verdict)
    none = re.search(r"has no grade (?:yet )?in (?:any of (\d+) courses|the one course on this report)\.", verdict)
    if not attended:
        said = re.search(r"left (?:all \d+ courses|the one course) on this report\.", verdict) is not None
    elif graded == n:
        said = every is not None and int(every[1] or 1) == n
    elif graded:
        said = some is not None and (int(some[1]), int(some[2])) == (graded, n)
    else:
        said = none is not None and int(none[1] or 1) == n
    if not said:
        yield f"{graded} of {n} courses have a grade, which is not what the first sentence says"
