"""Kinds of report (laws 13 and 14): read again from the PDF and the page, by nothing of what made them."""

import re
from decimal import Decimal

import pytest
from termpost.schemas.documents.comments import BankSentence, CommentPart
from termpost.schemas.documents.report import LAYOUTS, Comment, Report, ReportLayout
from termpost.tasks.render.corrections.correction import corrected
from termpost.tasks.render.layouts import laid_out
from termpost.tasks.render.pdf import make_pdf
from termpost.tasks.render.report_view import report_view_of

from tests.pages import make_page
from tests.reading import page_texts
from tests.report_text import read_pdf

SENTENCE = BankSentence(code="S03", texts=(("en", "{name} asks about {course}."), ("es", "{name} pregunta: {course}.")))
PARTS = (
    CommentPart(kind="strength", sentences=(SENTENCE,), text="Reads a lot."),
    CommentPart(kind="next_step", text="Write more."),
    CommentPart(kind="home_help", text="Read together."),
    CommentPart(kind="student_says", text="I like it."),
)
UNGRADED: tuple[ReportLayout, ...] = ("narrative", "standards", "early-years")
GRADE_WORDS = (
    r"\bgrades?\b(?! \d)",
    r"\bmarks?\b",
    r"\d%",
    "On track",
    r"\bmissing\b",
    r"\bletters?\b",
    "– no (?:grade|letter|percent)",
)
HEADINGS = {"What you can do now", "Ask a question or meet a teacher", "Courses", "Standards", "Missing and late work",
            "Comments", "Attendance", "How the grades were worked out", "What the letters mean", "School policies",
            "About this report"}  # fmt: skip


@pytest.fixture
def rich_report(full_report: Report) -> Report:
    courses = list(full_report.courses)
    courses[3] = courses[3].model_copy(update={"comment": Comment(author="Samir Haddad", parts=PARTS)})
    return full_report.model_copy(update={
        "courses": tuple(courses), "standard_levels": ("4", "3"), "correction": None, "version": 1, "policies": (),
    })  # fmt: skip


def texts(report: Report, language: str = "en") -> tuple[list[str], str]:
    """Lines of the PDF, and the words of the page."""
    page = make_page(report, language).decode().split("<body>")[1]
    lines = [line.strip() for line in read_pdf(make_pdf(report, language)).replace("\f", "\n").split("\n")]
    return [line for line in lines if line], " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_kind_says_what_it_is_about_and_prints_no_heading_without_anything_below(
    rich_report: Report, layout: ReportLayout
) -> None:
    lines, page = texts(laid_out(rich_report, layout))
    words = " ".join(lines)
    for before, after in zip(lines, [*lines[1:], "About this report"], strict=True):
        assert not (before in HEADINGS and after in HEADINGS), before
    for text in (words, page):
        if layout in UNGRADED:
            assert not [word for word in GRADE_WORDS if re.search(word, text)]
        assert ("Writes linear equations" in text) == (layout in ("full", "standards", "early-years"))
        assert ("Mara asks about World History." in text) == (layout != "grades")
        assert ("87.50%" in text) == (layout in ("full", "grades"))


def test_the_first_sentence_of_a_report_without_grades_holds_nothing_against_a_line(rich_report: Report) -> None:
    said = {layout: report_view_of(laid_out(rich_report, layout), "en") for layout in UNGRADED}
    assert said["narrative"].verdict == ("Teachers write about Mara in 3 of 7 courses.",)
    assert said["narrative"].actions == ("Nothing needs to be done now.",)
    assert said["standards"].verdict == ("Standards that Mara has reached so far: 1 of 2.",)
    assert said["early-years"].actions == ("Ask the teacher how you can help at home: Algebra I (Ines Okafor).",)
    assert said["early-years"].is_large
    assert not said["standards"].is_large
    silent = laid_out(rich_report.model_copy(update={"homeroom_comment": None, "courses": rich_report.courses[:1]}),
                      "narrative")  # fmt: skip
    assert report_view_of(silent, "en").verdict == ("There is no comment on Mara yet.",)


def test_a_grade_that_is_not_printed_is_in_no_part_of_the_model_and_no_correction(rich_report: Report) -> None:
    moved = rich_report.courses[0].model_copy(update={"current": Decimal(10), "letter": "F", "missing": 9})
    after = rich_report.model_copy(update={"courses": (moved, *rich_report.courses[1:])})
    for layout in UNGRADED:
        assert laid_out(rich_report, layout) == laid_out(after, layout)


def test_a_coded_sentence_is_in_the_reader_s_language_and_free_text_as_written(rich_report: Report) -> None:
    lines, page = texts(rich_report.model_copy(update={"languages": ("es", "en")}), "es")
    for text in (" ".join(lines), page):
        assert "Mara pregunta: World History." in text
        assert "Reads a lot." in text
        assert text.index("Lo que va bien") < text.index("Próximo paso") < text.index("Lo que dice Mara")
    comment = next(c.comment for c in report_view_of(rich_report, "es").courses if c.comment and c.comment.parts)
    assert comment.note == "escrito en inglés"


def test_a_correction_says_from_what_to_what(rich_report: Report) -> None:
    course, attendance = rich_report.courses[3], rich_report.attendance
    assert attendance is not None
    standard = rich_report.courses[0].standards[1].model_copy(update={"level": "3"})
    changes = {"current": Decimal("81.00"), "missing": 2, "comment": Comment(text="New.")}
    courses = (
        rich_report.courses[0].model_copy(update={"standards": (rich_report.courses[0].standards[0], standard)}),
        *rich_report.courses[1:3], course.model_copy(update=changes), *rich_report.courses[4:],
    )  # fmt: skip
    after = rich_report.model_copy(update={"courses": courses, "attendance": attendance.model_copy(update={"late": 4})})
    said = report_view_of(after.model_copy(update={"correction": corrected(rich_report, after)}), "en").corrected
    assert said[1:] == (
        "World History: Grade so far was 84.75%, now 81%, missing work was 0, now 2, and the comment changed.",
        "Algebra I: Reads graphs of functions and says what they mean in a story was 62.5%, now 3.",
        "Attendance: Late was 3, now 4.",
    )


def test_large_type_is_a_setting_of_any_kind_of_report(rich_report: Report) -> None:
    large = rich_report.model_copy(update={"text_size": "large"})
    assert report_view_of(large, "en").is_large
    assert not report_view_of(rich_report, "en").is_large
    assert texts(large)[1] == texts(rich_report)[1]  # the same words
    normal, larger = (len(page_texts(make_pdf(one, "en"))[0]) for one in (rich_report, large))
    assert larger < normal  # fewer letters have room on the first page
