"""The review of a year: its numbers, page, paper and evidence."""

from dataclasses import dataclass

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.log.review.review_due import ReviewDue, review_due
from termpost.schemas.log.review.review_numbers import YearNumbers, in_year, year_numbers
from termpost.schemas.log.review.school_year import SchoolYear, school_year
from termpost.tasks.home.home import Home
from termpost.tasks.papers.procedure_paper.procedure_text import procedure_digest, procedure_text
from termpost.tasks.records.review.beside_log import beside_the_log
from termpost.tasks.records.review.evidence_zip import evidence_zip, segments_of, sum_of
from termpost.tasks.records.review.review_parts import CheckItem, checklist
from termpost.tasks.records.review.review_sheet import page_of, paper_of, sheet_of

FORMAT = "termpost.review/1"


class ReviewJson(FrozenModel):
    """`review.json`."""

    format: str
    procedure: str  # digest of its text
    this_year: YearNumbers
    year_before: YearNumbers | None
    checklist: tuple[CheckItem, ...]


@dataclass(frozen=True)
class MadeReview:
    """File name → bytes, and what whoever signs puts their name to."""

    numbers: YearNumbers
    files: dict[str, bytes]
    procedure: str  # digest of the procedure's text
    evidence: str  # SHA-256 of evidence.zip
    due: ReviewDue


def make_review(home: Home, text: str) -> MadeReview:
    """Reads the log once; writes nothing.

    Raises:
        InputError: `no-year`; `no-data`, where the log has no entry of that year; `log-broken`.
    """
    year = school_year(text, home.settings.review.year_starts)
    entries, places = segments_of(home)
    mine = in_year(entries, year, home.calendar)
    if not mine:
        raise InputError("no-data", f"the log has no entry of {year.name}", "--year",
                         "give a year in which this home was used")  # fmt: skip
    cell = home.settings.privacy.small_cell

    def counted_in(one: SchoolYear) -> YearNumbers:
        return year_numbers(entries, one, home.calendar, home.today, cell, beside_the_log(home, entries, one))

    now = counted_in(year)
    before = counted_in(year.before) if in_year(entries, year.before, home.calendar) else None
    todo = checklist(now, home.law, now.until, home.retention.backup_days)
    procedure = procedure_digest(procedure_text(home.settings, home.calendar, home.law, home.retention))
    numbers = ReviewJson(format=FORMAT, procedure=procedure, this_year=now, year_before=before, checklist=todo)
    as_json = (numbers.model_dump_json(indent=1) + "\n").encode()
    evidence = evidence_zip(mine, places, year, as_json)
    began = min(one.day.astimezone(home.calendar.zone).date() for one in entries)
    due = review_due(entries, home.today, began)
    sheet = sheet_of(home.settings, now, before, todo)
    files = {
        "review.json": as_json, "evidence.zip": evidence, "review.pdf": paper_of(home.settings, sheet, now.until),
        "review.html": page_of(home.settings, sheet, now, sum_of(evidence)),
    }  # fmt: skip
    return MadeReview(now, files, procedure, sum_of(evidence), due)
