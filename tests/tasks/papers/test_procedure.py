"""The procedure on paper says what the settings say, and is another text where they are others."""

from datetime import date
from pathlib import Path

import pytest
from termpost.schemas.base.shipped import STARTER
from termpost.schemas.retention.load import load_retention
from termpost.schemas.settings.law.home_law import law_of
from termpost.schemas.settings.sections.law_settings import LawSettings
from termpost.schemas.settings.settings import Institution, Settings
from termpost.tasks.papers.procedure_paper.privacy_text import privacy_texts
from termpost.tasks.papers.procedure_paper.procedure_text import TextSection, procedure_digest, procedure_text

from tests.schemas.review.logs import calendar

PLAIN = Settings(institution=Institution(name="Lakeside District"))


def text_of(settings: Settings) -> tuple[TextSection, ...]:
    return procedure_text(settings, calendar(), law_of(settings.law, calendar(), PLACE), RETENTION)


PLACE = Path("/nowhere")
RETENTION = load_retention(PLACE, PLAIN.privacy)


def said(settings: Settings) -> str:
    return " ".join(section.model_dump_json() for section in text_of(settings))


@pytest.mark.parametrize(
    ("section", "change", "sentence"),
    [
        ("release", {"approvals": 2}, "the word of two different registered persons"),
        ("release", {"approval_days": 9}, "counts for 9 days"),
        ("rights", {"age_of_majority": 16}, "From the age of 16"),
        ("feedback", {"staff_days": 3}, "answered within 3 working days"),
        ("privacy", {"small_cell": 7}, "fewer than 7 people"),
        ("review", {"year_starts": "01-01"}, "begins on 01-01"),
        ("channels", {"order": ("print",)}, "a sealed envelope"),
    ],
)
def test_each_setting_is_in_the_text_and_changes_its_digest(
    section: str, change: dict[str, object], sentence: str
) -> None:
    other = PLAIN.model_copy(update={section: getattr(PLAIN, section).model_copy(update=change)})
    assert sentence in said(other)
    assert (procedure_digest(text_of(other)) == procedure_digest(text_of(PLAIN))) is (other == PLAIN)


def test_every_line_of_the_law_is_there_and_who_compared_it() -> None:
    checked = PLAIN.model_copy(update={"law": LawSettings(checked={"US.access": "J. Kim, 2026-08-01"})})
    law = law_of(checked.law, calendar(), PLACE)
    rows = [row for section in text_of(checked) if section.table for row in section.table.rows]
    assert {one.name for one in law.lines()} <= {row[0] for row in rows}
    (access,) = (row for row in rows if row[0] == "US.access")
    assert access[-1] == "J. Kim, 2026-08-01"


def test_every_cycle_stands_with_its_days() -> None:
    (intervals,) = (section for section in text_of(PLAIN) if section.title.startswith("4.1"))
    assert intervals.table is not None
    assert [row[0] for row in intervals.table.rows] == ["mid", "fin", "spring"]
    assert intervals.table.rows[0][2:4] == (str(date(2021, 10, 8)), str(date(2021, 10, 15)))


def test_papers_say_how_long_things_stay_by_the_page_that_deletion_goes_by(tmp_path: Path) -> None:
    page = (STARTER / "retention.toml").read_text().replace('for = "7 years"', 'for = "9 years"')
    (tmp_path / "retention.toml").write_text(page)
    changed, law = load_retention(tmp_path, PLAIN.privacy), law_of(PLAIN.law, calendar(), PLACE)
    text = procedure_text(PLAIN, calendar(), law, changed)
    (records,) = (section.table for section in text if section.title.startswith("4.5"))
    assert records is not None
    assert [row[0] for row in records.rows] == [line.name for line in changed.line]
    assert ("reports", "9 years after the day it was made") in {row[:2] for row in records.rows}
    assert procedure_digest(text) != procedure_digest(text_of(PLAIN))
    drafts = " ".join(section.model_dump_json() for _, part in privacy_texts(PLAIN, calendar(), law, changed)
                      for section in part)  # fmt: skip
    assert drafts.count("a report: 9 years after the day it was made") == 2
    assert "who received what: as long as the record" in drafts


@pytest.mark.parametrize(("place", "drafts"), [("US", 3), ("GB-ENG", 2)])
def test_the_annual_notice_is_drafted_where_the_law_asks_for_it(place: str, drafts: int) -> None:
    law = law_of(LawSettings(jurisdiction=place), calendar(), PLACE)
    found = list(privacy_texts(PLAIN, calendar(), law, RETENTION))
    assert len(found) == drafts
    assert any(title.startswith("Annual notice") for title, _ in found) is (place == "US")
