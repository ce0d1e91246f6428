"""The PDF of a report: accessible, stamped, literal, and the same every time."""

import os
import re
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.report import Comment, Report
from termpost.tasks.render.pdf import make_pdf

from tests.reading import page_texts

pytestmark = pytest.mark.needs("qpdf", "pdfinfo", "pdftotext", "pdftoppm")

ROOT = Path(__file__).resolve().parents[3]
TRICKY = '#import "x" *bold* $x$ <script> _a_ @b `c` \\d'


def said(pdf: bytes, *options: str) -> str:
    """What pdftotext reads."""
    return subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def flat(pdf: bytes) -> str:
    return " ".join(said(pdf, "-layout").split())


def named(report: Report, name: str) -> Report:
    return report.model_copy(update={"student": report.student.model_copy(update={"name": name})})


def with_course(report: Report, **changes: object) -> Report:
    return report.model_copy(update={"courses": (report.courses[0].model_copy(update=changes),)})


@pytest.mark.parametrize(("paper", "size"), [("us-letter", "(letter)"), ("a4", "(A4)")])
def test_is_sound_tagged_and_says_pdf_ua(report: Report, tmp_path: Path, paper: str, size: str) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(make_pdf(report.model_copy(update={"paper": paper}), "en"))
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
    info = subprocess.run(
        ["pdfinfo", path], env=os.environ | {"TZ": "UTC"}, check=True, capture_output=True
    ).stdout.decode()
    assert "Tagged:          yes" in info
    assert size in info
    assert re.search(r"CreationDate: +Fri Nov 19 00:00:00 2021", info)  # the cut-off, never the clock
    metadata = _metadata(path)
    assert b"pdfuaid:part>1<" in metadata
    assert report.student.name.encode() not in metadata  # a file manager shows the title to anyone


def _metadata(path: Path) -> bytes:
    with pikepdf.open(path) as document:
        return document.Root.Metadata.read_bytes()


def test_the_same_report_gives_the_same_bytes_in_any_thread_and_process(report: Report) -> None:
    first, made = make_pdf(report, "en"), []
    other = threading.Thread(target=lambda: made.append(make_pdf(report, "en")))
    other.start()
    other.join()
    code = (
        "import sys; from termpost.schemas.documents.report import Report\n"
        "from termpost.tasks.render.pdf import make_pdf\n"
        "sys.stdout.buffer.write(make_pdf(Report.model_validate_json(sys.stdin.buffer.read()), 'en'))"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, input=report.model_dump_json().encode(), capture_output=True, check=True
    )
    assert made == [first]
    assert elsewhere.stdout == first
    assert make_pdf(report, "en") == first


def test_every_page_has_the_stamp_on_one_line_and_its_number(long_report: Report) -> None:
    pdf = make_pdf(long_report, "en")
    pages = page_texts(pdf)
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        lines = said(pdf, "-f", str(number), "-l", str(number)).splitlines()
        assert any(long_report.stamp in line for line in lines)
        assert any(f"Page {number} of {len(pages)}" in line for line in lines)
        assert long_report.stamp in page


def test_a_stamp_longer_than_the_page_stays_on_one_line(report: Report) -> None:
    student = report.student.model_copy(update={"number": "fi-" + "8400-" * 30})
    long = report.model_copy(update={"student": student})
    pdf = make_pdf(long, "en")
    assert any(long.stamp in line for line in said(pdf).splitlines())
    assert long.stamp in page_texts(pdf)[0]


def test_a_table_head_is_repeated_on_every_page_of_its_table(long_report: Report) -> None:
    pages = said(make_pdf(long_report, "en"), "-layout").split("\f")
    holding = [page for page in pages if "Assignment" in page]
    assert len(holding) > 1
    assert all("Due" in page and "State" in page for page in holding)
    courses = [page for page in pages if "71.2%" in page]
    assert len(courses) > 1
    assert all(re.search(r"Course +Grade so far +Letter", page) for page in courses)


def test_names_and_titles_print_literally(report: Report) -> None:
    tricky = with_course(named(report, TRICKY), title=TRICKY + "!", comment=Comment(text=TRICKY + "?"))
    text = flat(make_pdf(tricky, "en"))
    assert text.count(TRICKY) >= 3
    assert TRICKY + "?" in text


def test_a_long_word_stays_on_the_page_and_reads_as_one(report: Report) -> None:
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
    pdf = make_pdf(with_course(report, title=word), "en")
    assert word in "".join(said(pdf).split())
    assert "\u200b" not in page_texts(pdf)[0]
    boxes = said(pdf, "-bbox").splitlines()
    edges = [float(line.split('xMax="')[1].split('"')[0]) for line in boxes if "<word" in line]
    assert max(edges) <= 612 - 0.75 * 72 + 1  # points


def test_unseen_characters_neither_reorder_a_name_nor_spoil_the_stamp(report: Report) -> None:
    pdf = make_pdf(named(report, "m\u200bi\u00add\u200bt \u202egnorw\u0007"), "en")
    text = page_texts(pdf)[0]
    assert report.stamp in text
    assert "midt gnorw" in text


def test_what_even_its_name_cannot_set_is_an_error_that_does_not_quote_it(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("termpost.tasks.documents.wording.printable", str)
    monkeypatch.setattr("termpost.tasks.documents.typesetting.printable", str)
    with pytest.raises(InputError) as caught:
        make_pdf(named(report, "𒀀𒁀"), "en")
    assert caught.value.code == "unprintable"
    assert "𒀀" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_an_absent_value_is_a_dash_with_a_word_and_zero_is_zero(report: Report) -> None:
    absent = flat(make_pdf(with_course(report, current=None, letter=None), "en"))
    assert absent.count("– no grade yet") == 1
    assert "no letter" not in absent  # said once
    zero = flat(make_pdf(with_course(report, current=Decimal("0.00"), letter="F", missing=0, late=0), "en"))
    assert "0% F" in zero
    assert "14 graded" in zero
    assert "no grade" not in zero


def test_marks_print_in_exact_decimal(report: Report) -> None:
    exact = "0.1000000000000000055"  # a float would end it after the 1
    assert f"{exact}%" in flat(make_pdf(with_course(report, current=Decimal(exact)), "en"))
