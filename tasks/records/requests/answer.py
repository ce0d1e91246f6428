"""The written answer to somebody who has no right to the records: with the ground, and naming no student."""

from datetime import date

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.log.records.requests import RecordsRequest
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.school_words import words_of_home
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.papers.records.letter import RecordsLetter, WrittenTo, make_records_letters, written_to
from termpost.tasks.records.requests.facts import newest_identity
from termpost.tasks.records.requests.right import NoRightError


def make_answer(home: Home, request: RecordsRequest, refusal: NoRightError) -> bytes:
    """PDF/UA-1: one letter."""
    who = _addressee(home, request.recipient)
    said = _said(home, who, request.received, refusal)
    letter = RecordsLetter(who.language, who.name, who.address, who.translator.text("records", "answer_subject"), said)
    words = words_of_home(home.path, home.settings.institution.languages)
    return make_records_letters(home.settings, home.calendar.country, [letter], home.today, words)


def _said(home: Home, who: WrittenTo, received: date, refusal: NoRightError) -> tuple[str, ...]:
    t, school = who.translator, home.settings.institution.called
    return (
        t.text("records", "answer_lead", day=t.day(received), school=school),
        t.text("records", f"why_{refusal.ground.replace('-', '_')}"), t.text("records", "answer_remedy"),
    )  # fmt: skip


def _addressee(home: Home, who: PersonRef) -> WrittenTo:
    """Whom nothing may be sent to, such as somebody barred, is handed it: by name, without an address."""
    with open_lake(home.lake) as lake:
        found = written_to(home, lake, [who])
        if who in found:
            return found[who]
        contact = newest_identity(home, lake, ContactIdentity, who)
        name = contact.name if contact else ""
        if not contact:
            student = newest_identity(home, lake, StudentIdentity, who)
            name = student.name if student else ""
    language = home.settings.institution.languages[0]
    return WrittenTo(name, (), translator_for(language, home.calendar.country), language)
