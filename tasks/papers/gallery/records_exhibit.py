"""What the gallery shows of records on request: the packet's index, and a letter, of a student who does not exist."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from termpost.schemas.base.channel_name import AT_THE_DOOR
from termpost.schemas.documents.records.packet import (
    PacketAttendance,
    PacketComment,
    PacketDelivery,
    PacketLook,
    PacketPerson,
    PacketQuery,
    PacketReach,
    PacketReport,
    PacketWords,
    RecordsPacket,
)
from termpost.schemas.documents.report import Report
from termpost.schemas.log.records.parents_apart import ParentAsk
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.law.law_pack import OtherParentWait
from termpost.schemas.settings.settings import Settings
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.school_words import HomeWords
from termpost.tasks.papers.records.letter import RecordsLetter, make_records_letters
from termpost.tasks.papers.records.other_parent import other_parent_words
from termpost.tasks.papers.records.readable import page_of_records, pdf_of_records
from termpost.tasks.papers.records.words import words_of


def sample_records_page(
    settings: Settings, calendar: Calendar, packet: RecordsPacket, language: str, words: HomeWords
) -> bytes:  # fmt: skip
    return page_of_records(words_of(settings, calendar, packet, language, words))


def sample_records(
    settings: Settings, calendar: Calendar, packet: RecordsPacket, language: str, words: HomeWords
) -> bytes:  # fmt: skip
    return pdf_of_records(settings, words_of(settings, calendar, packet, language, words), packet, packet.day)


def sample_records_letter(
    settings: Settings, calendar: Calendar, language: str, name: str, address: Sequence[str], today: date,
    words: HomeWords,
) -> bytes:  # fmt: skip
    """About a report that went to somebody else."""
    t = translator_for(language, calendar.country)
    said = (t.text("records", "incident_lead", day=t.day(today)), t.text("records", "cause_wrong_recipient"),
            t.text("records", "incident_back", day=t.day(today)), t.text("records", "incident_next"))  # fmt: skip
    letter = RecordsLetter(language, name, tuple(address), t.text("records", "incident_subject"), said)
    return make_records_letters(settings, calendar.country, [letter], today, words)


def sample_other_parent(
    settings: Settings, calendar: Calendar, language: str, name: str, address: Sequence[str], child: str, today: date,
    words: HomeWords,
) -> bytes:  # fmt: skip
    """About a request of an invented parent, by the law of Massachusetts."""
    t, line = translator_for(language, calendar.country), OtherParentWait(days=21, source="603 CMR 23.07(5)")
    said = other_parent_words(t, "Sam Example", child, ParentAsk(today), today + timedelta(days=line.days), line)
    letter = RecordsLetter(language, name, tuple(address), t.text("records", "other_subject"), said)
    return make_records_letters(settings, calendar.country, [letter], today, words)


def sample_packet(report: Report, family: str, address: Sequence[str], today: date) -> RecordsPacket:
    """A report, what was sent, a question with its answer, and who looked."""
    at = datetime.combine(today, time(15), UTC)
    student, comment = report.student, next((one.comment for one in report.courses if one.comment), None)
    return RecordsPacket(
        purpose="access", case="c0123456789ab", day=today, school=report.school.name, recipient=family,
        student=PacketPerson(id=student.number, number=student.number, name=student.name,
                             grade_level=student.grade_level),
        on_record=(PacketReach(relation="Mother", address=tuple(address), phone="555 0100"),),
        reports=(PacketReport(file="report-v1.pdf", day=today, state="released", report=report),),
        comments=(PacketComment(cycle=report.cycle_id, author=comment.author, text=comment.text),) if comment else (),
        deliveries=tuple(
            PacketDelivery(at=at, event=event, channel=AT_THE_DOOR, cycle=report.cycle_id, version=1)
            for event in ("delivered", "opened")
        ),
        queries=(PacketQuery(id="q0", kind="question", at=at, via=AT_THE_DOOR, state="answered",
                             text="Why is the quiz missing?",
                             said=(PacketWords(at=at, by="Maria Lopez", text="It was marked on Friday."),)),),
        looks=(PacketLook(at=at, by="Maria Lopez", what="query-read"),),
        attendance=(PacketAttendance(cycle=report.cycle_title, first=today, last=today, kind="late",
                                     days=Decimal(2)),),
    )  # fmt: skip
