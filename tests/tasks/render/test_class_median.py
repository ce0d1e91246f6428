"""The median of a class on a report: only where it is kept, never of few, and of a grade that is printed."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.report import Report
from termpost.tasks.render.course_model import CourseDetails

from tests.tasks.gradebook import NOW, Gradebook, Rooms, new_home
from tests.tasks.render.test_printed_grade import course, row


def found(**how: Any) -> Decimal | None:
    return course(details=CourseDetails(class_median=Decimal("87.4500000")), **how).class_median


def test_it_is_rounded_as_grades_are_and_stands_beside_a_printed_grade_alone() -> None:
    assert found(policy={"rounding": {"places": 1}}) == Decimal("87.5")
    assert found(policy={"rounding": {"places": 1}, "show_of": "20"}) == Decimal("87.5")  # 17.49 of 20 are 17.5
    assert found(is_open=True) is None
    assert found(left_date="2021-10-01") is None
    assert found(weighed_percent=Decimal(20)) is None
    assert course().class_median is None


def test_it_is_one_line_below_the_course(report: Report) -> None:
    one = course(details=CourseDetails(class_median=Decimal("87.4500000")), policy={"rounding": {"places": 1}})
    assert row(report, one).notes[-1] == "Middle grade of the class (the median): 87.5%."
    assert "Median" not in " ".join(row(report, course()).notes)


def test_a_report_may_show_only_what_is_kept(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        new_home(tmp_path / "home", file="\n[report]\nclass_median = true\n")
    assert "[report] class_median" in str(caught.value)
    assert "[privacy]" in str(caught.value)


@pytest.mark.parametrize(("small_cell", "shown"), [("3", Decimal(75)), ("4", None)])
def test_from_the_gradebook_to_the_report(tmp_path: Path, small_cell: str, shown: Decimal | None) -> None:
    from termpost.tasks.summarise.medians import keep_as_asked

    book = Gradebook()
    book.school()
    book.course("alg")
    book.item("t1", "alg", "100")
    for person, score in (("ann", "70"), ("ben", "75"), ("cal", "90")):
        book.student(person)
        book.enroll(person, "alg")
        book.mark("t1", person, score)
    home = new_home(
        tmp_path / "home", TERMPOST_REPORT__CLASS_MEDIAN="true", TERMPOST_PRIVACY__CLASS_MEDIAN="true",
        TERMPOST_PRIVACY__SMALL_CELL=small_cell,
    )  # fmt: skip
    rooms = Rooms(home)
    summaries = rooms.summarise(rooms.take_in(book.write(tmp_path / "x")))
    with rooms.lake() as lake:
        keep_as_asked(lake, summaries, rooms.home.settings.privacy, NOW)
    assert {report.courses[0].class_median for report in rooms.reports(summaries).values()} == {shown}
