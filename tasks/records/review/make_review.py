"""The review of a year: its numbers, page, paper and evidence."""

from dataclasses import dataclass
from datetime import date

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.log.review.review_due import ReviewDue, review_due
from termpost.schemas.log.review.review_numbers import YearNumbers, in_year, year_numbers
from termpost.schemas.log.review.school_year import SchoolYear, school_year
from termpost.tasks.documents.colour import PANEL, readable
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.jinja import environment
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.home.home import Home
from termpost.tasks.papers.procedure_paper.procedure_text import procedure_digest, procedure_text
from termpost.tasks.records.review.beside_log import beside_the_log
from termpost.tasks.records.review.evidence_zip import evidence_zip, segments_of, sum_of
from termpost.tasks.records.review.review_parts import (
    CheckItem,
    Headline,
    ReviewPart,
    checklist,
    headlines,
    review_parts,
)

FORMAT, ENGLISH, TITLE = "termpost.review/1", "en", "Yearly review"
PAGES = environment(trim=True, strip=True)


class ReviewSheet(PaperPart):
    """All of it."""

    lead: VisibleText
    headlines: tuple[Headline, ...]
    before: str  # the year before; empty: it has no entry
    parts: tuple[ReviewPart, ...]
    checklist: tuple[CheckItem, ...]


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
    procedure = procedure_digest(procedure_text(home.settings, home.calendar, home.law))
    numbers = ReviewJson(format=FORMAT, procedure=procedure, this_year=now, year_before=before, checklist=todo)
    as_json = (numbers.model_dump_json(indent=1) + "\n").encode()
    evidence = evidence_zip(mine, places, year, as_json)
    began = min(one.day.astimezone(home.calendar.zone).date() for one in entries)
    due = review_due(entries, home.today, began)
    sheet = _sheet(home, now, before, todo)
    files = {
        "review.json": as_json, "evidence.zip": evidence, "review.pdf": _paper(home, sheet, now.until),
        "review.html": _page(home, sheet, now, sum_of(evidence)),
    }  # fmt: skip
    return MadeReview(now, files, procedure, sum_of(evidence), due)


def _sheet(
    home: Home, now: YearNumbers, before: YearNumbers | None, todo: tuple[CheckItem, ...]
) -> ReviewSheet:  # fmt: skip
    institution = home.settings.institution
    name = f"Review of {now.year}"
    ended = "" if now.until == now.last else ": the year has not ended"
    return ReviewSheet(
        school=institution.name, name=name, running=institution.name, stamp=f"{institution.called} · {name}",
        lead=f"{now.first} to {now.last}, as things stood on {now.until}{ended}. Counted from {now.entries} entries of "
        "the distribution log; evidence.zip names them by section. No family and no student is named.",
        headlines=headlines(now, before), before=before.year if before else "", parts=review_parts(now, before),
        checklist=todo,
    )  # fmt: skip


def _paper(home: Home, sheet: ReviewSheet, dated: date) -> bytes:
    frame = frame_of(home.settings, translator_for(ENGLISH), ENGLISH, TITLE)
    return set_paper("review.typ", frame, [sheet], {}, dated)


def _page(home: Home, sheet: ReviewSheet, now: YearNumbers, evidence: str) -> bytes:
    accent = home.settings.institution.colours.primary
    page = PAGES.get_template("review.html.j2")
    return page.render(s=sheet, now=now, evidence=evidence, accent=accent, ink=readable(accent, PANEL)).encode()
