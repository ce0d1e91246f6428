"""A report's page as the tests look at it."""

from termpost.schemas.documents.report import Report
from termpost.tasks.render.page import page_of
from termpost.tasks.render.report_view import report_views


def make_page(report: Report, language: str) -> bytes:
    """One report in one language, by our own template."""
    return page_of(report_views(report, language))
