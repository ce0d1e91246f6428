"""The verdict on a report and what a family can do: every kind of course, by hand and at random."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.report import Attendance, Contact, Course, Report, ScaleStep, School, Student, Work
from termpost.tasks.render.report_view import report_view_of
from termpost.tasks.render.verdict.course_verdicts import actions_of, middle_step, verdicts_of
from termpost.tasks.render.verdict.on_track_line import on_track_line


def steps(**lower: str) -> tuple[ScaleStep, ...]:
    return tuple(ScaleStep(letter=letter, lower=Decimal(value)) for letter, value in lower.items())


SCALE = steps(A="90", B="80", C="70", D="60", F="0")
BLANK = Work(title="Essay", due=None, state="missing")


def one(title: str, percent: str | None = "85", letter: str | None = "B", **more: Any) -> Course:
    values = {"class_id": title, "title": title, "current": percent, "final": None, "letter": letter,
              "graded": 5, "missing": 0, "late": 0}  # fmt: skip
    return Course.model_validate(values | more)


def report_of(*courses: Course, **more: Any) -> Report:
    values: dict[str, Any] = {
        "languages": ("en",), "cycle_id": "c", "cycle_title": "Fall", "session_title": "Fall", "kind": "midterm",
        "cutoff": date(2021, 11, 19), "version": 1, "school": School(name="N", institution="I"),
        "student": Student(name="Mara Reyes", number="1"), "courses": courses, "attendance": None, "scale": SCALE,
        "method": (), "query_until": date(2021, 12, 3), "ask": Contact(name="the office"),
    }  # fmt: skip
    return Report(**values | more)


def missing(title: str, if_missing: str | None, **more: Any) -> Course:
    return one(title, missing=1, work=(BLANK,), basis={"if_missing": if_missing}, **more)


OWN = {"own_scale": {"steps": [{"letter": "P", "lower": 60}, {"letter": "N", "lower": 0}]}}
CASES: dict[str, tuple[Course, str | None]] = {
    "at the line": (one("a", "70", "C"), "on_track"),
    "above": (one("a"), "on_track"),
    "below by letter": (one("a", "70", "D"), "below"),  # looked up before rounding
    "no grade": (one("a", None, None), "no_grade"),
    "a grade to follow": (one("a", None, None, to_follow=True, follows_for=("marks",)), "follows"),
    "nothing is shown yet": (one("a", None, None, to_follow=True), "follows"),
    "below min_share": (one("a", None, None, basis={"too_little": True}), "too_little"),
    "its own scale": (one("a", "95", "P", **OWN), "apart"),
    "incomplete": (one("a", "95", "I"), "apart"),
    "missing work that would take it below": (missing("a", "69.99"), "missing"),
    "missing work that would not": (missing("a", "70"), "on_track"),
    "missing work with a price that is not known": (missing("a", None), "missing"),
    "missing work that counts already": (one("a", missing=1, work=(BLANK,), basis={"missing_at": 0}), "on_track"),
    "if nothing more is handed in": (one("a", missing=1, work=(BLANK,), final="50"), "missing"),
    "below already, and work is missing": (missing("a", "20", percent="65", letter="D"), "below"),
    "still to mark": (one("a", basis={"to_mark": ("Exam",)}), "to_mark"),
    "set elsewhere, without a percentage": (one("a", None, "B", source="imported"), "on_track"),
    "left": (one("a", basis={"left": "2021-10-01"}), None),
    "narrative only": (one("a", None, None, graded=0, comment={"text": "Works with care."}), "no_grade"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_course_stands_in_one_group(name: str) -> None:
    course, group = CASES[name]
    assert list(verdicts_of(report_of(course))) == ([group] if group else [])


def test_a_letter_by_the_exact_percentage_may_lie_below_the_line_that_it_rounds_to() -> None:
    report = report_of(missing("a", "70"), scale_is_exact=True)
    assert list(verdicts_of(report)) == ["missing"]


def test_the_line_is_the_school_s_or_the_middle_of_the_scale() -> None:
    assert middle_step(SCALE) == middle_step(SCALE[:4]) == ScaleStep(letter="C", lower=Decimal(70))
    assert middle_step(steps(F="0", P="50")) == ScaleStep(letter="P", lower=Decimal(50))
    assert middle_step(()) is None
    assert on_track_line(None, SCALE) is None
    assert on_track_line("B", SCALE) == on_track_line("80%", SCALE) == ScaleStep(letter="B", lower=Decimal(80))
    bare = on_track_line("75 %", SCALE)
    assert bare == ScaleStep(letter="", lower=Decimal(75))
    for percent, group in (("75", "on_track"), ("74.99", "below")):
        assert list(verdicts_of(report_of(one("a", percent, "C"), on_track_at=bare))) == [group]
    for wrong in ("E", "seventy", "70"):
        with pytest.raises(InputError, match=r"on_track_at is neither .*A, B, C, D, F"):
            on_track_line(wrong, SCALE)


def sentences(report: Report) -> tuple[str, ...]:
    return report_view_of(report, "en").verdict


def test_the_verdict_is_one_sentence_and_names_every_course_it_does_not_hold_for() -> None:
    report = report_of(
        one("Art", None, None), one("Biology"), missing("Chemistry", "61"), one("Drama", "65", "D"),
        one("English", basis={"to_mark": ("Exam",)}), one("French", "99", "P", **OWN),
        one("German", None, None, to_follow=True), one("History", None, None, basis={"too_little": True}),
        one("Italian", "40", "F"),
    )  # fmt: skip
    assert sentences(report) == (
        "On track in 1 of 9 courses.", "Below C (70%): Drama and Italian.",
        "Could fall below C (70%) if missing work stays missing: Chemistry.",
        "Not settled, as work is still to be marked by the school: English.", "Grade to follow: German.",
        "Too little work to judge yet: History.", "No grade yet: Art.", "Not on the school’s scale: French.",
    )  # fmt: skip
    assert sentences(report_of(one("Art"), one("Biology"))) == ("On track in all 2 courses: at C (70%) or above.",)
    assert sentences(report_of(one("Art"))) == ("On track in the one course: at C (70%) or above.",)
    final = [one(title, None, "B", final="85") for title in ("Art", "Biology")]
    assert sentences(report_of(*final, kind="final")) == ("All 2 courses are at C (70%) or above.",)
    low = one("Chess", None, "D", final="65")
    assert sentences(report_of(*final, low, kind="final")) == (
        "At C (70%) or above in 2 of 3 courses.", "Below C (70%): Chess.",
    )  # fmt: skip


def test_without_a_line_nothing_is_judged() -> None:
    for report in (
        report_of(one("Art"), one("Biology", "10", "F"), student=Student(name="Mara Reyes", number="1", verdict=False)),
        report_of(one("Art", "85", None), one("Biology", "10", None), scale=()),
        report_of(one("Art", "95", "P", **OWN), one("Biology", "10", "N", **OWN)),
    ):
        assert sentences(report) == ("Mara Reyes has a grade in all 2 courses.",)
        assert actions_of(report)[0].what == "nothing"
    assert sentences(report_of(one("Art", "65", "D"), one("Biology", None, None))) == (
        "Below C (70%): Art.", "No grade yet: Biology.",
    )  # fmt: skip
    assert sentences(report_of()) == ("This report lists no courses.",)
    nothing = report_of(one("Art", None, None), one("Biology", None, None))
    assert sentences(nothing) == ("Mara Reyes has no grade yet in any of 2 courses.",)


def test_a_family_is_told_at_most_three_things_and_with_whom() -> None:
    absent = Attendance(first=date(2021, 9, 1), last=date(2021, 11, 1), present=Decimal(30), absent_excused=Decimal(1),
                        absent_unexcused=Decimal("1.5"), late=0)  # fmt: skip
    report = report_of(
        missing("Chemistry", "61", teachers=("Ana Ito", "Bo Lee")), one("Drama", "65", "D", teachers=("Cy Ott",)),
        attendance=absent,
    )  # fmt: skip
    assert report_view_of(report, "en").actions == (
        "Hand in 1 missing piece of work: Chemistry (Ana Ito, Bo Lee). Ask the teacher until when.",
        "Talk with the teacher soon: Drama (Cy Ott).",
        "Days absent without an excuse on record: 1.5. Please tell the office why.",
    )
    said = report_view_of(report.model_copy(update={"sections": ()}), "en").actions
    assert said == ("Talk with the teacher soon: Drama (Cy Ott).",)
    final = report.model_copy(update={"kind": "final", "attendance": None})
    assert "Hand in" not in " ".join(report_view_of(final, "en").actions)
    many = report_of(*(one(title, "65", "D", teachers=("Cy Ott",)) for title in "ABCD"))
    assert report_view_of(many, "en").actions == ("Talk with the teacher soon: A, B, C, and D.",)
    waits = report_of(one("English", basis={"to_mark": ("Exam",)}))
    assert report_view_of(waits, "en").actions[0].endswith("some grades are still to come from the school.")
    assert report_view_of(report_of(one("Art")), "en").actions == ("Nothing needs to be done now.",)


def test_a_change_is_told_above_the_school_s_threshold_alone() -> None:
    earlier = {"trend": ({"day": "2021-06-04", "percent": "80"},)}
    told = {
        percent: report_view_of(report_of(one("a", percent, "B", **earlier)), "en").courses[0].change
        for percent in ("82", "82.01", "77")
    }
    assert told == {"82": "", "82.01": "▲ up 2.01 since Jun 4, 2021", "77": "▼ down 3 since Jun 4, 2021"}
    assert (
        report_view_of(report_of(one("a", "77", "B", **earlier), change_from=Decimal(3)), "en").courses[0].change == ""
    )


def test_attendance_is_a_sentence_or_not_there() -> None:
    base = {"first": date(2021, 9, 7), "last": date(2021, 11, 19), "present": Decimal(52), "absent_excused": Decimal(0),
            "absent_unexcused": Decimal(0), "late": 0}  # fmt: skip

    def said(**more: Any) -> str:
        return report_view_of(report_of(attendance=Attendance(**base | more)), "en").attendance_text.replace(
            "\u2009", ""
        )

    assert said() == "No absences and not late once, Sep 7–Nov 19, 2021."
    assert said(absent_excused=Decimal("0.5"), late=3) == (
        "Days, Sep 7–Nov 19, 2021: present 52, absent with an excuse 0.5, and late 3."
    )
    assert said(present=None) == ""  # of this student nothing is recorded
    assert report_view_of(report_of(), "en").attendance_text == ""


def test_the_title_is_the_school_s_own_or_kind_and_term() -> None:
    assert report_view_of(report_of(), "en").title == "Midterm report, Fall"
    assert report_view_of(report_of(kind="end_of_term"), "en").title == "End-of-term report, Fall"
    assert report_view_of(report_of(cycle_title="Mid-Autumn report"), "es").title == "Mid-Autumn report"


hundredths = st.integers(0, 10000).map(lambda n: Decimal(n) / 100)


@given(now=hundredths, then=hundredths, exact=st.booleans(), line=st.sampled_from([None, "B", "75%", "0%"]))
def test_on_track_is_never_said_of_a_course_that_missing_work_would_take_below(
    now: Decimal, then: Decimal, exact: bool, line: str | None
) -> None:
    at = on_track_line(line, SCALE)
    letter = next(step.letter for step in SCALE if step.lower <= now)
    course = one("Chemistry", str(now), letter, missing=1, work=(BLANK,), basis={"if_missing": str(then)})
    report = report_of(course, on_track_at=at, scale_is_exact=exact)
    if "on_track" in verdicts_of(report):
        lower = Fraction(70 if at is None else at.lower)
        assert min(Fraction(now), Fraction(then)) >= lower
        # rounded by at most half a hundredth, so what was rounded to the line may lie below it
        assert not exact or Fraction(then) != lower or lower == 0
    assert ("On track" in " ".join(sentences(report))) is ("on_track" in verdicts_of(report))
