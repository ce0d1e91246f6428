"""An invented student, and the ways a report can differ from hers."""

from datetime import date
from decimal import Decimal

import pytest
from termpost.schemas.documents.correction import Correction, CourseChange
from termpost.schemas.documents.report import (
    Attendance,
    Comment,
    Contact,
    Course,
    Phrase,
    PolicyLink,
    Report,
    ScaleStep,
    School,
    Standard,
    Student,
    TrendPoint,
    Work,
)

SCALE = tuple(
    ScaleStep(letter=letter, lower=Decimal(lower))
    for letter, lower in (("A", "90"), ("B", "80"), ("C", "70"), ("D", "60"))
)


def course(
    title: str, current: str | None, letter: str | None, if_missing: str | None = None, **more: object
) -> Course:  # fmt: skip
    """As a midterm has it."""
    counts = {"graded": 12, "missing": 0, "late": 0} | more
    grade = {"current": current, "final": None, "letter": letter, "basis": {"if_missing": if_missing}}
    return Course.model_validate({"class_id": title, "title": title} | grade | counts)


COURSES = (
    course("Algebra I", "87.50", "B", "81.25", teachers=("Ines Okafor",), graded=14, missing=1, work=(
        Work(title="Homework 9: factoring", due=date(2021, 11, 9), state="missing", possible=Decimal(10)),
    )),
    course("Biology", "92.00", "A", teachers=("Tom Brandt",), graded=11, late=1, work=(
        Work(title="Lab report: osmosis", due=date(2021, 10, 21), state="late",
             score=Decimal("17.5"), possible=Decimal(20)),
    ), comment=Comment(
        text="Amara asks good questions and writes clear lab reports. I would like her to hand them in on the day.",
    )),
    course("English I", "78.40", "C", "70.10", teachers=("Ruth Calder", "Piet Lund"), graded=9, missing=2, work=(
        Work(title="Reading journal, week 8", due=date(2021, 10, 29), state="missing", possible=Decimal(5)),
        Work(title="Essay: a place I know, second draft", due=None, state="missing",
             score=Decimal(0), possible=Decimal(50)),
    )),
    course("World History", "84.75", "B", teachers=("Samir Haddad",), graded=10),
    course("Spanish II", "95.20", "A", teachers=("Lucía Ferrer",), graded=16),
    course("Art Foundations", None, None, teachers=("Jo Whitfield",), graded=0),
    course("Physical Education", "100", "A", teachers=("Dana Kowalski",), graded=8),
)  # fmt: skip


@pytest.fixture
def report() -> Report:
    return Report(
        languages=("en",),
        cycle_id="2021-fall-midterm",
        cycle_title="Midterm, Fall 2021",
        session_title="Fall Semester 2021",
        kind="midterm",
        cutoff=date(2021, 11, 19),
        version=1,
        school=School(name="Harbour View High School", institution="Lakeside Unified School District"),
        student=Student(name="Amara Lindqvist-Reyes", number="604821", grade_level="9"),
        courses=COURSES,
        attendance=Attendance(
            first=date(2021, 9, 7),
            last=date(2021, 11, 19),
            present=Decimal(52),
            absent_excused=Decimal(2),
            absent_unexcused=Decimal(0),
            late=3,
            other=1,
        ),
        scale=SCALE,
        method=(
            Phrase(key="method.weighted", shares=(("Homework", Decimal(40)), ("Tests", Decimal(60)))),
            Phrase(key="method.rounded", n=2),
            Phrase(key="method.drop_lowest", n=1, texts=(("name", "Homework"),)),
            Phrase(key="method.current"),
        ),
        query_until=date(2021, 12, 3),
        ask=Contact(name="the school office", email="office@harbourview.example", phone="555-0142"),
        policies=(
            PolicyLink(title="Grading policy", version="2021-1", url="https://harbourview.example/policies/grading"),
            PolicyLink(title="How we share student records", url="https://harbourview.example/policies/records"),
        ),
    )


@pytest.fixture
def full_report(report: Report) -> Report:
    """Everything a report can have: earlier reports, standards, comments in two languages, a correction."""
    earlier = {
        0: ("91.5", "89.25"), 1: ("85", "88.5"), 2: ("70", "74.2"), 3: ("84.75", "84.75"), 4: ("88", "93.10"),
        6: ("100", "100"),
    }  # fmt: skip
    days = (date(2021, 3, 12), date(2021, 6, 4))
    standards = (
        Standard(title="Writes linear equations", percent=Decimal(90), level="4", is_mastered=True, marks=5),
        Standard(title="Reads graphs of functions and says what they mean in a story", percent=Decimal("62.5"),
                 level=None, is_mastered=False, marks=2),
    )  # fmt: skip
    comment = Comment(
        text="Amara participa mucho y ayuda a otros.\nLe recomiendo leer en voz alta en casa.", author="Lucía Ferrer",
        language="es",
    )  # fmt: skip
    courses = [
        c.model_copy(update={"trend": tuple(
            TrendPoint(day=day, percent=Decimal(p)) for day, p in zip(days, earlier.get(place, ()), strict=False)
        )})
        for place, c in enumerate(report.courses)
    ]  # fmt: skip
    courses[0] = courses[0].model_copy(update={"standards": standards})
    courses[4] = courses[4].model_copy(update={"comment": comment})
    return report.model_copy(
        update={
            "courses": tuple(courses),
            "languages": ("en", "es", "ar"),
            "student": report.student.model_copy(update={"preferred": "Mara"}),
            "homeroom_comment": Comment(text="A kind and reliable member of our class.", author="Dana Kowalski"),
            "version": 2,
            "notes": (Phrase(key="decided.follows", texts=(("course", "Art Foundations"),)),),
            "correction": Correction(
                replaces=1, reason="mark_corrected", sections=("work",), changes=(
                    CourseChange(course="Algebra I", what="current", before=Decimal("85.00"), after=Decimal("87.50")),
                    CourseChange(course="Algebra I", what="letter", before=None, after="B"),
                ),
            ),
        }
    )  # fmt: skip


@pytest.fixture
def noted_report(report: Report) -> Report:
    """A final report in which every course needs a word beside its grade."""
    exam = ("Term exam",)
    notes: tuple[dict[str, object], ...] = (
        {"final": "61.00", "letter": "D", "basis": {"missing_at": 0}},
        {"final": "88.00", "letter": "B", "basis": {"empty": ["Exam", "Quarter 1"], "moved_from": "Biology, period 2"}},
        {"letter": "I", "final": "45.00", "basis": {"incomplete": exam, "just_joined": ["Quiz 1", "Quiz 2"]}},
        {"to_follow": True, "follows_for": ["marks"], "letter": None, "basis": {"to_mark": exam}},
        {"final": None, "letter": "W", "source": "imported"},
        {"basis": {"too_little": True, "empty": ["Portfolio"]}, "letter": None},
        {"final": "65.00", "letter": "P", "basis": {"left_out": exam}, "own_scale": {
            "steps": [{"letter": "P", "lower": 60}, {"letter": "N", "lower": 0}]}},
    )  # fmt: skip
    final = [c.model_dump() | {"current": None} | more for c, more in zip(report.courses, notes, strict=True)]
    left = {"class_id": "left", "title": "Woodwork", "current": None, "final": "92.00", "graded": 3, "missing": 0,
            "late": 0, "basis": {"left": "2021-10-03"}}  # fmt: skip
    courses = tuple(Course.model_validate(one) for one in [*final, left])
    method = (Phrase(key="method.points"), Phrase(key="method.missing_zero"), Phrase(key="method.imported"))
    return report.model_copy(update={"kind": "final", "courses": courses, "method": method})


@pytest.fixture
def long_report(report: Report) -> Report:
    """20 courses, 60 pieces of work, and names that need several lines."""
    work = tuple(
        Work(title=f"Assignment {n} " + "on the causes and consequences " * (n % 3), due=date(2021, 10, 1 + n % 28),
             state="missing" if n % 2 else "late", possible=Decimal(10))
        for n in range(3)
    )  # fmt: skip
    many = tuple(
        course(f"Course {n} " + "with a long title " * (n % 4), "71.2", "C", "68", missing=1, late=2, work=work,
               teachers=("Bartholomew Featherstonehaugh-Cholmondeley", "Ng"))
        for n in range(20)
    )  # fmt: skip
    name = "Maximiliana Theodora Wolfeschlegelsteinhausenbergerdorff de la Santísima Trinidad " * 2
    return report.model_copy(
        update={"courses": many, "student": report.student.model_copy(update={"name": name.strip()})}
    )
