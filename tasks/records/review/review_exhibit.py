"""What the gallery shows of the yearly review: page and paper of a year that never was."""

from datetime import date
from typing import Final

from termpost.schemas.log.review.queries_of_year import QueryNumbers, Ratings
from termpost.schemas.log.review.reports_of_year import ReportNumbers
from termpost.schemas.log.review.review_numbers import ContractProblem, YearNumbers
from termpost.schemas.log.review.school_year import SchoolYear, school_year
from termpost.tasks.home.home import Home
from termpost.tasks.papers.gallery.exhibits import Exhibit
from termpost.tasks.records.review.review_parts import checklist
from termpost.tasks.records.review.review_sheet import page_of, paper_of, sheet_of

NO_EVIDENCE: Final = "0" * 64


def review_exhibits(home: Home) -> tuple[Exhibit, ...]:
    """In this school's look, under its law."""
    year = school_year(str(home.today.year - 1), home.settings.review.year_starts)
    now, before = _numbers(year, 1), _numbers(year.before, 2)
    todo = checklist(now, home.law, now.until, home.retention.backup_days)
    sheet = sheet_of(home.settings, now, before, todo)
    return (
        Exhibit("review-page", lambda: page_of(home.settings, sheet, now, NO_EVIDENCE), is_page=True),
        Exhibit("review", lambda: paper_of(home.settings, sheet, now.until)),
    )


def _numbers(year: SchoolYear, by: int) -> YearNumbers:
    """Of two schools; the greater `by`, the fewer there were of each."""

    def some(**counts: int) -> dict[str, int]:
        return {name.replace("_", "-"): n // by for name, n in counts.items()}

    def school(released: int, late: int, days: int, longest: int) -> ReportNumbers:
        return ReportNumbers(made=(released + 6) // by, released=released // by, on_time=(released - late) // by,
                             late=late // by, days_late=days // by, longest=longest, waiting=6 // by)  # fmt: skip

    schools = {"Cedar Hill High School": school(1240, 32, 71, 6), "Lakeview Middle School": school(842, 11, 14, 2)}
    total = ReportNumbers(**{
        name: max(getattr(one, name) for one in schools.values()) if name == "longest"
        else sum(getattr(one, name) for one in schools.values()) for name in ReportNumbers.model_fields
    })  # fmt: skip
    drill = date(year.last.year, 3, 14)
    return YearNumbers(
        year=year.name, first=year.first, last=year.last, until=year.last, entries=18420 // by, reports=total,
        by_school=schools, why_late=some(no_comment=21, released_late=17, made_late=5),
        languages=some(en=1490, es=402, fr=84, uk=61, zh_Hans=45), corrections=some(corrected=19),
        deliveries={
            "portal": some(all=1610, delivered=1583, withdrawn=27, opened=1402, on_time=1570, late=40),
            "email": some(all=320, sent=309, failed=9, uncertain=2, on_time=309),
            "print": some(all=212, sent=212, on_time=208, late=4),
        },
        acknowledged=1204 // by, holds=some(no_comment=44, no_recipient=12, quarantined=9),
        holds_resolved=some(accept=51, omit_course=8),
        queries={
            "question": QueryNumbers(received=61 // by, answered=58 // by, open=3 // by, late=2 // by, median_days=2,
                                     longest_days=7),
            "correction": QueryNumbers(received=14 // by, answered=14 // by, median_days=3, longest_days=5),
            "meeting": QueryNumbers(received=22 // by, answered=20 // by, closed=2 // by, median_days=1.5,
                                    longest_days=4),
        },
        ratings=Ratings(counts={1: None, 2: None, 3: 14 // by, 4: 36 // by, 5: 48 // by}, total=104 // by),
        meetings=some(wanted=22, offered=20, booked=18, held=17, missed=1),
        extracts=some(accepted=12, accepted_with_holds=3),
        quarantined=37 // by,
        problems=(
            ContractProblem(source="oneroster-1.2", rule="results.above-max", severity="warning", extracts=4,
                            problems=11 // by),
            ContractProblem(source="oneroster-1.2", rule="enrollments.unknown-user", severity="error", extracts=2,
                            problems=26 // by),
        ),
        rating_words={"clear": 31 // by, "quick": 18 // by, "helpful": 15 // by} if by == 1 else {},
        access=some(received=3, given=3), transfers=some(given=5), erased=1 // by, incidents=some(wrong_recipient=1),
        incident_steps=some(opened=1, reported=1, closed=1), refused=some(wrong_code=7, no_right_no_records=1),
        settings={"release.approvals": 1}, policy_acknowledged=38 // by, retained=412 // by, backed_up=year.last,
        restored=drill,
    )  # fmt: skip
