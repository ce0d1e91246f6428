"""What the supplement says of a unit's year: attendance, comments, and grades of record."""

from collections.abc import Iterator, Sequence
from random import Random

from benchmarks.district.classes import Class
from benchmarks.district.marks import decimal
from benchmarks.district.plan import School
from benchmarks.district.sessions import SchoolYear
from benchmarks.district.students import Student

EVENTS = (
    ("Excused Absence", "Illness"), ("Excused Absence", "Family"), ("Unexcused Absence", ""), ("Tardy", "Bus"),
    ("Tardy", ""), ("In Attendance", ""), ("Partial", "Left at noon"),
)  # fmt: skip
COMMENTS = (
    ("en", "Works with care and asks good questions."),
    ("en", "Has the ideas; the write-up comes late. Please look at the planner together, week by week."),
    ("en", 'Said "I can\'t" in September, and says "not yet" now.'),
    ("es", "Participa mucho; conviene repasar las fracciones en casa."),
    ("fr", "Très bon trimestre, à l’oral comme à l’écrit."),
    ("zh-Hans", "学习认真，作业完成得很好。"),
)
NOTES = ("I", "P", "F", "W", "transfer")
LETTERS = ((90, "A"), (80, "B"), (70, "C"), (60, "D"), (0, "F"))

Row = tuple[str, ...]


def attendance(student: Student, school: School, year: SchoolYear, rng: Random) -> Iterator[Row]:
    """A few events over the whole year; a day may have two."""
    days = year.days
    for _ in range(int(9 * rng.random() * rng.random())):
        day, (event, reason) = rng.choice(days), rng.choice(EVENTS)
        yield student.id, school.id, str(day), event, reason


def homeroom_comments(student: Student, cycles: Sequence[str], rng: Random) -> Iterator[Row]:
    """About three students in ten get one from their homeroom."""
    if rng.random() < 0.3:
        language, comment = rng.choice(COMMENTS)
        yield student.id, "", rng.choice(cycles), f"Homeroom {student.grade}", language, comment


def course_comments(held: Class, students: Sequence[Student], cycles: Sequence[str], rng: Random) -> Iterator[Row]:
    """About one student in twelve gets one from the class's teacher."""
    for place, term in held.roster:
        if rng.random() < 1 / 12 and term == "both":
            language, comment = rng.choice(COMMENTS)
            yield students[place].id, held.id, rng.choice(cycles), held.teacher, language, comment


def grades(held: Class, students: Sequence[Student], year: SchoolYear, rng: Random) -> Iterator[Row]:
    """Grades of record of the fall, for about one roster place in twenty-five; some are a note instead of a mark."""
    for place, term in held.roster:
        if rng.random() < 1 / 25 and term != "spring":
            note = rng.choice(NOTES) if rng.random() < 0.4 else ""
            hundredths = int(10_000 * min(1.0, students[place].ability))
            letter = next(letter for bound, letter in LETTERS if hundredths >= bound * 100)
            grade, percent = ("", "") if note else (letter, decimal(hundredths, 100))
            yield students[place].id, held.id, year.fall.id, grade, percent, note
