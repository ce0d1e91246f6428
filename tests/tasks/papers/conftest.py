"""An invented student, and a school that was prepared."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from termpost.schemas.documents.report import Comment, Contact, Course, Phrase, Report, ScaleStep, School, Student, Work
from termpost.tasks.home.home import Home

from tests.tasks.papers.paperwork import CYCLE, home_prepared_twice


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Only read, never written to."""
    return home_prepared_twice(tmp_path_factory.mktemp("papers"))


@pytest.fixture
def report() -> Report:
    """One invented student of an invented school."""
    work = (Work(title="Essay", due=date(2021, 11, 2), state="missing", possible=Decimal(20)),)
    course = Course(
        class_id="alg", title="Algebra I", teachers=("Ines Okafor",), current=Decimal("87.5"), final=None,
        letter="B", graded=4, missing=1, late=0, work=work, comment=Comment(text="She asks good questions."),
    )  # fmt: skip
    art = Course(class_id="art", title="Art", current=None, final=None, graded=0, missing=0, late=0)
    return Report(
        languages=("en",), cycle_id=CYCLE, cycle_title="Fall 2021", session_title="Fall 2021", kind="midterm",
        cutoff=date(2021, 12, 10), version=1, school=School(name="Harbour High", institution="Lakeside District"),
        student=Student(name="Amara Lindqvist", number="604821", grade_level="9"), courses=(course, art),
        attendance=None, scale=(ScaleStep(letter="A", lower=Decimal(90)), ScaleStep(letter="F", lower=Decimal(0))),
        method=(Phrase(key="method.points"),), query_until=date(2021, 12, 28), ask=Contact(name="the office"),
    )  # fmt: skip


@pytest.fixture
def renamed(report: Report) -> Callable[..., Report]:
    """The same report of another student."""

    def rename(name: str, number: str) -> Report:
        student = report.student.model_copy(update={"name": name, "number": number})
        return report.model_copy(update={"student": student})

    return rename
