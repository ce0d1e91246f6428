"""What a corrected report says of the one it replaces."""

from decimal import Decimal

from termpost.schemas.documents.correction import CourseChange
from termpost.schemas.documents.report import Comment, Course, Report, School, Student
from termpost.tasks.render.corrections.correction import corrected, correction
from termpost.tasks.render.report_view import report_view_of


def changed(report: Report, place: int, **values: object) -> Report:
    courses = list(report.courses)
    courses[place] = courses[place].model_copy(update=values)
    return report.model_copy(update={"courses": tuple(courses), "version": 2})


def test_every_printed_grade_that_differs_is_named_with_both_values(report: Report) -> None:
    after = changed(report, 0, current=Decimal("90.00"), letter="A")
    found = correction(report, after, "mark_corrected")
    assert found.replaces == 1
    assert found.changes == (
        CourseChange(course="Algebra I", what="current", before=Decimal("87.50"), after=Decimal("90.00")),
        CourseChange(course="Algebra I", what="letter", before="B", after="A"),
    )
    assert found.sections == ()
    assert report_view_of(after.model_copy(update={"correction": found}), "en").corrected == (
        "This report replaces version 1. A mark was corrected.",
        "Algebra I: Grade so far was 87.5%, now 90% and Letter was B, now A.",
    )


def test_a_percentage_that_only_one_version_printed_beside_the_grade_is_no_change(report: Report) -> None:
    old = changed(report, 0, final=Decimal("61.00"))  # as midterm reports of before had it
    assert correction(old, report, "other").changes == ()
    assert [c.what for c in correction(old, changed(report, 0, final=Decimal("60.00")), "other").changes] == ["final"]
    gone = changed(report, 0, current=None, letter=None)
    assert [c.what for c in correction(report, gone, "other").changes] == ["current", "letter"]


def test_courses_that_came_or_went_are_named(report: Report) -> None:
    after = report.model_copy(update={"courses": report.courses[1:]})
    assert [(c.course, c.what) for c in correction(report, after, "other").changes] == [("Algebra I", "gone")]
    assert [(c.course, c.what) for c in correction(after, report, "other").changes] == [("Algebra I", "added")]
    said = report_view_of(after.model_copy(update={"correction": correction(report, after, "other")}), "en").corrected
    assert said[1] == "Algebra I: no longer on the report."


def test_the_sections_that_differ_are_named_once_and_no_others(report: Report) -> None:
    assert report.attendance is not None
    attended = report.attendance.model_copy(update={"late": 4})
    for after, sections in (
        (changed(report, 1, comment=Comment(text="Other words.")), ("comments",)),
        (changed(report, 1, work=()), ("work",)),
        (report.model_copy(update={"homeroom_comment": Comment(text="Kind.")}), ("comments",)),
        (report.model_copy(update={"attendance": attended}), ("attendance",)),
        (report.model_copy(update={"student": Student(name="Amara L. Reyes", number="1")}), ("student",)),
        (changed(report, 1, teachers=("Someone Else",), missing=1), ("work", "other")),
        (report.model_copy(update={"scale": ()}), ("other",)),
    ):
        found = correction(report, after, "other")
        assert (found.sections, found.changes) == (sections, ())


def test_a_new_name_is_told_as_one(report: Report) -> None:
    after = report.model_copy(update={"student": report.student.model_copy(update={"name": "Amara Reyes"})})
    found = corrected(report, after)
    assert found.reason == "record_corrected"
    assert report_view_of(after.model_copy(update={"correction": found}), "en").corrected[1:] == (
        "Changed too: Name or record of the student.",
    )


def test_a_new_logo_or_paper_is_no_correction(report: Report) -> None:
    after = report.model_copy(
        update={"paper": "a4", "languages": ("es",), "school": School(name="New", institution="Name")}
    )
    assert correction(report, after, "other").sections == ()


def test_every_field_of_a_course_is_either_said_or_the_frame() -> None:
    from termpost.tasks.render.corrections.correction import OF_COURSE, SHOWN

    named = {name for names in OF_COURSE.values() for name in names} | set(SHOWN) | {"class_id"}
    assert named == set(Course.model_fields)


def test_versions_are_counted_from_the_first_released_one(report: Report) -> None:
    first = report.model_copy(update={"version": 3})  # prepared three times before it was released
    assert first.counted_version == 1
    second = report.model_copy(update={"version": 5, "correction": correction(first, report, "other")})
    assert second.counted_version == 2
    third = report.model_copy(update={"version": 6, "correction": correction(second, report, "other")})
    assert (third.correction.replaces, third.counted_version) == (5, 3)  # type: ignore[union-attr]
