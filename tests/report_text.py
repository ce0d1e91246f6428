"""What a family reads: the English text of a report's PDF, taken apart again with nothing of what made it."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import pypdfium2

PERCENT = r"\d[\d,]*(?:\.\d+)?%"
ABSENT = "– no grade yet|– no grade|– grade to follow|– too little work yet|– too little work|– no percentage"
# one word, so that the rest of a sentence that begins a line with a percentage is no row
LETTER = r"[A-Z0-9][\w+*−-]{0,3}|transfer|pass|fail|incomplete|withdrawn|audit"
ROW = rf"(?P<grade>{PERCENT}|{ABSENT})(?: (?P<beside>{PERCENT}|–(?= |$)))?(?: (?P<letter>{LETTER}))?$"
CELLS = re.compile(rf"^{ROW}")
WHOLE_ROW = re.compile(rf"^(?P<title>.+?) {ROW}")  # of a course with nothing below its title
COUNT = r"\d+ (?:graded|missing|late|not marked yet)"
COUNTS = re.compile(rf"(?:^|· )(not counted yet|{COUNT}(?: · {COUNT})*)$")
STEP = re.compile(r"(?:^|[ ,])(\S+) from ([\d.]+)%")
LISTED = re.compile(r"(?:[A-Z][a-z]{2} \d{1,2}, \d{4}|– no due date) (Missing|Late) (– no mark|[\d.,-]+)")
ENTRY = re.compile(
    r"(?P<due>[A-Z][a-z]{2} \d{1,2}, \d{4}|– no due date) (?P<state>Missing|Late) (?P<score>– no mark|[\d.,]*\d)"
    r"(?: of (?P<worth>[\d.,]*\d))?(?:, counted as (?P<counted>[\d.,]*\d))?"
)
TREND = re.compile(r"^(▲ up|▼ down)")
HEAD = re.compile(r"Course (Grade so far|Grade)\b|If nothing more|is handed in|handed in|Letter$")
CAPTION = (
    "The grade so far counts graded work only.",
    "On track means ",
    "Graded, missing and late are numbers of pieces of work.",
)
Scale = dict[str, Decimal]  # letter → lower bound


@dataclass(frozen=True)
class ReadWork:
    """A line of the list of missing and late work."""

    course: str
    title: str
    due: date | None
    is_missing: bool
    score: Decimal | None
    worth: Decimal | None
    counted: Decimal | None  # where lateness took points


@dataclass
class ReadCourse:
    """A row of the table of courses."""

    title: str
    graded: int = 0
    missing: int = 0
    late: int = 0
    to_mark: int = 0
    is_hidden: bool = False  # "not counted yet"
    notes: str = ""
    grade: str = ""  # a percentage, or a dash and words
    letter: str = ""
    has_trend: bool = False

    @property
    def percent(self) -> Decimal | None:
        return Decimal(self.grade.rstrip("%").replace(",", "")) if self.grade.endswith("%") else None

    @property
    def code(self) -> str | None:
        """The letter, where there is one."""
        return None if self.letter.startswith("–") or not self.letter else self.letter

    @property
    def has_left(self) -> bool:
        return "Left on " in self.notes

    @property
    def own_scale(self) -> Scale | None:
        if "In this class: " not in self.notes:
            return {} if "This class has no letters." in self.notes else None
        said = self.notes.partition("In this class: ")[2].partition(". ")[0]
        steps = {letter: Decimal(lower) for letter, lower in STEP.findall(said)}
        last = re.search(r"(\S+) below\.?$", said)
        return steps | ({last[1]: Decimal(0)} if last else {})


@dataclass
class ReadReport:
    """A report as it was printed."""

    glance: str
    courses: list[ReadCourse]
    scale: Scale | None  # None: not printed
    is_midterm: bool
    caption: str
    listed: list[tuple[str, str]]  # state and mark of each piece of work in the list; empty where the list is off
    has_list: bool
    said: str  # all of it
    work: list[ReadWork] = field(default_factory=list)
    cutoff: date | None = None  # "marks up to"
    problems: list[str] = field(default_factory=list)  # rows that could not be read


def read_pdf(pdf: bytes) -> str:
    """The text of every page, pages apart by form feeds."""
    document = pypdfium2.PdfDocument(pdf)
    return "\f".join(page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document)


def read_report(text: str) -> ReadReport:
    """Takes the text of an English report apart; what follows in another language is not looked at."""
    lines = _lines(text)
    said = " ".join(lines)
    table = _between(lines, "Courses", CAPTION)
    rows = [line for line in table if not HEAD.match(line)]
    courses, problems = _courses(rows) if table[:1] != ["Course"] else ([], [])  # a table without grades
    scale = re.search(r"A letter is earned from this percentage upward: (.*?)\.(?: |$)", said)
    work = said.partition(" Missing and late work ")[2]
    caption = said.partition("pieces of work. ")[0][-200:] + said.partition("pieces of work. ")[2][:300]
    return ReadReport(
        glance=_glance(lines),
        courses=courses,
        scale={letter: Decimal(lower) for letter, lower in STEP.findall(scale[1])} if scale else None,
        is_midterm=any(line.startswith("Course Grade so far") for line in table),
        caption=caption,
        listed=LISTED.findall(work),
        has_list=" Missing and late work " in said,
        said=said,
        problems=problems,
        work=_work(lines, {course.title for course in courses}),
        cutoff=read_day(told[1]) if (told := re.search(r"Marks up to ([A-Z][a-z]+ \d+, \d{4})", said)) else None,
    )


def _work(lines: list[str], courses: set[str]) -> list[ReadWork]:
    """The list, course by course; nothing where a title of a course cannot be told from its lines."""
    found: list[ReadWork] = []
    course, said = "", ""
    for line in [
        *_between(
            lines,
            "Missing and late work",
            ("Comments", "Attendance", "What the letters mean", "How the grades", "About this report"),
        ),
        "",
    ]:
        if line in courses or not line:
            found += _entries(course, said)
            course, said = line, ""
        elif line != "Work Due State Mark":
            said = f"{said} {line}".strip()
    return found


def _entries(course: str, said: str) -> Iterator[ReadWork]:
    end = 0
    for match in ENTRY.finditer(said):
        title = re.sub(r"^, of [\d.,]+ ?", "", said[end : match.start()].strip())
        score = None if match["score"].startswith("–") else _number(match["score"])
        yield ReadWork(
            course, title, read_day(match["due"]), match["state"] == "Missing", score, _number(match["worth"]),
            _number(match["counted"]),
        )  # fmt: skip
        end = match.end()


def _number(said: str | None) -> Decimal | None:
    return None if said is None else Decimal(said.replace(",", ""))


def read_day(said: str) -> date | None:
    """A day in English; None: it is none."""
    for form in ("%b %d, %Y", "%B %d, %Y"):
        with suppress(ValueError):
            return datetime.strptime(said, form).date()  # noqa: DTZ007 - a day has no zone
    return None


def _lines(text: str) -> list[str]:
    """Without what runs along the edges of a page."""
    found: list[str] = []
    for number, page in enumerate(text.split("\f")):
        lines = [line.strip() for line in page.split("\n") if line.strip()]
        found += [line for line in lines[1 if number else 0 :] if not re.search(r"Page \d+ of \d+$", line)]
    return found


def _between(lines: list[str], first: str, last: tuple[str, ...]) -> list[str]:
    start = lines.index(first) + 1 if first in lines else len(lines)
    end = next((n for n in range(start, len(lines)) if lines[n].startswith(last)), start)
    return lines[start:end]


def _glance(lines: list[str]) -> str:
    """What is read before the courses."""
    end = lines.index("Courses") if "Courses" in lines else len(lines)
    return " ".join(lines[:end])


def _courses(rows: list[str]) -> tuple[list[ReadCourse], list[str]]:
    """Each row begins with its title, may have teachers and counts, then notes, and ends with its cells."""
    courses: list[ReadCourse] = []
    problems: list[str] = []
    lines: list[str] = []
    rest = iter(zip(rows, [*rows[1:], ""], strict=True))
    for line, after in rest:
        cells = CELLS.match(line) if lines else WHOLE_ROW.match(line)
        if cells and not lines:
            lines, line = [cells["title"]], line.removeprefix(cells["title"]).strip()  # noqa: PLW2901
        if cells and line.startswith("–") and (whole := CELLS.match(f"{line} {after}")):  # words of a cell in two lines
            cells = whole
            next(rest)
        if cells is None:
            lines.append(line)
            continue
        courses.append(_course(lines, cells["grade"], cells["letter"] or ""))
        lines = []
    if lines:
        problems.append(f"{lines[0]}: this row cannot be read")
    return courses, problems


def _course(lines: list[str], grade: str, letter: str) -> ReadCourse:
    course = ReadCourse(lines[0], grade=grade, letter=letter)
    ends = [n for n in range(len(lines)) if COUNTS.search(" ".join(lines[1 : n + 1]) if n else lines[0])]
    if ends:
        counts = COUNTS.search(" ".join(lines[1 : ends[-1] + 1]))
        told = counts[1] if counts else ""
        number = {word: int(n) for n, word in re.findall(r"(\d+) (graded|missing|late|not marked yet)", told)}
        course.graded, course.missing, course.late = (number.get(word, 0) for word in ("graded", "missing", "late"))
        course.to_mark, course.is_hidden = number.get("not marked yet", 0), told == "not counted yet"
    notes = lines[(ends[-1] if ends else 0) + 1 :]
    course.has_trend = any(TREND.match(line) for line in notes)
    course.notes = " ".join(line for line in notes if not TREND.match(line))
    return course
