"""Rule: what a report's pages print is attached as data, nothing more; a second way finds what is not so (law 13)."""

import json
import subprocess
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from jsonschema import Draft202012Validator
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.printed_report import PrintedReport
from termpost.schemas.documents.report import Report
from termpost.tasks.documents.verify.attached import attached_data, refuse_attached
from termpost.tasks.documents.verify.stamps import refuse_other_pdf, refuse_unlike
from termpost.tasks.documents.wording import languages
from termpost.tasks.render.page import page_of
from termpost.tasks.render.pdf import make_pdf
from termpost.tasks.render.report_view import report_views

from tests.pdf_standards.broken import attach_in_note, broken, form, launch, run_script, script_on_page
from tests.reading import page_texts

SCHEMA = Path(__file__).parents[3] / "schemas" / "documents" / "printed_report.schema.json"
LEFT_OFF = {
    "standards": "Writes linear equations", "work": "Homework 9: factoring", "attendance": "absent_excused",
    "comments": "A kind and reliable member of our class.", "scale": "A from 90%", "method": "Homework 40%",
    "policies": "https://harbourview.example/policies/grading",
}  # fmt: skip


def attached(pdf: bytes) -> Any:
    with pikepdf.open(BytesIO(pdf)) as document:
        return json.loads(document.attachments["report.json"].get_file().read_bytes())


def changed(pdf: bytes, change: Callable[[Any], object]) -> bytes:
    """The same pages, with other data."""

    def write(document: pikepdf.Pdf) -> None:
        file = document.Root.AF[0].EF.F
        said = json.loads(file.read_bytes())
        change(said)
        file.write(json.dumps(said).encode())

    return broken(pdf, write)


def texts(value: Any) -> Iterator[str]:
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    for one in held:
        yield from [one] if isinstance(one, str) else texts(one)


def refused(pdf: bytes, report: Report) -> str:
    with pytest.raises(InputError) as caught:
        refuse_other_pdf(pdf, {report.stamp}, "a PDF")
    assert report.student.name not in str(caught.value)
    return caught.value.code


def test_the_shipped_schema_is_the_model_s_and_the_data_fits_it(full_report: Report) -> None:
    schema = json.dumps(PrintedReport.model_json_schema(mode="serialization"), indent=1, sort_keys=True) + "\n"
    assert SCHEMA.read_text(encoding="utf-8") == schema
    said = attached(make_pdf(full_report, "en"))
    Draft202012Validator(json.loads(schema)).validate(said)
    assert PrintedReport.model_validate(said).sheets[0].student == "Mara (Amara Lindqvist-Reyes)"


def test_it_has_texts_as_printed_and_exact_figures(full_report: Report) -> None:
    said = attached(make_pdf(full_report, "es"))
    (spanish,) = said["sheets"]  # nobody has reviewed it yet: the English is on the page alone
    assert (said["stamp"], spanish["language"], len(spanish["translated"])) == (full_report.stamp, "es", 2)
    (sheet,) = attached(make_pdf(full_report, "en"))["sheets"]
    algebra = sheet["courses"][0]
    assert (algebra["title"], algebra["teachers"], algebra["letter"]) == ("Algebra I", "Ines Okafor", "B")
    assert algebra["grade"] == {"text": "87.50%", "exact": "87.50"}
    assert spanish["courses"][0]["grade"]["exact"] == "87.50"
    assert sheet["courses"][5]["grade"] == {"text": "– no grade yet"}
    assert sheet["attendance"]["days"]["absent_excused"] == {"text": "2", "exact": "2"}
    assert sheet["title"] == "Midterm, Fall 2021"


def test_grades_in_points_say_out_of_how_many(report: Report) -> None:
    twenty = tuple(c.model_copy(update={"show_of": Decimal(20)}) for c in report.courses)
    made = make_pdf(report.model_copy(update={"courses": twenty}), "en")
    assert attached(made)["sheets"][0]["courses"][0]["grade"] == {"text": "17.5/20", "exact": "17.5", "of": "20"}
    refuse_other_pdf(made, {report.stamp}, "a PDF")


@pytest.mark.needs("pdftotext")
def test_poppler_reads_every_word_of_it_on_the_pages(full_report: Report) -> None:
    """A third reader, of what is from left to right."""
    pdf = make_pdf(full_report, "en")
    page = "".join("".join(page_texts(pdf)).split())
    said = attached(pdf)
    assert said.pop("format") == "termpost.printed-report/1"
    words = [word for text in texts(said) for word in text.split() if text not in ("en", "es")]
    assert len(words) > 300
    assert [word for word in words if word not in page] == []


@pytest.mark.parametrize("section", LEFT_OFF)
def test_what_is_left_off_the_page_is_not_in_it(full_report: Report, section: str) -> None:
    sections = tuple(one for one in full_report.sections if one != section)
    less = full_report.model_copy(update={"sections": sections})
    before, after = (json.dumps(attached(make_pdf(one, "en"))) for one in (full_report, less))
    assert (LEFT_OFF[section] in before, LEFT_OFF[section] in after) == (True, False)


def test_a_median_of_a_class_too_small_and_what_names_a_record_are_not_in_it(full_report: Report) -> None:
    with_median = full_report.courses[0].model_copy(update={"class_median": Decimal("77.77")})
    known = full_report.model_copy(update={"courses": (with_median, *full_report.courses[1:])})
    assert "77.77" in json.dumps(attached(make_pdf(known, "en")))
    said = json.dumps(attached(make_pdf(full_report, "en")))
    assert "77.77" not in said
    assert not [key for key in ("class_id", "cycle_id", "query_until", "subject") if key in said]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("fixture", ["full_report", "noted_report", "long_report"])
def test_the_second_way_finds_nothing_where_nothing_is_wrong(
    fixture: str, language: str, request: pytest.FixtureRequest
) -> None:
    report = request.getfixturevalue(fixture)
    views = report_views(report, language)
    refuse_unlike(page_of(views), make_pdf(report, language), report.stamp)


def _figure(said: Any) -> None:
    said["sheets"][0]["courses"][0]["notes"].append("Median 41")


FALSE: dict[str, tuple[Callable[[Any], object], str]] = {
    "another student's name": (lambda s: s["sheets"][0].update(student="Kyle Berg"), "data-not-printed"),
    "a figure more": (_figure, "data-not-printed"),
    "an address": (lambda s: s["sheets"][0].update(address="12 Elm Street"), "data-not-printed"),
    "another exact grade": (lambda s: s["sheets"][0]["courses"][0]["grade"].update(exact="88"), "data-not-printed"),
    "ten times as much": (lambda s: s["sheets"][0]["courses"][0]["grade"].update(exact="875"), "data-not-printed"),
    "no figure": (lambda s: s["sheets"][0]["courses"][0]["grade"].update(exact="x"), "strange-attachment"),
    "a number": (lambda s: s["sheets"][0].update(rank=None), "strange-attachment"),
    "a name as a key": (lambda s: s["sheets"][0].update({"Kyle Berg": "A"}), "strange-attachment"),
    "another report": (lambda s: s.update(stamp="604822 · 2021-fall-midterm · v2"), "strange-attachment"),
    "another format": (lambda s: s.update(format="termpost.report/2"), "strange-attachment"),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE)
def test_data_that_the_pages_do_not_print_is_refused(full_report: Report, name: str) -> None:
    change, code = FALSE[name]
    assert refused(changed(make_pdf(full_report, "en"), change), full_report) == code


@pytest.mark.parametrize("language", ["ar", "zh-Hans", "uk"])
def test_so_is_a_figure_in_any_language(full_report: Report, language: str) -> None:
    assert refused(changed(make_pdf(full_report, language), _figure), full_report) == "data-not-printed"


def _second(document: pikepdf.Pdf) -> None:
    document.attachments["other.pdf"] = pikepdf.AttachedFileSpec(document, b"%PDF-1.7", filename="other.pdf")


def _hidden(document: pikepdf.Pdf) -> None:
    """Attached to a page alone, where few viewers show it."""
    document.pages[0].obj.AF = pikepdf.Array([document.Root.AF[0]])


@pytest.mark.parametrize("act", [run_script, script_on_page, launch, form, attach_in_note, _second, _hidden])
def test_a_report_that_does_something_or_brings_more_is_refused(full_report: Report, act: Any) -> None:
    assert refused(broken(make_pdf(full_report, "en"), act), full_report) == "strange-attachment"


def test_a_report_of_before_has_no_data_and_one_that_is_made_must(report: Report) -> None:
    def bare(document: pikepdf.Pdf) -> None:
        del document.Root.AF, document.Root.Names

    old = broken(make_pdf(report, "en"), bare)
    assert attached_data(old, "a PDF") is None
    refuse_other_pdf(old, {report.stamp}, "a PDF")
    with pytest.raises(InputError, match="not attached"):
        refuse_unlike(page_of(report_views(report, "en")), old, report.stamp)


def test_paper_has_nothing_attached(report: Report) -> None:
    with pytest.raises(InputError, match="goes on paper"):
        refuse_attached(make_pdf(report, "en"), "a pack")


@pytest.mark.needs("qpdf")
def test_a_file_with_row_headers_is_sound(long_report: Report, tmp_path: Path) -> None:
    """The table of objects is written anew."""
    path = tmp_path / "report.pdf"
    path.write_bytes(make_pdf(long_report, "uk"))
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, check=True)
    assert b"No syntax or stream encoding errors" in done.stdout
