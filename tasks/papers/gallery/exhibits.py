"""What a gallery shows: each page and paper that leaves a school, in one language, about an invented student."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from termpost.schemas.documents.feedback.staff_times import MeetingSlot
from termpost.schemas.documents.letter import Letter, LetterSlip
from termpost.schemas.documents.notice import Notice
from termpost.schemas.documents.plain_notice import PlainNotice
from termpost.schemas.documents.receipt import MessagesWish, ReceiptWish
from termpost.schemas.documents.report import Contact, Report
from termpost.schemas.retention.policy import RetentionPolicy
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.clocks import Clocks
from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.law.home_law import HomeLaw
from termpost.schemas.settings.settings import Settings
from termpost.tasks.channels.email.notice_text import html_text, notice_text
from termpost.tasks.channels.email.plain.text import plain_notice_text
from termpost.tasks.channels.portal.door.door_page import door_page
from termpost.tasks.channels.portal.office_contact import hours_in, office_contact, office_hours
from termpost.tasks.channels.portal.receipt_keys import derived_key, public_key
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.channels.portal.status_pages import absent, asks_number, taken_back, verified
from termpost.tasks.channels.print.envelope import make_envelope
from termpost.tasks.channels.print.manifest import ManifestLine, PackManifest, make_manifest
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.asked_in import asked_in
from termpost.tasks.documents.words.report_words import in_words_of
from termpost.tasks.documents.words.school_words import HomeWords
from termpost.tasks.documents.words.translation_note import note_of
from termpost.tasks.papers.agreed_meetings import meeting_facts
from termpost.tasks.papers.class_list import make_class_list
from termpost.tasks.papers.code_letter import CodeLetter, make_code_letters
from termpost.tasks.papers.code_list import make_code_list
from termpost.tasks.papers.code_slip import make_code_slips
from termpost.tasks.papers.conference import make_conference_sheets
from termpost.tasks.papers.family_guide import make_family_guide
from termpost.tasks.papers.feedback_form import make_feedback_form
from termpost.tasks.papers.gallery.door_exhibit import PAGE, RECIPIENT, sample_door
from termpost.tasks.papers.gallery.proof_exhibit import make_sample_proof
from termpost.tasks.papers.gallery.records_exhibit import (
    sample_packet,
    sample_records,
    sample_records_letter,
    sample_records_page,
)
from termpost.tasks.papers.plain_letter import PlainLetter, make_plain_letters
from termpost.tasks.papers.procedure_paper.make import make_privacy, make_procedure
from termpost.tasks.papers.sample import make_sample_report, sample_report
from termpost.tasks.papers.schedule import make_schedule, make_schedule_page
from termpost.tasks.render.inserts.insert import insert_page
from termpost.tasks.render.page import page_of
from termpost.tasks.render.pdf import pdf_of
from termpost.tasks.render.report_view import Field, report_views

CODE = "2XU9-DKYQ-E4ZA-DKCE-B"  # opens nothing but the page in the gallery
SLIP = "W4TK-7QXE-9RM"  # names nothing
FAMILY = "Jordan Example"
HOME = ("12 Example Street", "Springfield, TX 75001")


@dataclass(frozen=True)
class Exhibit:
    """A page or a paper."""

    name: str
    make: Callable[[], bytes]
    is_page: bool = False  # HTML, else a PDF
    code: str = ""  # which is typed into the page first
    served: Mapping[str, bytes] = field(default_factory=dict)  # path → what the portal gives to it
    press: tuple[str, ...] = ()  # selectors of what is pressed then, in order


@dataclass(frozen=True)
class ShownSchool:
    """Whose look and rules the exhibits have."""

    settings: Settings
    policy: GradingPolicy
    calendar: Calendar
    today: date
    words: HomeWords = field(default_factory=dict)  # its own, in other languages
    spoken: str = ""  # BCP 47, by the family; empty: the school's own
    law: HomeLaw | None = None  # of the place; without it nothing is shown that rests on it
    retention: RetentionPolicy | None = None  # likewise
    kept: tuple[Exhibit, ...] = ()  # more of what the school keeps

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
        return asked_in(self.settings, self.language, self.words)

    @property
    def until(self) -> date:
        return Clocks(self.calendar).ask_until(self.today)


def exhibits_of(school: ShownSchool) -> tuple[Exhibit, ...]:
    """In the order in which a family meets them; in the school's own language also what the school keeps."""
    is_own = school.language == school.settings.institution.languages[0]
    report, page, pdf = _report(school)
    staff = _of_staff(school, report) if is_own else ()
    return (*_pages(school, report, page, pdf), *_papers(school, report, pdf), *staff)


def _report(school: ShownSchool) -> tuple[Report, bytes, bytes]:
    """The invented report, its page and its PDF."""
    report = sample_report(school.settings, school.policy, school.calendar, school.today, school.language, school.words)
    views = report_views(report, school.language)
    return report, page_of(views), pdf_of(views, report.cutoff)


def _pages(school: ShownSchool, report: Report, page: bytes, pdf: bytes) -> Iterator[Exhibit]:
    sealed, settings, language = _sealed(school, report, page, pdf), school.settings, school.language
    yield Exhibit("report", lambda: page, is_page=True)
    yield Exhibit(
        "door", lambda: door_page(settings, hours_in(school.calendar, settings.institution.languages)), is_page=True
    )
    yield Exhibit("locked", lambda: sealed, is_page=True)
    yield Exhibit("opened", lambda: sealed, is_page=True, code=CODE)
    yield Exhibit("insert", lambda: insert_page(report, language, 2), is_page=True)
    yield from _at_the_door(school, report, sealed)
    yield Exhibit("notice", lambda: _notice(school), is_page=True)
    yield Exhibit("plain-notice", lambda: _plain_notice(school), is_page=True)
    yield Exhibit("withdrawn", lambda: taken_back(settings, language, replaced=False, words=school.words), is_page=True)
    yield Exhibit("replaced", lambda: _replaced(school), is_page=True)
    yield Exhibit("nothing-here", lambda: absent(settings), is_page=True)
    yield Exhibit("verify", lambda: asks_number(settings, "verify"), is_page=True)
    yield Exhibit("verify-genuine", lambda: verified(settings, current=True), is_page=True)
    yield Exhibit("verify-ask", lambda: verified(settings, current=False), is_page=True)
    packet = sample_packet(report, FAMILY, HOME, school.today)
    yield Exhibit(
        "records-page",
        lambda: sample_records_page(settings, school.calendar, packet, language, school.words),
        is_page=True,
    )
    schedule = make_schedule_page(settings, school.calendar, language, school.words)
    yield Exhibit("schedule-page", schedule.encode, is_page=True)


def _at_the_door(school: ShownSchool, report: Report, sealed: bytes) -> Iterator[Exhibit]:
    """The household's list with everything in it open, and a question that is being written."""
    served = _served(school, report) | {f"/{RECIPIENT}/{PAGE}": sealed}
    page = door_page(school.settings, hours_in(school.calendar, school.settings.institution.languages))
    yield Exhibit("door-list", lambda: page, is_page=True, code=CODE, served=served,
                  press=("#home .query summary",) * 2)  # fmt: skip
    yield Exhibit("door-question", lambda: page, is_page=True, code=CODE, served=served,
                  press=("#home button.report", ".acts:not([hidden]) .row button:nth-of-type(2)"))  # fmt: skip


def _served(school: ShownSchool, report: Report) -> dict[str, bytes]:
    private, hours = derived_key(bytes(32), "sample"), office_hours(school.calendar, school.language)
    return sample_door(
        school.calendar, school.language, report.student.name, report.cycle_title, school.until, school.today,
        office_contact(school.settings, hours), ReceiptWish("", private, public_key(private)), CODE, school.portal,
    )  # fmt: skip


def _papers(school: ShownSchool, report: Report, pdf: bytes) -> Iterator[Exhibit]:
    settings, calendar, today, spoken = school.settings, school.calendar, school.today, (school.language,)
    words = school.words
    sample = (settings, school.policy, calendar, today, school.language, words)
    asking = settings.model_copy(update={"feedback": settings.feedback.model_copy(update={"acknowledge": True})})
    form = (asking, next(iter(calendar.cycles), None), today, calendar.country, spoken, (SLIP,), words)
    letter = CodeLetter(
        language=school.language, recipient_name=FAMILY, address=HOME, school=report.school.name, code=CODE
    )
    yield Exhibit("report-on-paper", lambda: pdf)
    yield Exhibit("envelope", lambda: _envelope(school, report, pdf))
    yield Exhibit("code-letter", lambda: make_code_letters(settings, [letter], today, words))
    plain = PlainLetter(kind="answer", language=school.language, recipient_name=FAMILY, address=HOME)
    yield Exhibit("plain-letter", lambda: make_plain_letters(settings, [plain], today, words))
    packet = sample_packet(report, FAMILY, HOME, today)
    yield Exhibit("records", lambda: sample_records(settings, calendar, packet, school.language, school.words))
    records_letter = (settings, calendar, school.language, FAMILY, HOME, today)
    yield Exhibit("records-letter", lambda: sample_records_letter(*records_letter, school.words))
    yield Exhibit("code-slip", lambda: make_code_slips(settings, [letter], today, words))
    yield Exhibit("family-guide", lambda: make_family_guide(settings, today, calendar.country, spoken, words))
    yield Exhibit("feedback-form", lambda: make_feedback_form(*form))
    yield Exhibit("schedule", lambda: make_schedule(settings, calendar, today, spoken, words))
    yield Exhibit("sample-report", lambda: make_sample_report(*sample))


def _replaced(school: ShownSchool) -> bytes:
    onward = f"{school.portal}/sample/sample"
    return taken_back(school.settings, school.language, replaced=True, onward=onward, words=school.words)


def _of_staff(school: ShownSchool, report: Report) -> Iterator[Exhibit]:
    settings, name = school.settings, report.school.name
    letter = CodeLetter(language=school.language, recipient_name=FAMILY, address=HOME, school=name, code=CODE)
    yield Exhibit("conference-sheet", lambda: make_conference_sheets(settings, [report], [_agreed(school)]))
    yield Exhibit("proof-pack", lambda: make_sample_proof(settings, report, school.calendar.country))
    yield Exhibit("class-list", lambda: make_class_list(settings, [(name, [report])]))
    yield Exhibit("code-list", lambda: make_code_list(settings, [letter], school.today))
    yield Exhibit("pack-list", lambda: _pack_list(school, report))
    law, kept = school.law, school.retention
    if law is not None and kept is not None:
        yield Exhibit("procedure", lambda: make_procedure(settings, school.calendar, law, kept, school.today))
        yield Exhibit("privacy", lambda: make_privacy(settings, school.calendar, law, kept, school.today))
    yield from school.kept


def _agreed(school: ShownSchool) -> tuple[Field, ...]:
    """A meeting on the last day for questions, at three."""
    starts = datetime.combine(school.until, time(15), school.calendar.zone)
    slot = MeetingSlot(id="0" * 32, starts=starts, ends=starts + timedelta(minutes=15), room="204")
    translator = translator_for(school.language, school.calendar.country)
    return meeting_facts(translator, school.calendar.zone, slot, "room", interpreter=True)


def _sealed(school: ShownSchool, report: Report, page: bytes, pdf: bytes) -> bytes:
    part = SealedReport(report.student.name, page, pdf, "sample.pdf")
    private = derived_key(bytes(32), "sample")
    pair = ReceiptWish("", private, public_key(private))
    return seal([part], code=CODE, recipient=RECIPIENT, delivery=PAGE, school=report.school.name,
                language=school.language, query_until=school.until, receipt=pair,
                messages=MessagesWish(f"{school.portal}/messages", pair.public),
                contact=office_contact(school.settings, office_hours(school.calendar, school.language)))  # fmt: skip


def _notice(school: ShownSchool) -> bytes:
    institution = school.settings.institution
    notice = Notice(
        language=school.language, school_language=institution.languages[0], reviewed=school.settings.languages.reviewed,
        country=school.calendar.country, school=institution.name,
        colour=institution.colours.primary, reports=1, link=f"{school.portal}/sample/sample",
        query_until=school.until, ask=school.ask, own_office=asked_in(school.settings, "").name,
        sender="reports@school.example", recipient="family@mail.example",
        deliveries=("sample",), list_id="reports.school.example",
        written_at=datetime.combine(school.today, time(15), UTC),
    )  # fmt: skip
    return html_text(notice_text(notice, 0), institution.colours.primary).encode()


def _plain_notice(school: ShownSchool) -> bytes:
    institution = school.settings.institution
    notice = PlainNotice(
        kind="answer", language=school.language, school_language=institution.languages[0],
        reviewed=school.settings.languages.reviewed, country=school.calendar.country, school=institution.name,
        colour=institution.colours.primary, link=school.portal, ask=school.ask, sender="reports@school.example",
        recipient="family@mail.example", delivery="sample", list_id="notices.school.example",
        written_at=datetime.combine(school.today, time(15), UTC),
    )  # fmt: skip
    return html_text(plain_notice_text(notice), institution.colours.primary).encode()


def _envelope(school: ShownSchool, report: Report, pdf: bytes) -> bytes:
    envelope = school.settings.channels.print.envelope
    letter = Letter(
        language=school.language, envelope=envelope, recipient_name=FAMILY, address=HOME, school=report.school,
        return_address=school.settings.institution.address,
        cycle_title=in_words_of(report, school.language).cycle_title,
        students=(report.student.name,), link=f"{school.portal}/sample/sample",
        query_until=school.until, ask=school.ask, slips=(LetterSlip(student=report.student.name, number=SLIP),),
        country=school.calendar.country, note=note_of(school.settings, school.language, school.words),
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
