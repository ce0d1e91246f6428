"""What a gallery shows: each page and paper that leaves a school, in one language, about an invented student."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from termpost.schemas.documents.letter import Letter
from termpost.schemas.documents.notice import Notice
from termpost.schemas.documents.receipt import MessagesWish, ReceiptWish
from termpost.schemas.documents.report import Contact, Report
from termpost.schemas.settings.calendar import QUERY_DAYS, Calendar
from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.settings import Settings
from termpost.tasks.channels.email.notice_text import html_text, notice_text
from termpost.tasks.channels.portal.door.door_page import door_page
from termpost.tasks.channels.portal.office_contact import office_contact, office_hours
from termpost.tasks.channels.portal.receipt_keys import derived_key, public_key
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.channels.portal.status_pages import absent, asks_number, taken_back, verified
from termpost.tasks.channels.print.envelope import make_envelope
from termpost.tasks.channels.print.manifest import ManifestLine, PackManifest, make_manifest
from termpost.tasks.documents.words.translation_note import note_of
from termpost.tasks.papers.class_list import make_class_list
from termpost.tasks.papers.code_letter import CodeLetter, make_code_letters
from termpost.tasks.papers.code_list import make_code_list
from termpost.tasks.papers.code_slip import make_code_slips
from termpost.tasks.papers.conference import make_conference_sheets
from termpost.tasks.papers.feedback_form import make_feedback_form
from termpost.tasks.papers.gallery.proof_exhibit import make_sample_proof
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
    is_page: bool = False  # HTML, else a PDF
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
    def portal(self) -> str:
        """Where its pages are; of a school that has no portal, where they would be."""
        portal = self.settings.channels.portal
        return portal.base_url if portal else "https://reports.school.example"

    @property
    def ask(self) -> Contact:
        institution = self.settings.institution
        return institution.ask or Contact(name=institution.name)

    @property
    def until(self) -> date:
        return self.calendar.add_office_days(self.today, QUERY_DAYS)


def exhibits_of(school: ShownSchool) -> tuple[Exhibit, ...]:
    """In the order in which a family meets them; in the school's own language also what the school keeps."""
    is_own = school.language == school.settings.institution.languages[0]
    report, page, pdf = _report(school)
    staff = _of_staff(school, report) if is_own else ()
    return (*_pages(school, report, page, pdf), *_papers(school, report, pdf), *staff)


def _report(school: ShownSchool) -> tuple[Report, bytes, bytes]:
    """The invented report, its page and its PDF."""
    report = sample_report(school.settings, school.policy, school.calendar, school.today, school.language)
    views = report_views(report, school.language)
    return report, page_of(views), pdf_of(views, report.cutoff)


def _pages(school: ShownSchool, report: Report, page: bytes, pdf: bytes) -> Iterator[Exhibit]:
    sealed, settings, language = _sealed(school, report, page, pdf), school.settings, school.language
    onward = f"{school.portal}/sample/sample"
    yield Exhibit("report", lambda: page, is_page=True)
    yield Exhibit("door", lambda: door_page(settings, office_hours(school.calendar)), is_page=True)
    yield Exhibit("locked", lambda: sealed, is_page=True)
    yield Exhibit("opened", lambda: sealed, is_page=True, code=CODE)
    yield Exhibit("notice", lambda: _notice(school), is_page=True)
    yield Exhibit("withdrawn", lambda: taken_back(settings, language, replaced=False), is_page=True)
    yield Exhibit("replaced", lambda: taken_back(settings, language, replaced=True, onward=onward), is_page=True)
    yield Exhibit("nothing-here", lambda: absent(settings), is_page=True)
    yield Exhibit("verify", lambda: asks_number(settings, "verify"), is_page=True)
    yield Exhibit("verify-genuine", lambda: verified(settings, current=True), is_page=True)
    yield Exhibit("verify-ask", lambda: verified(settings, current=False), is_page=True)
    schedule = make_schedule_page(settings, school.calendar, language)
    yield Exhibit("schedule-page", schedule.encode, is_page=True)


def _papers(school: ShownSchool, report: Report, pdf: bytes) -> Iterator[Exhibit]:
    settings, calendar, today, spoken = school.settings, school.calendar, school.today, (school.language,)
    sample = (settings, school.policy, calendar, today, school.language)
    form = (settings, next(iter(calendar.cycles), None), today, calendar.country, spoken)
    letter = CodeLetter(
        language=school.language, recipient_name=FAMILY, address=HOME, school=report.school.name, code=CODE
    )
    yield Exhibit("report-on-paper", lambda: pdf)
    yield Exhibit("envelope", lambda: _envelope(school, report, pdf))
    yield Exhibit("code-letter", lambda: make_code_letters(settings, [letter], today))
    yield Exhibit("code-slip", lambda: make_code_slips(settings, [letter], today))
    yield Exhibit("feedback-form", lambda: make_feedback_form(*form))
    yield Exhibit("schedule", lambda: make_schedule(settings, calendar, today, spoken))
    yield Exhibit("sample-report", lambda: make_sample_report(*sample))


def _of_staff(school: ShownSchool, report: Report) -> Iterator[Exhibit]:
    settings, name = school.settings, report.school.name
    letter = CodeLetter(language=school.language, recipient_name=FAMILY, address=HOME, school=name, code=CODE)
    yield Exhibit("conference-sheet", lambda: make_conference_sheets(settings, [report]))
    yield Exhibit("proof-pack", lambda: make_sample_proof(settings, report, school.calendar.country))
    yield Exhibit("class-list", lambda: make_class_list(settings, [(name, [report])]))
    yield Exhibit("code-list", lambda: make_code_list(settings, [letter], school.today))
    yield Exhibit("pack-list", lambda: _pack_list(school, report))


def _sealed(school: ShownSchool, report: Report, page: bytes, pdf: bytes) -> bytes:
    part = SealedReport(report.student.name, page, pdf, "sample.pdf")
    private = derived_key(bytes(32), "sample")
    pair = ReceiptWish("", private, public_key(private))
    return seal([part], code=CODE, recipient="p-sample", delivery="sample", school=report.school.name,
                language=school.language, query_until=school.until, receipt=pair,
                messages=MessagesWish(f"{school.portal}/messages", pair.public),
                contact=office_contact(school.settings, office_hours(school.calendar)))  # fmt: skip


def _notice(school: ShownSchool) -> bytes:
    institution = school.settings.institution
    notice = Notice(
        language=school.language, school_language=institution.languages[0], reviewed=school.settings.languages.reviewed,
        country=school.calendar.country, school=institution.name,
        colour=institution.colours.primary, reports=1, link=f"{school.portal}/sample/sample",
        query_until=school.until, ask=school.ask, sender="reports@school.example", recipient="family@mail.example",
        deliveries=("sample",), list_id="reports.school.example",
        written_at=datetime.combine(school.today, time(15), UTC),
    )  # fmt: skip
    return html_text(notice_text(notice, 0), institution.colours.primary).encode()


def _envelope(school: ShownSchool, report: Report, pdf: bytes) -> bytes:
    envelope = school.settings.channels.print.envelope
    letter = Letter(
        language=school.language, envelope=envelope, recipient_name=FAMILY, address=HOME, school=report.school,
        return_address=school.settings.institution.address, cycle_title=report.cycle_title,
        students=(report.student.name,), link=f"{school.portal}/sample/sample",
        query_until=school.until, ask=school.ask,
        country=school.calendar.country, note=note_of(school.settings, school.language),
    )  # fmt: skip
    return make_envelope(letter, [pdf])


def _pack_list(school: ShownSchool, report: Report) -> bytes:
    lines = tuple(
        ManifestLine(mark=f"01-000{n}", recipient=FAMILY, students=(report.student.name,), pages=4, sheets=2)
        for n in (1, 2)
    )
    listed = PackManifest(number="01", school=report.school.name, cycle="sample", cycle_title=report.cycle_title,
                          by_class=False, group="75", lines=lines)  # fmt: skip
    return make_manifest(school.settings, listed, school.today)
