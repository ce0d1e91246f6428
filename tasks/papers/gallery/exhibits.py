"""What a gallery shows: each page and paper that leaves a school, in one language, about an invented student."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from termpost.schemas.documents.letter import Letter
from termpost.schemas.documents.notice import Notice
from termpost.schemas.documents.report import Contact, Report
from termpost.schemas.settings.calendar import QUERY_DAYS, Calendar, CycleDates
from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.settings import Settings
from termpost.tasks.channels.email.notice_text import html_text, notice_text
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.channels.portal.status_pages import absent, taken_back
from termpost.tasks.channels.print.envelope import make_envelope
from termpost.tasks.channels.print.manifest import ManifestLine, PackManifest, make_manifest
from termpost.tasks.documents.translation_note import note_of
from termpost.tasks.papers.class_list import make_class_list
from termpost.tasks.papers.code_letter import CodeLetter, make_code_letters
from termpost.tasks.papers.conference import make_conference_sheets
from termpost.tasks.papers.feedback_form import make_feedback_form
from termpost.tasks.papers.sample import make_sample_report, sample_report
from termpost.tasks.papers.schedule import make_schedule, make_schedule_page
from termpost.tasks.render.page import page_of
from termpost.tasks.render.pdf import pdf_of
from termpost.tasks.render.report_view import report_views

CODE = "2XU9-DKYQ-E4ZA-DKCE-B"  # opens nothing but the page in the gallery
FAMILY = "Jordan Example"
HOME = ("12 Example Street", "Springfield, TX 75001")


@dataclass(frozen=True)
class Exhibit:
    """A page or a paper."""

    name: str
    make: Callable[[], bytes]
    is_page: bool  # HTML, else a PDF
    code: str = ""  # which is typed into the page first


@dataclass(frozen=True)
class ShownSchool:
    """Whose look and rules the exhibits have."""

    settings: Settings
    policy: GradingPolicy
    calendar: Calendar
    today: date
    spoken: str = ""  # BCP 47, by the family; empty: the school's own

    def speaking(self, language: str) -> "ShownSchool":
        """What a family gets that reads this language, offered or not."""
        return replace(self, spoken=language)

    @property
    def language(self) -> str:
        return self.spoken or self.settings.institution.languages[0]

    @property
    def ask(self) -> Contact:
        institution = self.settings.institution
        return institution.ask or Contact(name=institution.name)

    @property
    def until(self) -> date:
        return self.calendar.add_office_days(self.today, QUERY_DAYS)


def exhibits_of(school: ShownSchool) -> tuple[Exhibit, ...]:
    """In the order in which a family meets them, then what the school keeps to itself."""
    report = sample_report(school.settings, school.policy, school.calendar, school.today, school.language)
    views = report_views(report, school.language)
    page, pdf = page_of(views), pdf_of(views, report.cutoff)
    sealed = _sealed(school, report, page, pdf)
    settings, calendar = school.settings, school.calendar
    return (
        Exhibit("report", lambda: page, is_page=True),
        Exhibit("report-on-paper", lambda: pdf, is_page=False),
        Exhibit("locked", lambda: sealed, is_page=True),
        Exhibit("opened", lambda: sealed, is_page=True, code=CODE),
        Exhibit("notice", lambda: _notice(school), is_page=True),
        Exhibit("withdrawn", lambda: taken_back(settings, school.language, replaced=False), is_page=True),
        Exhibit("replaced", lambda: taken_back(settings, school.language, replaced=True), is_page=True),
        Exhibit("nothing-here", lambda: absent(settings), is_page=True),
        Exhibit("schedule-page", lambda: make_schedule_page(settings, calendar).encode(), is_page=True),
        Exhibit("envelope", lambda: _envelope(school, report, pdf), is_page=False),
        Exhibit("code-letter", lambda: _code_letter(school, report), is_page=False),
        Exhibit("feedback-form", lambda: make_feedback_form(settings, _cycle(school), school.today, calendar.country,
                                                               (school.language,)), is_page=False),
        Exhibit("schedule", lambda: make_schedule(settings, calendar, school.today, (school.language,)), is_page=False),
        Exhibit("sample-report", lambda: make_sample_report(settings, school.policy, calendar, school.today,
                                                               school.language), is_page=False),
        Exhibit("conference-sheet", lambda: make_conference_sheets(settings, [report]), is_page=False),
        Exhibit("class-list", lambda: make_class_list(settings, [(report.school.name, [report])]), is_page=False),
        Exhibit("pack-list", lambda: _pack_list(school, report), is_page=False),
    )  # fmt: skip


def _cycle(school: ShownSchool) -> CycleDates | None:
    return next(iter(school.calendar.cycles), None)


def _sealed(school: ShownSchool, report: Report, page: bytes, pdf: bytes) -> bytes:
    part = SealedReport(report.student.name, page, pdf, "sample.pdf")
    return seal([part], code=CODE, recipient="p-sample", delivery="sample", school=report.school.name,
                language=school.language, query_until=school.until)  # fmt: skip


def _notice(school: ShownSchool) -> bytes:
    portal, institution = school.settings.channels.portal, school.settings.institution
    notice = Notice(
        language=school.language, school_language=institution.languages[0], reviewed=school.settings.languages.reviewed,
        country=school.calendar.country, school=institution.name,
        colour=institution.colours.primary, reports=1, link=f"{portal.base_url}/sample/sample" if portal else None,
        query_until=school.until, ask=school.ask, sender="reports@school.example", recipient="family@mail.example",
        deliveries=("sample",), list_id="reports.school.example",
        written_at=datetime.combine(school.today, time(15), UTC),
    )  # fmt: skip
    return html_text(notice_text(notice, 0 if portal else 1), institution.colours.primary).encode()


def _envelope(school: ShownSchool, report: Report, pdf: bytes) -> bytes:
    portal, envelope = school.settings.channels.portal, school.settings.channels.print.envelope
    letter = Letter(
        language=school.language, envelope=envelope, recipient_name=FAMILY, address=HOME, school=report.school,
        return_address=school.settings.institution.address, cycle_title=report.cycle_title,
        students=(report.student.name,), link=f"{portal.base_url}/sample/sample" if portal else "",
        query_until=school.until, ask=school.ask,
        country=school.calendar.country, note=note_of(school.settings, school.language),
    )  # fmt: skip
    return make_envelope(letter, [pdf])


def _code_letter(school: ShownSchool, report: Report) -> bytes:
    letter = CodeLetter(language=school.language, recipient_name=FAMILY, address=HOME, school=report.school.name, code=CODE)
    return make_code_letters(school.settings, [letter], school.today)


def _pack_list(school: ShownSchool, report: Report) -> bytes:
    lines = tuple(
        ManifestLine(mark=f"01-000{n}", recipient=FAMILY, students=(report.student.name,), pages=4, sheets=2)
        for n in (1, 2)
    )
    listed = PackManifest(number="01", school=report.school.name, cycle="sample", cycle_title=report.cycle_title,
                          by_class=False, group="75", lines=lines)  # fmt: skip
    return make_manifest(school.settings, listed, school.today)
