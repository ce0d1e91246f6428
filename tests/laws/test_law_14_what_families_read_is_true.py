"""Law 14: no letter, word and number of a report contradict each other, and nothing lowers a grade unnamed.

Each report is made from a gradebook, and its PDF is read back by `tests/report_text.py`, which shares nothing with what
made it; `tests/report_check.py` says what of it contradicts what.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest
from termpost.tasks.render.pdf import make_pdf

from tests.case_reports import CaseReports
from tests.report_check import check_report_text
from tests.report_text import read_pdf, read_report
from tests.tasks.gradebook import Rooms
from tests.tasks.render.every_case import ann_s_report, rooms_of_every_case

# what is read of each course: grade, letter, what is said below it; "" where it is the same in every kind of cycle
LITTLE = "Nothing counts in: Exam."
SAME = {
    "Algebra, part 1": ("90%", "A", ""),
    "Algebra, part 2": ("90%", "A", ""),
    "Algebra, part 10": ("90%", "A", ""),
    "Botany": ("72%", "C", "1 missing piece counted with 60% of its points."),
    "Chemistry": ("70%", "C", "Points were taken off for lateness: Titration."),
    "Health": ("88%", "B", "Left out, due in the first days in the class: First task."),
    "Italian": ("92%", "", "Left on October 29, 2021; only work due until then counts."),
    "Music, section 2": ("90%", "A", "Marks from Music, section 1 are included."),
    "Physical Education": ("65%", "P", "In this class: P from 60% and N below."),
    "Rhetoric": ("88.5%", "A", "Percentage and letter as the school set them."),
    "Service": ("– no percentage", "W", ""),
}
MIDTERM = SAME | {
    "Biology": ("84%", "B", "84% so far; 1 piece missing; 42% if it stays missing."),
    "Drama": ("90%", "A", "Still to be marked by the school: Term exam."),
    "English": ("78%", "C", "Not in this grade yet: Exam."),
    "French": ("78%", "C", "Not in this grade yet: Exam."),
    "German": ("– too little work yet", "", LITTLE),
    "Pottery": ("90%", "I", "Incomplete, not counted yet: Vase."),
}
FINAL = SAME | {
    "Biology": ("42%", "F", "1 missing piece counted as 0."),
    "Drama": ("– grade to follow", "", "1 piece is still to be marked by the school: Term exam."),
    "English": ("78%", "C", "Not in this grade: Exam."),
    "French": ("– grade to follow", "", "The school has not entered any marks yet in: Exam."),
    "German": ("– too little work", "", LITTLE),
    "Pottery": ("45%", "I", "Incomplete and counted as 0: Vase."),
}
KINDS = {
    "midterm": MIDTERM, "final": FINAL,
    "end_of_term": FINAL | {"German": ("– too little work yet", "", LITTLE)},
}  # fmt: skip
CODES = "P = pass, N = no pass, I = incomplete, and W = withdrawn."


@pytest.fixture(scope="module")
def every_case(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rooms, str]:
    return rooms_of_every_case(tmp_path_factory.mktemp("every-case"))


@pytest.mark.parametrize("kind", KINDS)
def test_each_grade_stands_with_what_it_rests_on_and_nothing_contradicts_it(
    every_case: tuple[Rooms, str], kind: str
) -> None:
    text = read_pdf(make_pdf(ann_s_report(*every_case, kind), "en"))
    report = read_report(text)
    assert {c.title: (c.grade, c.letter, c.notes) for c in report.courses} == KINDS[kind]
    assert [c.title for c in report.courses][:3] == ["Algebra, part 1", "Algebra, part 2", "Algebra, part 10"]
    assert CODES in report.said
    assert "90 of 100, counted as 70" in report.said
    assert ("Course Grade so far Letter" in report.said) is (kind == "midterm")
    assert check_report_text(text) == []


def test_the_first_sentences_say_both_what_is_missing_and_what_is_still_to_be_marked(
    every_case: tuple[Rooms, str],
) -> None:
    glance = read_report(read_pdf(make_pdf(ann_s_report(*every_case, "end_of_term"), "en"))).glance
    assert "On track" not in glance
    assert "Grade to follow: Drama and French." in glance
    assert "Below C (70%): Biology." in glance


Rows = dict[str, tuple[str, str]]


def read(texts: Mapping[str, str]) -> dict[str, Rows]:
    """Student → class → grade and letter; each report must be sound."""
    assert {student: found for student, text in texts.items() if (found := check_report_text(text))} == {}
    return {s: {c.title: (c.grade, c.letter) for c in read_report(text).courses} for s, text in texts.items()}


def test_a_letter_fits_the_percentage_beside_it_or_the_row_says_why(tmp_path: Path) -> None:
    whole = {"TERMPOST_GRADING__ROUNDING__PLACES": "0"}
    case = CaseReports("03-letter-vs-printed", tmp_path)
    assert read(case.texts("mid", **whole)) == {s: {"Class m": ("90%", "A")} for s in ("s1", "s2", "s3")}
    texts = case.texts("end", **whole, TERMPOST_GRADING__SCALE_BY="exact")
    assert {s: rows["Class m"] for s, rows in read(texts).items()} == {
        "s1": ("90%", "B"), "s2": ("90%", "B"), "s3": ("90%", "A"),
    }  # fmt: skip
    assert read_report(texts["s1"]).courses[0].notes == "Before rounding it is below 90%."
    assert "Letters go by the percentage before it is rounded." in read_report(texts["s3"]).said


def test_work_that_nobody_marked_lowers_nothing_and_is_named(tmp_path: Path) -> None:
    case = CaseReports("20-ungraded-by-teacher", tmp_path)
    assert read(case.texts("mid")) == {"s1": {"Class m": ("90%", "A")}, "s2": {"Class m": ("95%", "A")},
                                       "s3": {"Class m": ("75%", "C")}}  # fmt: skip
    texts = case.texts("end")
    assert read(texts) == {s: {"Class m": ("– grade to follow", "")} for s in ("s1", "s2", "s3")}
    report = read_report(texts["s1"])
    assert report.courses[0].notes == "1 piece is still to be marked by the school: Term exam."
    assert "Pat has no grade yet in the one course on this report. Grade to follow: Class m." in report.glance
    assert "Nothing needs to be done now; some grades are still to come from the school." in report.glance


def test_a_period_in_which_nothing_counts_is_left_out_and_named(tmp_path: Path) -> None:
    case = CaseReports("29-excused-whole-period", tmp_path)
    early = case.texts("mid", "midterm-six-days-into-quarter-2")
    assert read(early) == {
        "s1": {"Algebra": ("90%", "A")}, "s2": {"Algebra": ("95%", "A")},
    }  # fmt: skip
    assert read_report(early["s1"]).courses[0].notes == "Not in this grade yet: Quarter 2."
    late = case.texts("end")
    assert read(late)["s2"] == {"Class alg": ("90%", "A")}
    assert read_report(late["s2"]).courses[0].notes == "Not in this grade: p1."


def test_a_class_with_letters_of_its_own_explains_them(tmp_path: Path) -> None:
    report = read_report(text := CaseReports("13-attendance-and-scales", tmp_path).texts("mid")["s4"])
    assert check_report_text(text) == []
    rows = {course.title: (course.grade, course.letter, course.notes) for course in report.courses}
    assert rows["AP Calculus"] == ("86%", "A", "In this class: A from 85%, B from 75%, C from 65%, and F below.")
    assert rows["English"] == ("86%", "B", "")
    assert rows["Physical Education (pass/fail)"] == ("65%", "P", "In this class: P from 60% and NP below.")
    assert "P = pass and NP = no pass." in report.said
    assert "On track in 1 of 3 courses. Not on the school’s scale: AP Calculus and Physical" in report.glance


def test_a_move_is_one_line_and_a_leaver_has_no_letter(tmp_path: Path) -> None:
    texts = CaseReports("02-section-change", tmp_path).texts("end", "cycle-extract")
    found = read(texts)
    assert found["s1"] == {"Algebra (period 4)": ("91%", "A")}
    assert read_report(texts["s1"]).courses[0].notes == "Marks from Algebra (period 1) are included."
    assert not any(letter for _, letter in found.get("s4", {}).values())
