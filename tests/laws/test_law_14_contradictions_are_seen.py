"""Law 14 is held by a reader: here it is shown that the reader sees each kind of contradiction, and nothing else."""

import pytest
from termpost.schemas.documents.report import Report
from termpost.tasks.render.pdf import make_pdf

from tests.report_check import check_report_text
from tests.report_text import read_pdf, read_report
from tests.tasks.render.conftest import report  # noqa: F401 - a fixture

MIDTERM = """Harbour View
Amara
Midterm report, Fall
Grade 9 · Marks up to November 12, 2021
On track in 1 of 4 courses.
Could fall below C (70%) if missing work stays missing: Algebra I.
Below C (70%): Drama.
No grade yet: Art.
What you can do now
Hand in 1 missing piece of work: Algebra I (Ines Okafor). Ask the teacher until when.
Talk with the teacher soon: Drama.
Courses
Course Grade so far Letter
Algebra I
Ines Okafor · 4 graded · 1 missing · 2 not marked yet
84% so far; 1 piece missing; 61% if it stays missing.
Still to be marked by the school: Quiz 3 and Exam.
84% B
Biology
4 graded · 1 late
Points were taken off for lateness: Lab report.
92% A
Art – no grade yet
Drama
3 graded
65% F
The grade so far counts graded work only. On track means C (70%) or above. Graded, missing and late
are numbers of pieces of work.
Missing and late work
Work Due State Mark
Algebra I
Homework 9 Nov 9, 2021 Missing – no mark, of 10
Biology
Lab report Oct 21, 2021 Late 17.5 of 20, counted
as 15.5
What the letters mean
A letter is earned from this percentage upward: A from 90%, B from 80%, C from 70%, and F from 0%.
1 · c · v1 Page 1 of 1"""
FALSE = {
    "a letter that is not what the percentage earns": ("84% B", "84% A"),
    "a percentage that its letter does not fit": ("92% A\n", "89.9% A\n"),
    "a letter without a grade": ("– no grade yet", "– no grade yet F"),
    "a letter of one who left": ("92% A\n", "Left on May 1, 2021; only work due until then counts.\n92% A\n"),
    "another percentage in the sentence": ("84% so far", "85% so far"),
    "more with work missing than without": ("61% if", "95% if"),
    "missing work that nobody prices": ("84% so far; 1 piece missing; 61% if it stays missing.\n", ""),
    "another count in the sentence": ("1 piece missing;", "2 pieces missing;"),
    "work to mark that is not named": ("Still to be marked by the school: Quiz 3 and Exam.\n", ""),
    "nothing to hand in where something is": (
        "Hand in 1 missing piece of work: Algebra I (Ines Okafor). Ask the teacher until when.", "Nothing to do."),
    "another number to hand in": ("Hand in 1 missing piece", "Hand in 2 missing pieces"),
    "a list that is shorter than the count": ("Homework 9 Nov 9, 2021 Missing – no mark, of 10\n", ""),
    "a standing that is not so": ("92% A\n", "65% F\n"),
    "a standing by another bound": ("On track means C (70%)", "On track means C (60%)"),
    "more on track than there are": ("On track in 1 of 4", "On track in 2 of 4"),
    "fewer courses than there are": ("On track in 1 of 4", "On track in 1 of 3"),
    "on track where missing work takes it below": (
        "Could fall below C (70%) if missing work stays missing: Algebra I.\n", ""),
    "another course below the line": ("Below C (70%): Drama", "Below C (70%): Biology"),
    "a course without a grade that is not named": ("No grade yet: Art.\n", ""),
    "a course below that nobody is asked about": ("Talk with the teacher soon: Drama.", ""),
    "no word of those that are on track": ("On track in 1 of 4 courses.\n", ""),
    "a grade to follow without a reason": ("92% A\n", "– grade to follow\n"),
    "a row that cannot be read": ("92% A\n", "92 A\n"),
    "another piece that lateness lowered": ("lateness: Lab report", "lateness: Field notes"),
    "a piece that lateness raised": ("as 15.5", "as 18.5"),
    "a piece that lateness did not lower": (", counted\nas 15.5", ""),
    "missing in another course of the list": ("Homework 9 Nov 9, 2021 Missing – no mark, of 10\nBiology\n",
                                              "Biology\nHomework 9 Nov 9, 2021 Missing – no mark, of 10\n"),
    "missing before it is due": ("Homework 9 Nov 9, 2021", "Homework 9 Nov 19, 2021"),
    "one who leaves later": ("84% so far", "Left on December 1, 2021; only work due until then counts.\n84% so far"),
    "an honour roll with a grade to come": ("– no grade yet\n",
        "The school is deciding.\n– grade to follow\nOn the honor roll, by the grades on this report.\n"),
    "fewer named than are to be marked": ("Quiz 3 and Exam", "Exam"),
    "a code that nothing explains": ("92% A\n", "92% W\n"),
}  # fmt: skip


def test_a_sound_report_has_no_contradiction(report: Report) -> None:  # noqa: F811
    assert check_report_text(MIDTERM) == []
    for made in (report, report.model_copy(update={"courses": report.courses[3:4]})):
        text = read_pdf(make_pdf(made, "en"))
        assert [course.title for course in read_report(text).courses] == [course.title for course in made.courses]
        assert check_report_text(text) == []


@pytest.mark.parametrize("name", FALSE)
def test_one_word_that_is_not_so_is_found(name: str) -> None:
    right, wrong = FALSE[name]
    assert right in MIDTERM
    assert check_report_text(MIDTERM.replace(right, wrong)) != []
