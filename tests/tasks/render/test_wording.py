"""What a report says, before it is a PDF or a page."""

from datetime import date
from decimal import Decimal

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.correction import Correction
from termpost.schemas.documents.report import Report
from termpost.tasks.documents.colour import PANEL, contrast, readable
from termpost.tasks.documents.wording import translator_for, visible
from termpost.tasks.render.report_view import ReportView, report_view_of


def sheet_of(report: Report) -> ReportView:
    return report_view_of(report, "en")


def kept(report: Report, *indices: int, **changes: object) -> Report:
    return report.model_copy(update={"courses": tuple(report.courses[i] for i in indices), **changes})


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
    assert "yet" not in sheet.model_dump_json(exclude={"labels"})
    assert sheet.courses[0].grade.text == "– no grade"


def test_a_second_version_says_which_it_replaces(report: Report) -> None:
    corrected = Correction(replaces=1, reason="other", changes=())
    facts = {
        field.label: field.value.text
        for field in sheet_of(report.model_copy(update={"version": 2, "correction": corrected})).facts
    }
    assert facts["Version"] == "2, replaces version 1"
    facts = {field.label: field.value.text for field in sheet_of(report.model_copy(update={"version": 2})).facts}
    assert "Version" not in facts  # no family has seen an earlier one
    corrected = Correction(replaces=4, counted=1, reason="other", changes=())
    sheet = sheet_of(report.model_copy(update={"version": 6, "correction": corrected}))
    assert {field.label: field.value.text for field in sheet.facts}["Version"] == "2, replaces version 1"
    assert sheet.corrected[0].startswith("This report replaces version 1.")
    assert "Version" not in {field.label for field in sheet_of(report).facts}


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
