"""A report as PDF: tagged, accessible (PDF/UA-1, ISO 14289-1), the same bytes for the same report."""

from collections.abc import Sequence
from datetime import date

from termpost.schemas.documents.report import Report
from termpost.tasks.documents.typesetting import typeset
from termpost.tasks.render.report_view import ReportView, report_view_of


def make_pdf(report: Report, language: str) -> bytes:
    """PDF/UA-1 of one report in one language, its stamp on every page.

    Raises InputError where no font covers a character, or the language has no words.
    """
    return pdf_of([report_view_of(report, language)], report.cutoff)


def pdf_of(views: Sequence[ReportView], dated: date) -> bytes:
    """The same, of a report that is in words already: its first part, since a second is for the screen alone."""
    return typeset("report.typ", data={"parts": f"[{views[0].model_dump_json()}]"}, dated=dated, standard="ua-1")
