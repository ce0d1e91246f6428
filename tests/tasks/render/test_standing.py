"""An average of letters and the honour roll: off, exact, and of the grades that the report prints and nothing else."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.correction import Correction, CourseChange
from termpost.schemas.documents.report import Course, GradeBasis, Report, ReportRank, ScaleStep, TrendPoint
from termpost.schemas.settings.grading import GradingPolicy, load_grading
from termpost.tasks.render.report_view import report_view_of
from termpost.tasks.render.standing import with_standing

SCALE = {"A": "90", "B": "80", "F": "0"}
POINTS = {"A": "4", "B": "3", "F": "0"}
HEAD = 'version = "t"\nscale = { A = "90", B = "80", F = "0" }\n'
GPA = '[gpa]\npoints = { A = "4.0", B = "3.0", F = "0" }\n'


def policy(**rules: Any) -> GradingPolicy:
    return GradingPolicy.model_validate({"version": "t", "scale": SCALE, **rules})


def course(class_id: str, letter: str | None, percent: str | None = "85", **more: Any) -> Course:
    value = None if percent is None else Decimal(percent)
    return Course(class_id=class_id, title=class_id, current=None, final=value, letter=letter, graded=1, missing=0,
                  late=0, **more)  # fmt: skip


def standing(report: Report, rules: GradingPolicy, *courses: Course) -> tuple[str | None, int, bool]:
    found = with_standing(report.model_copy(update={"courses": courses, "kind": "final"}), rules)
    return (None, 0, found.honour_roll) if found.gpa is None else (
        str(found.gpa.value), found.gpa.courses, found.honour_roll)  # fmt: skip


def test_without_points_there_is_no_average(report: Report) -> None:
    assert standing(report, policy(), course("a", "A")) == (None, 0, False)


def test_the_average_is_weighed_by_credits_and_rounded_once(report: Report) -> None:
    rules = policy(gpa={"points": POINTS}, **{"class": {"b": {"credits": "0.5"}, "c": {"credits": "0"}}})
    assert standing(report, rules, course("a", "A"), course("b", "B")) == ("3.67", 2, False)  # (4 + 1.5) / 1.5
    assert standing(report, rules, course("a", "A"), course("b", "B"), course("c", "F")) == ("3.67", 2, False)
    assert standing(report, rules, *(course(str(n), "A" if n else "B") for n in range(8)))[0] == "3.88"  # 3.875


def test_only_letters_that_are_printed_and_have_points_are_in_it(report: Report) -> None:
    rules = policy(gpa={"points": POINTS})
    others = [course("p", "P"), course("i", "I"), course("w", "W"), course("none", None), course("open", None, None)]
    assert standing(report, rules, course("a", "A"), *others) == ("4.00", 1, False)
    left = course("left", "F", basis=GradeBasis(left="2021-10-01"))
    follows = course("later", "F", to_follow=True)
    assert standing(report, rules, course("a", "A"), left, follows) == ("4.00", 1, False)
    assert standing(report, rules, course("p", "P")) == (None, 0, False)


def test_a_student_with_standards_of_their_own_has_no_average(report: Report) -> None:
    own = report.model_copy(update={"student": report.student.model_copy(update={"verdict": False})})
    assert standing(own, policy(gpa={"points": POINTS}, honour_roll={"gpa": "3"}), course("a", "A")) == (None, 0, False)


def test_the_honour_roll_is_exact_and_waits_for_every_grade(report: Report) -> None:
    rules = policy(gpa={"points": POINTS}, honour_roll={"gpa": "3.5"})
    assert standing(report, rules, course("a", "A"), course("b", "B"))[2]
    assert not standing(report, rules, course("a", "A"), course("b", "B"), course("c", "B"))[2]
    for waits in (course("c", "I"), course("c", None, None, to_follow=True),
                  course("c", None, None, basis=GradeBasis(too_little=True))):  # fmt: skip
        assert not standing(report, rules, course("a", "A"), waits)[2]
    by_percent = policy(honour_roll={"percent": "90"})
    assert standing(report, by_percent, course("a", "A", "95"), course("b", "B", "85")) == (None, 0, True)
    assert not standing(report, by_percent, course("a", "A", "95"), course("b", "B", "84.99"))[2]
    # 3.4995 prints as 3.50: as letters do, the roll goes by what is printed, or by the exact average
    close: dict[str, Any] = {"gpa": {"points": {"A": "4", "B": "2.999", "F": "0"}}, "honour_roll": {"gpa": "3.5"}}
    both = course("a", "A"), course("b", "B")
    assert standing(report, policy(**close), *both) == ("3.50", 2, True)
    assert standing(report, policy(**close, scale_by="exact"), *both) == ("3.50", 2, False)


def test_it_is_said_with_its_source_and_only_where_it_is(report: Report) -> None:
    rules = policy(gpa={"points": POINTS}, honour_roll={"gpa": "3.5"})
    assert report_view_of(with_standing(report, policy()), "en").standing == ()
    shown = report.model_copy(update={"courses": (course("a", "A"),), "kind": "final"})
    first, second = report_view_of(with_standing(shown, rules), "en").standing
    assert first == "Average of the letters on this report: 4, from 1 course. It is not the average on the transcript."
    assert second == "On the honor roll, by the grades on this report."


@pytest.mark.parametrize(
    ("rules", "where", "said"),
    [
        ('[gpa]\npoints = { A = "4.0", B = "3.0" }\n', "line 4 [gpa] points", "letter F of the scale"),
        ("[gpa]\npoints = { A = 4.0 }\n", "line 4 [gpa.points] A", "quotes"),
        ('[honour_roll]\ngpa = "3.5"\n', "line 4 [honour_roll] gpa", "without [gpa]"),
        (GPA + '[honour_roll]\ngpa = "4.5"\n', "line 6 [honour_roll] gpa", "no average can reach"),
        (GPA + '[honour_roll]\ngpa = "3"\npercent = "90"\n', "line 7 [honour_roll] percent", "one of the two"),
        ('[honour_roll]\npercent = "0"\n', "line 4 [honour_roll] percent", "everybody"),
        ('[class.c]\ncredits = "2"\n', "line 4 [class.c] credits", "there is none"),
        ('[class.c.gpa]\npoints = { A = "4" }\n', "line 3 [class.c] gpa", "not known"),
    ],
)  # fmt: skip
def test_an_average_that_cannot_be_made_is_refused_with_its_line(
    tmp_path: Path, rules: str, where: str, said: str
) -> None:
    (tmp_path / "grading.toml").write_text(HEAD + rules)
    with pytest.raises(InputError) as caught:
        load_grading(tmp_path / "grading.toml", {})
    assert caught.value.where == f"grading.toml {where}"
    assert said in str(caught.value)


def test_a_class_with_letters_of_its_own_needs_no_points_for_them() -> None:
    own = policy(gpa={"points": POINTS}, **{"class": {"c": {"scale": {"P": "60", "N": "0"}, "credits": "2"}}})
    assert list(own.for_class("c").scale) == ["P", "N"]
    with pytest.raises(ValidationError):
        policy(gpa={"points": {"A": "4"}})


@pytest.mark.parametrize(
    ("of", "percent", "text"),
    [("20", "72.5", "14.5/20"), ("20", "70", "14/20"), ("10", "85", "8.5/10"), (None, "85", "85%")],
)
def test_a_grade_is_printed_in_points_where_the_school_does(
    report: Report, of: str | None, percent: str, text: str
) -> None:
    one = course("a", "A", percent, show_of=None if of is None else Decimal(of))
    sheet = report_view_of(report.model_copy(update={"courses": (one,), "kind": "final"}), "en")
    assert sheet.courses[0].grade.text == text


def test_bounds_trends_and_corrections_are_in_the_form_of_the_grades(report: Report) -> None:
    points = TrendPoint(day=date(2021, 10, 1), percent=Decimal(65))
    one = course("a", "A", "72.5", show_of=Decimal(20)).model_copy(update={"trend": (points,)})
    changes = (CourseChange(course=one.title, what="final", before=Decimal("67.5"), after=Decimal("72.5")),)
    made = report.model_copy(update={
        "courses": (one,), "kind": "final", "correction": Correction(replaces=1, reason="other", changes=changes),
        "scale": (ScaleStep(letter="A", lower=Decimal("72.5")), ScaleStep(letter="F", lower=Decimal(0))),
    })  # fmt: skip
    sheet = report_view_of(made, "en")
    assert sheet.scale == "A letter is earned from this grade upward: A from 14.5/20 and F from 0/20."
    assert "at A (14.5/20) or above" in " ".join(sheet.verdict)
    assert sheet.courses[0].change == "▲ up 1.5 since Oct 1, 2021"
    assert "13.5/20" in " ".join(sheet.corrected)


@pytest.mark.parametrize("language", ["en", "ar", "es", "fr", "uk", "zh-Hans"])
@pytest.mark.parametrize("among", ["grade_level", "school"])
def test_a_place_is_said_in_every_language_with_whom_it_is_among(report: Report, language: str, among: str) -> None:
    texts = set()
    for is_shared in (False, True):
        rank = ReportRank.model_validate({"among": among, "place": 3, "of": 84, "is_shared": is_shared})
        (said,) = report_view_of(report.model_copy(update={"rank": rank}), language).standing
        texts.add(said)
        assert [int(number) for number in re.findall(r"\d+", said)] == [3, 84]
    assert len(texts) == 2
