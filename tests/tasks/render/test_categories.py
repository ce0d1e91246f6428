"""What a grade is made of, and effort beside it, as a family reads it: from the gradebook to paper and page."""

import re
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from termpost.schemas.documents.report import CategoryPart, Report
from termpost.tasks.render.course_model import CourseDetails
from termpost.tasks.render.pdf import make_pdf
from termpost.tasks.render.report_view import report_view_of

from tests.pages import make_page
from tests.tasks.gradebook import Gradebook, Rooms, new_home
from tests.tasks.render.test_printed_grade import course

HOMEWORK = CategoryPart(title="Homework", weight=Decimal(40), percent=Decimal("87.5"), marks=3)
TESTS = CategoryPart(title="Tests", period="Quarter 1", percent=Decimal(90), marks=12)
EFFORT = CategoryPart(title="Effort", is_beside=True, percent=Decimal("62.5"), word="Good", marks=2)
CONDUCT = CategoryPart(title="Conduct", is_beside=True, percent=Decimal(100), marks=1)
POLICY = """
version = "c"
aggregate = "weighted"
[category.Homework]
weight = "40"
[category.Tests]
weight = "60"
[category.Effort]
beside = true
scale = { Excellent = "90", Good = "0" }
"""


def texts(report: Report) -> list[str]:
    pdf = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=make_pdf(report, "en"), capture_output=True, check=True
    )
    page = re.sub(r"<[^>]+>", " ", make_page(report, "en").decode().split("<body>")[1])
    return [" ".join(text.split()) for text in (pdf.stdout.decode(), page)]


@pytest.mark.needs("pdftotext")
def test_each_category_has_its_weight_result_and_marks_on_both_renditions(report: Report) -> None:
    one = report.courses[0].model_copy(update={"categories": (HOMEWORK, TESTS, EFFORT, CONDUCT)})
    for text in texts(report.model_copy(update={"courses": (one,)})):
        for row in ("Category Weight Result Marks", "Homework 40% 87.5% 3", "Tests · Quarter 1 – by points 90.0% 12",
                    "Effort – not in the grade Good 2", "Conduct – not in the grade 100.0% 1"):  # fmt: skip
            assert row in text
    for text in texts(report):
        assert "By category" not in text


def test_every_language_has_the_words(report: Report) -> None:
    one = report.courses[0].model_copy(update={"categories": (HOMEWORK, TESTS, EFFORT)})
    sheet = report.model_copy(update={"courses": (one,)})
    found = {language: report_view_of(sheet, language).courses[0].categories for language in ("en", "es", "fr", "uk")}
    assert len({tuple(row.weight.text for row in rows) for rows in found.values()}) == len(found)


def test_of_a_grade_to_follow_or_set_elsewhere_only_what_stands_beside_it_is_shown() -> None:
    details = CourseDetails(categories=[HOMEWORK, EFFORT])
    assert course(details=details).categories == (HOMEWORK, EFFORT)
    assert course(details=details, is_open=True).categories == (EFFORT,)
    assert course(details=details, grade_source="imported").categories == (EFFORT,)


def gradebook() -> Gradebook:
    book = Gradebook()
    book.school()
    book.student("ann")
    for category in ("Homework", "Tests", "Effort"):
        book.add("categories.csv", sourcedId=category.lower(), title=category)
    book.course("alg")
    book.enroll("ann", "alg")
    for item, category, possible, score in (
        ("h1", "homework", "20", "10"),
        ("t1", "tests", "10", "9"),
        ("e1", "effort", "4", "3"),
    ):
        book.item(item, "alg", possible, categorySourcedId=category)
        book.mark(item, "ann", score)
    return book


@pytest.mark.parametrize("asked", ["true", "false"])
def test_from_the_gradebook_to_the_report(tmp_path: Path, asked: str) -> None:
    rooms = Rooms(new_home(tmp_path / "home", TERMPOST_REPORT__CATEGORIES=asked))
    (rooms.home.path / "grading.toml").write_text(POLICY)
    summaries = rooms.summarise(rooms.take_in(gradebook().write(tmp_path / "x")))
    (found,) = rooms.reports(summaries).values()
    shown = [(c.title, c.weight, c.percent, c.word, c.marks) for c in found.courses[0].categories]
    effort = ("Effort", None, Decimal(75), "Good", 1)
    parts = [("Homework", Decimal(40), Decimal(50), None, 1), ("Tests", Decimal(60), Decimal(90), None, 1)]
    assert shown == ([*parts, effort] if asked == "true" else [effort])
