"""What the gallery shows of retention: the list of what is due, of people who do not exist."""

from datetime import date, timedelta

from termpost.tasks.home.home import Home
from termpost.tasks.papers.gallery.exhibits import Exhibit
from termpost.tasks.records.retention.due import DueRecord, RetentionPlan
from termpost.tasks.records.retention.list_paper import paper_of_due


def retention_exhibits(home: Home) -> tuple[Exhibit, ...]:
    """By this school's own page."""
    plan = _sample_plan(home.today)
    return (Exhibit("retention-list", lambda: paper_of_due(home.settings, home.retention, plan, home.today)),)


def _sample_plan(today: date) -> RetentionPlan:
    began, last = today - timedelta(days=800), today - timedelta(days=70)
    pages = [DueRecord("delivery-copies", "store", "sealed/<recipient>/<page>", f"sealed/r{n:032x}/{n:064x}.html",
                       began, last) for n in range(4)]  # fmt: skip
    rows = DueRecord("history", "tables", "core_result", "core_result", began, last, 12034)
    return RetentionPlan((*pages, rows), held=3)
