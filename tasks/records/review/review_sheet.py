"""The review as page and paper."""

from datetime import date

from termpost.schemas.log.review.review_numbers import YearNumbers
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.colour import PANEL, readable
from termpost.tasks.documents.frame import PaperPart, frame_of, set_paper
from termpost.tasks.documents.jinja import environment
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.records.review.review_parts import CheckItem, Headline, ReviewPart, headlines, review_parts

ENGLISH, TITLE = "en", "Yearly review"
PAGES = environment(trim=True, strip=True)


class ReviewSheet(PaperPart):
    """All of it."""

    lead: VisibleText
    headlines: tuple[Headline, ...]
    before: str  # the year before; empty: it has no entry
    parts: tuple[ReviewPart, ...]
    checklist: tuple[CheckItem, ...]


def sheet_of(
    settings: Settings, now: YearNumbers, before: YearNumbers | None, todo: tuple[CheckItem, ...]
) -> ReviewSheet:  # fmt: skip
    """All that page and paper say."""
    institution = settings.institution
    name = f"Review of {now.year}"
    ended = "" if now.until == now.last else ": the year has not ended"
    return ReviewSheet(
        school=institution.name, name=name, running=institution.name, stamp=f"{institution.called} · {name}",
        lead=f"{now.first} to {now.last}, as things stood on {now.until}{ended}. Counted from {now.entries:,} entries "
        "of the distribution log; evidence.zip names them by section. No family and no student is named.",
        headlines=headlines(now, before), before=before.year if before else "", parts=review_parts(now, before),
        checklist=todo,
    )  # fmt: skip


def paper_of(settings: Settings, sheet: ReviewSheet, dated: date) -> bytes:
    """PDF/UA-1 and PDF/A-3a."""
    frame = frame_of(settings, translator_for(ENGLISH), ENGLISH, TITLE)
    return set_paper("review.typ", frame, [sheet], {}, dated)


def page_of(settings: Settings, sheet: ReviewSheet, now: YearNumbers, evidence: str) -> bytes:
    """HTML that fetches nothing.

    Args:
        evidence: the sum of evidence.zip.
    """
    accent = settings.institution.colours.primary
    page = PAGES.get_template("review.html.j2")
    return page.render(s=sheet, now=now, evidence=evidence, accent=accent, ink=readable(accent, PANEL)).encode()
