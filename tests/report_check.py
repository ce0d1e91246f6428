"""Whether a printed report agrees with itself (law 14), from its English text alone.

`check_report_text` takes what `read_pdf` found and returns what contradicts something else on the same paper, in words;
an empty list is a sound report. It knows nothing of how reports are made.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from tests.report_check_verdict import check_verdict
from tests.report_check_work import check_work
from tests.report_text import ReadCourse, ReadReport, Scale, read_report

CODES = {
    "I": "incomplete", "P": "pass", "NP": "no pass", "W": "withdrawn", "NC": "no credit", "CR": "credit",
    "AU": "attended without a grade", "IP": "in progress", "NG": "no grade", "TR": "transfer",
}  # fmt: skip
SO_FAR = re.compile(r"(?:(\S+)% so far; )?(\d+) pieces? missing; (\S+)% if (?:it stays|they stay) missing\.")


def _figure(printed: str) -> Decimal:
    return Decimal(printed.replace(",", ""))


def check_report_text(text: str) -> list[str]:
    """The contradictions in the text of a report."""
    report = read_report(text)
    found = list(report.problems)
    for course in report.courses:
        found += [f"{course.title}: {problem}" for problem in _of_course(course, report)]
    return [*found, *check_verdict(report), *_work(report), *check_work(report)]


def _of_course(course: ReadCourse, report: ReadReport) -> Iterator[str]:
    yield from _letter(course, report)
    yield from _absent(course, report)
    yield from _missing(course, report)
    if course.to_mark and not re.search(
        r"still to be marked by the school: |Not marked and counted as 0: ", course.notes, re.IGNORECASE
    ):
        yield f"{course.to_mark} pieces are not marked, and none is named"
    code = course.code
    if code in CODES and code not in (report.scale or {}) and f"{code} = {_word(course, code)}" not in report.caption:
        yield f"the code {code} is not explained"
    if course.has_trend and (course.percent is None or course.has_left):
        yield "a trend without a grade"


def _word(course: ReadCourse, code: str) -> str:
    scale = course.own_scale or {}
    return CODES["NP"] if len(scale) == 2 and min(scale, key=lambda s: scale[s]) == code else CODES[code]


def _letter(course: ReadCourse, report: ReadReport) -> Iterator[str]:
    """A letter is what the scale gives the percentage beside it, or the row says why not."""
    scale: Scale | None = course.own_scale if course.own_scale is not None else report.scale
    percent, code = course.percent, course.code
    if scale is None or code is None or code not in scale or percent is None:
        return
    if course.has_left and "as the school set" not in course.notes:
        yield f"left, and has the letter {code}"
    reached = max((lower for lower in scale.values() if lower <= percent), default=None)
    if reached == scale[code] or "as the school set them" in course.notes:
        return
    told = re.search(r"Before rounding it is (below )?([\d.]+)%", course.notes)
    bound = None if told is None else _figure(told[2])
    if told is None or bound is None:
        yield f"{percent} % and the letter {code} contradict each other"
    elif (bound <= percent) is not bool(told[1]) or (scale[code] < bound) is not bool(told[1]):
        yield f"what is said of rounding does not explain {percent} % and {code}"


def _absent(course: ReadCourse, report: ReadReport) -> Iterator[str]:
    """A grade that is not there has no letter, but for one without a percentage, and the row says why."""
    if course.percent is None and course.grade != "– no percentage" and course.code:
        yield f"no grade, and the letter {course.code}"
    if course.grade == "– no percentage" and not course.code:
        yield "neither a percentage nor a letter"
    if course.grade == "– grade to follow":
        reasons = ("still to be marked by the school: ", "The school has", "The school is still")
        decided = f"{course.title}: the grade is to follow." in report.said
        if not decided and not any(words in course.notes for words in reasons):
            yield "the grade is to follow, and nothing says why"
    if course.is_hidden and course.grade != "– grade to follow":
        yield "not counted, and yet it has a grade"


def _missing(course: ReadCourse, report: ReadReport) -> Iterator[str]:
    """Missing work is told beside the grade: what it would make of it, or what it counts as."""
    percent = course.percent
    told = SO_FAR.search(course.notes)
    if told:
        if int(told[2]) != course.missing:
            yield f"{course.missing} missing in one place, {told[2]} in another"
        if told[1] and (percent is None or _figure(told[1]) != percent):
            yield f"{told[1]} % so far beside {course.grade}"
        if percent is not None and _figure(told[3]) > percent:
            yield f"{told[3]} % if work stays missing is more than {percent} % now"
        if not report.is_midterm:
            yield "so far, in a report whose grades are final"
    counted = [int(n) for n in re.findall(r"(\d+) missing pieces? counted (?:as 0|with)", course.notes)]
    if sum(counted) > course.missing:
        yield f"{sum(counted)} missing pieces are counted, of {course.missing}"
    has_second_column = "If nothing more is handed in" in report.said
    named = bool(
        told
        or counted
        or "not lower the grade" in course.notes
        or has_second_column
        or "as the school set" in course.notes
        or _all_marked(report)
    )
    if course.missing and percent is not None and not named:
        yield f"{course.missing} pieces are missing, and nothing says what they count"


def _all_marked(report: ReadReport) -> bool:
    """Whether every missing piece on the report has a mark, so that its price is that mark."""
    missing = [mark for state, mark in report.listed if state == "Missing"]
    return bool(missing) and "– no mark" not in missing


def _work(report: ReadReport) -> Iterator[str]:
    """What is missing and late, in the rows, in the list, and in what a family is asked to do."""
    missing = sum(course.missing for course in report.courses)
    late = sum(course.late for course in report.courses)
    says_none = re.search(r"(?<!other courses )No work is missing or late\.", report.said) is not None
    if says_none and (missing or late):
        yield f"no work is missing or late, and {missing} pieces are missing and {late} late"
    if says_none and any(course.is_hidden for course in report.courses):
        yield "no work is missing, and of a course nothing is shown"
    if "No work is missing;" in report.said and missing:
        yield f"no work is missing, and {missing} pieces are"
    if not report.has_list:
        return
    listed = [state for state, _ in report.listed]
    if (listed.count("Missing"), listed.count("Late")) != (missing, late):
        yield f"{missing} missing and {late} late in the rows, {listed} in the list"
    told = re.search(r"Hand in (\d+) missing pieces? of work: ", report.glance)
    left = {course.title for course in report.courses if course.has_left}
    open_work = sum(work.is_missing and work.score is None and work.course not in left for work in report.work)
    if report.is_midterm and open_work != (int(told[1]) if told else 0):
        yield f"{open_work} pieces could be handed in, which is not what a family is asked to do"
