"""Whether a printed report agrees with itself (law 14), from its English text alone.

`check_report_text` takes what `read_pdf` found and returns what contradicts something else on the same paper, in words;
an empty list is a sound report. It knows nothing of how reports are made.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from tests.report_check_work import check_work
from tests.report_text import ReadCourse, ReadReport, Scale, read_report

CODES = {
    "I": "incomplete", "P": "pass", "NP": "no pass", "W": "withdrawn", "NC": "no credit", "CR": "credit",
    "AU": "attended without a grade", "IP": "in progress", "NG": "no grade", "TR": "transfer",
}  # fmt: skip
SO_FAR = re.compile(r"(?:(\S+)% so far; )?(\d+) pieces? missing; (\S+)% if (?:it stays|they stay) missing\.")
NUMBERS = {"one": 1, "One": 1, "no": 0}


def _figure(printed: str) -> Decimal:
    return Decimal(printed.replace(",", ""))


def check_report_text(text: str) -> list[str]:
    """The contradictions in the text of a report."""
    report = read_report(text)
    found = list(report.problems)
    for course in report.courses:
        found += [f"{course.title}: {problem}" for problem in _of_course(course, report)]
    return [*found, *_counted(report), *_judged(report), *_work(report), *check_work(report)]


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
    named = bool(told or counted or has_second_column or "as the school set" in course.notes or _all_marked(report))
    if course.missing and percent is not None and not named:
        yield f"{course.missing} pieces are missing, and nothing says what they count"


def _all_marked(report: ReadReport) -> bool:
    """Whether every missing piece on the report has a mark, so that its price is that mark."""
    missing = [mark for state, mark in report.listed if state == "Missing"]
    return bool(missing) and "– no mark" not in missing


def _counted(report: ReadReport) -> Iterator[str]:
    """How many courses have a grade."""
    if not report.courses:
        return
    attended = [course for course in report.courses if not course.has_left]
    graded = sum(course.percent is not None or course.code is not None for course in attended)
    n, glance = len(attended), report.glance
    some = re.search(r"has a grade in (\d+) of (\d+) courses?\.", glance)
    every = re.search(r"has a grade in (?:all (\d+) courses|the one course on this report)\.", glance)
    none = re.search(r"has no grade (?:yet )?in (?:any of (\d+) courses|the one course on this report)\.", glance)
    if not attended:
        said = re.search(r"left (?:all \d+ courses|the one course) on this report\.", glance) is not None
    elif graded == n:
        said = every is not None and int(every[1] or 1) == n
    elif graded:
        said = some is not None and (int(some[1]), int(some[2])) == (graded, n)
    else:
        said = none is not None and int(none[1] or 1) == n
    if not said:
        yield f"{graded} of {n} courses have a grade, which is not what the first sentence says"
    follow = sum(course.grade == "– grade to follow" for course in report.courses)
    told = re.search(r"The grades? of (one|\d+) courses? (?:is|are) to follow\.", glance)
    if follow != (_number(told[1]) if told else 0):
        yield f"the grades of {follow} courses are to follow, which the first sentences do not say"


def _number(word: str) -> int:
    return NUMBERS[word] if word in NUMBERS else int(word)


def _judged(report: ReadReport) -> Iterator[str]:
    """How many courses reach the middle of the scale; the sentence may be left out, but not be wrong."""
    claim = re.search(
        r"(It is below|It is at|All (\d+) are at|Of these, (\d+) (?:is|are) at|None of them is at"
        r"|Of the (\d+) on the school’s scale, (\d+) (?:is|are) at|The one on the school’s scale is (?:at|below)"
        r"|(?:All|None of the) (\d+) on the school’s scale (?:is|are) at) (\S+) \(([\d.]+)%\)", report.glance,
    )  # fmt: skip
    if claim is None or report.scale is None:
        return
    letter, bound, words = claim[7], _figure(claim[8]), claim[1]
    if report.scale.get(letter) != bound:
        yield f"{letter} begins at {bound} % in one place only"
        return
    attended = [course for course in report.courses if not course.has_left]
    graded = [course for course in attended if course.percent is not None or course.code]
    judged = [reach for course in graded if (reach := _reaches(course, bound, report.scale)) is not None]
    there = sum(judged)
    of_all = [int(n) for n in (claim[2], claim[4], claim[6]) if n]
    if of_all and of_all[0] != len(judged):
        yield f"{of_all[0]} courses are judged, of {len(judged)} that could be"
    if words.startswith("None") or words.endswith("below"):
        wrong = there != 0
    elif words.startswith(("All", "It is at", "The one")):
        wrong = there != len(judged)
    else:
        wrong = there != int(claim[3] or claim[5])
    if wrong:
        yield f"{there} of {len(judged)} courses are at {letter} or above, which is not what is said"


def _reaches(course: ReadCourse, bound: Decimal, scale: Scale) -> bool | None:
    if course.own_scale is not None:
        return None
    if course.code:
        return scale[course.code] >= bound if course.code in scale else None
    return None if course.percent is None else course.percent >= bound


def _work(report: ReadReport) -> Iterator[str]:
    """What is missing, late and to mark, in the first sentences, in the rows and in the list."""
    missing = sum(course.missing for course in report.courses)
    late = sum(course.late for course in report.courses)
    to_mark = sum(course.to_mark for course in report.courses)
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
    told = re.search(r"(One|\d+) pieces? of work (?:is|are) missing", report.glance)
    if missing != (_number(told[1]) if told else 0):
        yield f"{missing} pieces are missing, which the first sentences do not say"
    told = re.search(r"(One|\d+) pieces? of work (?:is|are) still to be marked by the school\.", report.glance)
    if to_mark != (_number(told[1]) if told else 0):
        yield f"{to_mark} pieces are still to be marked, which the first sentences do not say"
