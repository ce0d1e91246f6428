"""Which grade of a course is printed, and what is said beside it, case by case; the whole way is in law 14."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from termpost.schemas.documents.report import Course, OwnScale, Report, ScaleStep, TrendPoint, Work
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.render.course_model import CourseDetails, CourseSummary, GradeReading, course_of
from termpost.tasks.render.course_row import CourseRow
from termpost.tasks.render.report_view import ReportView, report_view_of

SUMMARY: dict[str, Any] = {
    "person_ref": "p", "class_id": "c", "title": "Algebra I", "subject": None, "current_percent": Decimal(84),
    "final_percent": Decimal(61), "letter": "D", "current_letter": "B", "if_missing_percent": Decimal(61),
    "weighed_percent": None, "grade_source": "computed", "graded_count": 4, "ungraded_count": 0, "to_mark_count": 0,
    "is_open": False, "left_date": None, "moved_from": None, "teachers": [],
}  # fmt: skip
MISSING = Work(title="Homework 9", due=date(2021, 11, 9), state="missing", possible=Decimal(10))
EARLIER = TrendPoint(day=date(2021, 9, 9), percent=Decimal(70))


def course(kind: str = "midterm", *, policy: dict[str, Any] | None = None, details: CourseDetails | None = None,
           show_final: bool = False, min_share: int = 30, **summary: Any) -> Course:  # fmt: skip
    rules = GradingPolicy.model_validate({"version": "t", "scale": {"A": "90", "B": "80", "F": "0"}} | (policy or {}))
    reading = GradeReading(kind, rules, {}, show_final, min_share)
    more = details or CourseDetails(work=[MISSING], trend=[EARLIER])
    return course_of(CourseSummary(**SUMMARY | summary), more, reading, (), None)


def view(report: Report, *courses: Course, **changes: Any) -> ReportView:
    return report_view_of(report.model_copy(update={"courses": courses, **changes}), "en")


def row(report: Report, one: Course, **changes: Any) -> CourseRow:
    return view(report, one, **changes).courses[0]


def told(row: CourseRow) -> tuple[str, str, tuple[str, ...]]:
    return row.grade.text, row.letter.text, row.notes


def test_a_midterm_has_the_current_grade_and_other_cycles_the_final_one(report: Report) -> None:
    so_far = "84% so far; 1 piece missing; 61% if it stays missing."
    assert told(row(report, course())) == ("84%", "B", (so_far,))
    for kind in ("end_of_term", "final"):
        found = row(report, course(kind), kind=kind)
        assert told(found) == ("61%", "D", ("1 missing piece counted as 0.",))
        assert view(report, course(kind), kind=kind).beside_label == ""


def test_missing_work_that_would_raise_the_grade_is_said_not_to_lower_it(report: Report) -> None:
    """A piece that is missing may be the one that is dropped, in place of one that counts."""
    one = course()
    found = one.model_copy(update={"basis": one.basis.model_copy(update={"if_missing": Decimal(90)})})
    notes = "1 piece missing; as the grades are worked out, it does not lower the grade."
    assert told(row(report, found)) == ("84%", "B", (notes,))


def test_the_final_grade_beside_a_current_one_has_no_letter_and_says_what_it_is(report: Report) -> None:
    sheet = view(report, course(show_final=True))
    assert (sheet.grade_label, sheet.beside_label) == ("Grade so far", "If nothing more is handed in")
    assert (sheet.courses[0].beside.text, told(sheet.courses[0])) == ("61%", ("84%", "B", ()))


def test_a_grade_that_was_set_elsewhere_is_the_one_in_every_kind_of_cycle(report: Report) -> None:
    for kind in ("midterm", "final"):
        one = course(kind, grade_source="imported", final_percent=Decimal("88.25"), letter="B", show_final=True)
        said = ("Grade as the school set it.",)  # a piece is missing, and lowers nothing here
        assert told(row(report, one, kind=kind)) == ("88.25%", "B", said)
        assert told(row(report, one.model_copy(update={"missing": 0}), kind=kind)) == ("88.25%", "B", ())
        assert (one.trend == ()) is (kind == "midterm")  # the earlier figure was compared with the computed one
        code = course(kind, grade_source="imported", final_percent=None, letter="I")
        assert told(row(report, code, kind=kind)) == ("– no percentage", "I", ())
        assert "I = incomplete." in view(report, code, kind=kind).columns


def test_its_decimals_make_no_computed_grade_look_more_exact(report: Report) -> None:
    set_elsewhere = course(grade_source="imported", final_percent=Decimal("88.25"))
    assert [c.grade.text for c in view(report, course(), set_elsewhere).courses] == ["84%", "88.25%"]


@pytest.mark.parametrize("weighed", ["29.999999", "0", "10"])
def test_a_grade_that_rests_on_too_little_is_none_and_has_no_letter_and_no_trend(report: Report, weighed: str) -> None:
    one = course(weighed_percent=Decimal(weighed))
    assert told(row(report, one)) == ("– too little work yet", "– no letter yet", ())
    assert (one.trend, one.basis.if_missing) == ((), None)
    assert view(report, one).verdict[0].startswith("Amara Lindqvist-Reyes has no grade yet")
    assert row(report, course("final", weighed_percent=Decimal(weighed)), kind="final").letter.text == "– no letter"


def test_enough_or_nothing_weighed_is_a_grade(report: Report) -> None:
    for one in (course(weighed_percent=Decimal(30)), course(weighed_percent=Decimal(1), min_share=0), course()):
        assert row(report, one).grade.text == "84%"


def test_an_open_question_leaves_the_grade_to_follow_and_says_which(report: Report) -> None:
    marks = CourseDetails(work=[MISSING], trend=[EARLIER])
    marks.other_work["to_mark"] += ["Exam", "Essay"]
    parts = CourseDetails(waiting=[("empty-category", "Exam"), ("move-differs", "alg1")])
    for details, said in (
        (marks, ("2 pieces are still to be marked by the school: Exam and Essay.",)),
        (parts, ("The school has not entered any marks yet in: Exam.",
                 "The school is still putting the marks of two classes together.")),
        (CourseDetails(), ("The school has still to confirm this grade.",)),
    ):  # fmt: skip
        one = course("final", details=details, is_open=True)
        assert told(row(report, one, kind="final")) == ("– grade to follow", "– to follow", said)
        assert one.trend == ()
        assert "Grade to follow: Algebra I." in view(report, one, kind="final").verdict


def test_work_to_mark_is_never_missing_and_both_are_said(report: Report) -> None:
    details = CourseDetails()
    details.other_work["to_mark"].append("Exam")
    sheet = view(report, course(details=details))
    assert sheet.courses[0].counts == "4 graded · 1 not marked yet"
    assert sheet.courses[0].notes == ("Still to be marked by the school: Exam.",)
    assert sheet.no_work == "No work is missing or late. One piece of work is still to be marked by the school."


def test_what_that_system_counts_as_zero_is_named(report: Report) -> None:
    details = CourseDetails(empty_categories=["Quiz"], empty_periods=["Quarter 2"])
    details.other_work["to_mark"].append("Exam")
    one = course("final", policy={"compat": "canvas"}, details=details)
    assert row(report, one, kind="final").notes == (
        "Not marked and counted as 0: Exam.", "Counted as 0, since nothing in it has a mark: Quarter 2.",
        "Not in this grade: Quiz.",
    )  # fmt: skip


def test_missing_work_that_counts_already_is_told_as_what_it_counts(report: Report) -> None:
    scored = MISSING.model_copy(update={"score": Decimal(0)})
    both = CourseDetails(work=[MISSING, scored])
    assert row(report, course(details=both)).notes == (
        "84% so far; 2 pieces missing; 61% if they stay missing.", "1 missing piece counted as 0.",
    )  # fmt: skip
    assert row(report, course("final", details=both), kind="final").notes == ("2 missing pieces counted as 0.",)
    half = course(policy={"missing": {"deduct_percent": "50"}}, if_missing_percent=None)
    assert row(report, half).notes == ("1 missing piece counted with 50% of its points.",)
    assert "graded work only" not in view(report, half).columns
    to_nothing = course(if_missing_percent=Decimal(0))
    assert row(report, to_nothing).notes == ("84% so far; 1 piece missing; 0% if it stays missing.",)
    none = course(current_percent=None, current_letter=None)
    assert told(row(report, none)) == (
        "– no grade yet",
        "– no letter yet",
        ("1 piece missing; 61% if it stays missing.",),
    )


def test_a_letter_by_the_exact_percentage_says_why_it_is_not_that_of_the_printed_one(report: Report) -> None:
    scale = tuple(ScaleStep(letter=letter, lower=Decimal(lower)) for letter, lower in (("A", 90), ("B", 80), ("F", 0)))
    exact: dict[str, Any] = {"scale": scale, "scale_is_exact": True}
    just_under = course(policy={"scale_by": "exact"}, current_percent=Decimal(90), if_missing_percent=None)
    assert row(report, just_under, **exact).notes == ("Before rounding it is below 90%.",)
    cut = course(policy={"scale_by": "exact"}, current_percent=Decimal(79), if_missing_percent=None)
    assert row(report, cut, **exact).notes == ("Before rounding it is 80% or more.",)
    assert view(report, just_under, **exact).scale.endswith("Letters go by the percentage before it is rounded.")
    assert "rounded" not in view(report, just_under, scale=scale).scale


def test_without_a_scale_there_is_no_column_for_letters(report: Report) -> None:
    plain = course(policy={"scale": {}}, current_letter=None)
    assert not view(report, plain, scale=()).has_letters
    own = plain.model_copy(update={"own_scale": OwnScale(steps=(ScaleStep(letter="P", lower=Decimal(0)),))})
    assert not view(report, own, scale=()).has_letters  # nor one that is empty for all
    lettered = own.model_copy(update={"letter": "P"})
    assert view(report, lettered, scale=()).has_letters
    assert view(report, own, scale=()).scale.startswith("The school has no scale for all classes;")
    assert view(report, plain, scale=()).scale == ""
    assert (
        row(report, plain.model_copy(update={"own_scale": OwnScale(steps=())})).notes[-1]
        == "This class has no letters."
    )


def test_a_class_that_was_left_is_not_counted_among_the_grades(report: Report) -> None:
    left = course(left_date=date(2021, 10, 1), current_letter=None)
    sheet = view(report, course(), left)
    assert sheet.verdict == ("Could fall below C (70%) if missing work stays missing: Algebra I.",)
    assert sheet.courses[1].notes[0] == "Left on October 1, 2021; only work due until then counts."
    assert sheet.courses[1].letter.text == "– no letter"
    assert view(report, left, left).verdict[0] == "Amara Lindqvist-Reyes left all 2 courses on this report."


def test_nothing_is_held_against_the_scale_where_the_record_says_so(report: Report) -> None:
    taught_apart = report.student.model_copy(update={"verdict": False})
    sheet = report_view_of(report.model_copy(update={"student": taught_apart}), "en")
    assert "On track" not in " ".join(sheet.verdict)
    assert [c.letter.text for c in sheet.courses] == [c.letter.text for c in report_view_of(report, "en").courses]


def test_of_a_course_that_the_school_does_not_show_no_sentence_speaks(report: Report) -> None:
    hidden = course().model_copy(update={"current": None, "letter": None, "missing": 0, "work": (), "to_follow": True})
    shown = course(details=CourseDetails())
    assert "In the other courses no work is missing or late." in view(report, hidden, shown).no_work
    alone = view(report, hidden)
    assert not any("missing" in sentence for sentence in (*alone.verdict, *alone.actions))
    assert alone.no_work == ""
