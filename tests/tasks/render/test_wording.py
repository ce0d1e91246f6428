"""What a report says, before it is a PDF or a page."""

from datetime import date
from decimal import Decimal

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.report import Correction, Report, ScaleStep
from termpost.tasks.documents.colour import PANEL, contrast, readable
from termpost.tasks.documents.wording import translator_for, visible
from termpost.tasks.render.report_view import ReportView, report_view_of
from termpost.tasks.render.summary_sentences import benchmark


def steps(**lower: str) -> tuple[ScaleStep, ...]:
    return tuple(ScaleStep(letter=letter, lower=Decimal(value)) for letter, value in lower.items())


def sheet_of(report: Report) -> ReportView:
    return report_view_of(report, "en")


def kept(report: Report, *indices: int, **changes: object) -> Report:
    return report.model_copy(update={"courses": tuple(report.courses[i] for i in indices), **changes})


def test_the_first_sentences_count_grades_standing_and_work(report: Report) -> None:
    assert sheet_of(report).glance == (
        "Amara Lindqvist-Reyes has a grade in 6 of 7 courses.",
        "All 6 are at C (70%) or above.",
        "3 pieces of work are missing and one piece came late; see the list below.",
    )


def test_the_first_sentences_of_other_students(report: Report) -> None:
    low = report.courses[0].model_copy(update={"letter": "D"})
    assert sheet_of(kept(report, 3, 4)).glance[1:] == (
        "All 2 are at C (70%) or above.",
        "No work is missing or late.",
    )
    assert sheet_of(kept(report, 5)).glance == (
        "Amara Lindqvist-Reyes has no grade yet in the one course on this report.", "No work is missing or late.",
    )  # fmt: skip
    assert sheet_of(report.model_copy(update={"courses": (low, report.courses[1])})).glance[1] == (
        "Of these, 1 is at C (70%) or above."
    )
    assert sheet_of(report.model_copy(update={"courses": (low,)})).glance[1] == "It is below C (70%)."
    assert sheet_of(kept(report, 1)).glance[2] == "No work is missing; one piece came late."
    assert sheet_of(kept(report)).glance == ("This report lists no courses.",)


def test_standing_goes_by_the_letter_since_that_was_looked_up_before_rounding(report: Report) -> None:
    just_under = report.courses[0].model_copy(update={"current": Decimal("70.00"), "letter": "D"})
    assert sheet_of(report.model_copy(update={"courses": (just_under,)})).glance[1] == "It is below C (70%)."


def test_a_letter_off_the_scale_is_not_judged(report: Report) -> None:
    incomplete = report.courses[0].model_copy(update={"letter": "I"})
    assert sheet_of(report.model_copy(update={"courses": (incomplete,)})).glance[1:] == (
        "One piece of work is missing; see the list below.",
    )


def test_the_benchmark_is_the_middle_of_the_scale() -> None:
    assert benchmark(steps(A="90", B="80", C="70", D="60", F="0")) == ScaleStep(letter="C", lower=Decimal(70))
    assert benchmark(steps(A="90", B="80", C="70", D="60")) == ScaleStep(letter="C", lower=Decimal(70))
    assert benchmark(steps(F="0", P="50")) == ScaleStep(letter="P", lower=Decimal(50))
    assert benchmark(()) is None


def test_percentages_share_their_places_and_are_never_rounded(report: Report) -> None:
    one = report.courses[0].model_copy(update={"current": Decimal("89.995"), "final": Decimal("90.00")})
    row = sheet_of(report.model_copy(update={"courses": (one,)})).courses[0]
    assert (row.grade.text, row.beside.text) == ("89.995%", "90.000%")
    with pytest.raises(ValueError, match="rounded"):
        translator_for("en").percent(Decimal("89.995"), 2)


def test_numbers_and_dates_follow_the_language_and_region() -> None:
    assert translator_for("en").day(date(2021, 11, 19)) == "November 19, 2021"
    assert translator_for("en-GB").day(date(2021, 11, 19)) == "19 November 2021"
    assert translator_for("en").number(Decimal("1234.50")) == "1,234.5"
    assert translator_for("en").number(Decimal("0E+2")) == "0"
    assert translator_for("en").number(Decimal("1." + "3" * 37)) == "1." + "3" * 37


def test_a_language_without_words_is_refused_and_not_named() -> None:
    for tag in ("tlh", "zz-!!", ""):
        with pytest.raises(InputError) as caught:
            translator_for(tag)
        assert caught.value.code == "no-such-language"
        assert not tag or tag not in str(caught.value)


def test_a_final_report_does_not_say_yet(report: Report) -> None:
    sheet = sheet_of(kept(report, 5, kind="final", method=()))
    assert "yet" not in sheet.model_dump_json(exclude={"absent", "labels"})
    assert sheet.courses[0].grade.text == "– no grade"


def test_a_second_version_says_which_it_replaces(report: Report) -> None:
    corrected = Correction(replaces=1, reason="other", changes=())
    facts = {
        field.label: field.value.text
        for field in sheet_of(report.model_copy(update={"version": 2, "correction": corrected})).facts
    }
    assert facts["Version"] == "2, replaces version 1"
    facts = {field.label: field.value.text for field in sheet_of(report.model_copy(update={"version": 2})).facts}
    assert facts["Version"] == "2"  # no family has seen version 1


def test_unseen_characters_are_dropped_and_breaks_are_spaces() -> None:
    assert visible("a\u202eb\u200bc\nd\u0000e") == "abc de"


@pytest.mark.parametrize("colour", ["#1f4e79", "#ffff00", "#ffffff", "#7fff00"])
def test_a_school_colour_becomes_readable_and_stays_when_it_is(colour: str) -> None:
    assert contrast(readable(colour, PANEL), PANEL) >= 4.5
    assert readable("#1f4e79", PANEL) == "#1f4e79"
    assert round(contrast("#ffffff", "#000000"), 2) == 21


def test_a_colour_that_is_none_is_refused(report: Report) -> None:
    with pytest.raises(InputError, match="colour"):
        readable("red; } body { display: none", PANEL)
