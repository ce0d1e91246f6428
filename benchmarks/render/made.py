"""Reports of nine courses, every one with marks of its own, in six languages by turns."""

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

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
    Student,
    TrendPoint,
    Work,
)  # fmt: skip

LANGUAGES = ("en", "es", "fr", "zh-Hans", "ar", "uk")
TITLES = (
    "Algebra I", "Biology", "English I", "World History", "Spanish II", "Art Foundations", "Physical Education",
    "Computer Science", "Band",
)  # fmt: skip
DAYS = (date(2021, 3, 12), date(2021, 6, 4), date(2021, 10, 1))
GIVEN, FAMILY = (
    ("Ada", "Bo", "Chi", "Dmytro", "Élise", "Farid"),
    ("Ng", "Okafor", "Pérez", "Quist", "Rahal", "Shevchuk"),
)


def made_reports(number: int, seed: int = 11) -> Iterator[tuple[Report, str]]:
    """So many reports, each with the language of one rendition."""
    chance = random.Random(seed)
    for place in range(number):
        yield _report(chance, place), LANGUAGES[place % len(LANGUAGES)]


def _percent(chance: random.Random) -> Decimal:
    return Decimal(chance.randint(4000, 10000)).scaleb(-2)


def _name(chance: random.Random) -> str:
    return f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"


def _course(chance: random.Random, title: str) -> Course:
    missing = chance.choice((0, 0, 0, 1))
    work = tuple(
        Work(title=f"Homework {n}", due=date(2021, 11, 1 + n), state="missing", possible=Decimal(10))
        for n in range(missing)
    )
    percent = _percent(chance)
    return Course(
        class_id=title, title=title, teachers=(_name(chance),), current=None,
        final=percent, letter=next(letter for letter, low in SCALE if percent >= low), graded=chance.randint(5, 20),
        missing=missing, late=0, work=work, trend=tuple(TrendPoint(day=d, percent=_percent(chance)) for d in DAYS),
        comment=Comment(text="Works with care and helps others.") if chance.random() < 0.3 else None,
    )  # fmt: skip


SCALE = tuple((letter, Decimal(low)) for letter, low in (("A", 90), ("B", 80), ("C", 70), ("D", 60), ("F", 0)))


def _report(chance: random.Random, place: int) -> Report:
    return Report(
        languages=LANGUAGES, cycle_id="2021-fall-final", cycle_title="Fall 2021", session_title="Fall 2021",
        kind="final", cutoff=date(2021, 12, 10), version=1,
        school=School(name="Harbour View High School", institution="Lakeside Unified School District"),
        student=Student(name=_name(chance), number=str(600000 + place), grade_level="9"),
        courses=tuple(_course(chance, title) for title in TITLES),
        attendance=Attendance(
            first=date(2021, 8, 23), last=date(2021, 12, 10), present=chance.randint(50, 70), other=0,
            absent_excused=chance.randint(0, 5), absent_unexcused=chance.randint(0, 3), late=chance.randint(0, 6),
        ),
        scale=tuple(ScaleStep(letter=letter, lower=low) for letter, low in SCALE),
        method=(Phrase(key="method.points"), Phrase(key="method.rounded", n=2), Phrase(key="method.missing_zero")),
        query_until=date(2022, 1, 5), ask=Contact(name="the school office", email="office@harbourview.example"),
        policies=(PolicyLink(title="Grading policy", url="https://harbourview.example/grading"),),
    )  # fmt: skip
