"""Sections that a school switches off for a kind of cycle are on neither rendition; the rest always is."""

import re
import subprocess

import pytest
from termpost.schemas.documents.report import SECTIONS, Report
from termpost.tasks.render.pdf import make_pdf

from tests.pages import make_page

TITLES = {
    "trend": "▲ up", "standards": "Learning goals", "work": "Missing and late work", "comments": "Comments",
    "attendance": "Attendance", "scale": "What the letters mean", "method": "How the grades were worked out",
    "policies": "School policies",
}  # fmt: skip
ALWAYS = ("What you can do now", "Ask a question or meet a teacher", "About this report", "Courses")


def texts(report: Report) -> list[str]:
    pdf = subprocess.run(["pdftotext", "-", "-"], input=make_pdf(report, "en"), capture_output=True, check=True)
    page = re.sub(r"<[^>]+>", " ", make_page(report, "en").decode().split("<body>")[1])
    return [" ".join(text.split()) for text in (pdf.stdout.decode(), page)]


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_is_off_is_on_neither_rendition(full_report: Report, section: str) -> None:
    for text in texts(full_report):
        assert TITLES[section] in text
    kept = tuple(name for name in SECTIONS if name != section)
    for text in texts(full_report.model_copy(update={"sections": kept, "correction": None})):
        assert TITLES[section] not in text
        for name in (*(TITLES[name] for name in kept), *ALWAYS):
            assert name in text


@pytest.mark.needs("pdftotext")
def test_without_its_section_the_first_sentences_are_silent_about_it(full_report: Report) -> None:
    for text in texts(full_report.model_copy(update={"sections": ()})):
        assert "since Jun 4, 2021" not in text
        assert "Hand in" not in text
        assert "On track in 6 of 7 courses." in text
