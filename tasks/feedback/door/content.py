"""What one person's door says: their live reports, what they asked, and the answers to that; nothing of others."""

import base64
import re
from collections.abc import Iterator, Sequence
from datetime import UTC

from termpost.schemas.base.languages import best_language
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.feedback.door import (
    DoorAnswer,
    DoorContent,
    DoorMessages,
    DoorQuery,
    DoorReply,
    DoorReport,
    DoorStatement,
    QueryStep,
)
from termpost.schemas.log.published_objects import PublishedDelivery
from termpost.schemas.log.query_threads import QueryThread, reached_at
from termpost.tasks.channels.portal.door.messages import door_pair, messages_wish
from termpost.tasks.channels.portal.office_contact import office_contact, office_hours
from termpost.tasks.channels.portal.receipt_keys import web_key
from termpost.tasks.channels.portal.take_receipt import BEGINNING, beginning_of
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.feedback.answering.who_may import ANSWERING
from termpost.tasks.feedback.door.facts import DoorFacts
from termpost.tasks.feedback.meetings.outcomes import MeetingMinutes, minutes_behind_door
from termpost.tasks.feedback.meetings.shown import door_meeting
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_statements import words_of_statement
from termpost.tasks.home.notes import read_note

_LANGUAGE = re.compile(rb'<html lang="([A-Za-z0-9-]+)"')  # of any page of ours


def content_of(home: Home, facts: DoorFacts, recipient: str, locator: str) -> DoorContent:
    """The content of a door. Who has no right to anything today finds in it whom to call, and nothing else."""
    language = _language(home, facts, recipient)
    reports = _reports(home, facts, recipient, language)
    queries = tuple(_queries(home, facts, recipient, language))
    wish = messages_wish(home) if reports or queries else None
    messages = wish and DoorMessages(
        to=wish.to, home=base64.b64encode(wish.home).decode(), key=web_key(door_pair(home, locator))
    )
    return DoorContent(
        recipient=recipient, language=language,
        school=office_contact(home.settings, office_hours(home.calendar, language)), reports=reports, queries=queries,
        messages=messages,
    )  # fmt: skip


def _reports(home: Home, facts: DoorFacts, recipient: str, language: str) -> tuple[DoorReport, ...]:
    """The newest day first. A report's place on its page is that of its delivery when the page was planned."""
    live = {
        (place, facts.parts[place, one.delivery]): one
        for place, page in facts.pages.get(recipient, {}).items()
        for one in page
        if one.delivery not in facts.seen.withdrawn and facts.shows(one.student, recipient)
    }
    latest: dict[tuple[str, str], int] = {}
    for one in live.values():
        key = (one.student, one.cycle)
        latest[key] = max(latest.get(key, 0), one.version)
    made = [
        _report(home, facts, place, part, one, language, is_latest=latest[one.student, one.cycle] == one.version)
        for (place, part), one in live.items()
    ]
    made.sort(key=lambda one: (one.student, one.page, one.part))
    return tuple(sorted(made, key=lambda one: one.day, reverse=True))


def _report(
    home: Home, facts: DoorFacts, place: str, part: int, one: PublishedDelivery, language: str, *, is_latest: bool
) -> DoorReport:
    told, zone = facts.told.get(place, []), home.calendar.zone
    day = min(entry.day for entry in told).astimezone(zone).date() if told else home.today
    is_planned = any(cycle.id == one.cycle for cycle in home.calendar.written)
    said = facts.acknowledged.get((one.recipient, one.report, one.version))
    return DoorReport(
        page=place.rpartition("/")[2].removesuffix(".html"),
        part=part,
        student=facts.names.get(one.student, ""),
        cycle=facts.titles.get(one.cycle, one.cycle),
        day=day.isoformat(),
        ask_until=(facts.days.of_page(one.cycle, place) if is_planned else day).isoformat(),
        is_latest=is_latest,
        acknowledge=home.settings.feedback.acknowledge and is_latest and said is None,
        acknowledged=said.isoformat() if said else "",
        statements=tuple(_statements(home, facts, one, language)),
    )


def _statements(home: Home, facts: DoorFacts, one: PublishedDelivery, language: str) -> Iterator[DoorStatement]:
    schools = home.settings.institution.languages[0]
    title = "" if schools == language else translator_for(schools, home.calendar.country).text("household", "statement")
    for statement in facts.statements:
        if statement.goes_with(one.student, one.report, one.version) and (words := words_of_statement(home, statement)):
            day = statement.kept.astimezone(home.calendar.zone).date()
            yield DoorStatement(on=day.isoformat(), text=words, title=title, language=title and schools)


def _queries(home: Home, facts: DoorFacts, recipient: str, language: str) -> list[DoorQuery]:
    """The newest first."""
    mine = [one for one in facts.threads.get(recipient, ()) if facts.shows(one.student, recipient)]
    mine.sort(key=lambda one: (one.received, one.id), reverse=True)
    minutes = minutes_behind_door(facts.book, recipient) if any(one.meetings for one in mine) else []
    return [_query(home, facts, one, language, [said for said in minutes if said.query == one.id]) for one in mine]


def _query(
    home: Home, facts: DoorFacts, thread: QueryThread, language: str, minutes: Sequence[MeetingMinutes]
) -> DoorQuery:
    whose = PersonRef(thread.student or thread.contact or "")
    answers = [
        DoorAnswer(at=one.day.astimezone(UTC), by=_signed(home, facts, one.actor, language),
                   text=_words(home, whose, one.object))
        for one in thread.given
    ]  # fmt: skip
    answers += [DoorAnswer(at=one.held, by=_signed(home, facts, one.by, language), text=one.text) for one in minutes]
    replies = tuple(DoorReply(at=reached_at(one).astimezone(UTC), text=_words(home, whose, one.object))
                    for one in thread.replies if one.object and one.recipient == thread.contact)  # fmt: skip
    step: QueryStep = "closed" if thread.state == "closed" else "answered" if answers else "open"
    return DoorQuery(
        id=thread.id, kind=thread.kind, student=facts.names.get(thread.student or "", ""),
        asked=thread.received.astimezone(UTC), text=_words(home, whose, thread.note), step=step,
        answer_by=thread.due.isoformat() if thread.due and step == "open" else "",
        answers=tuple(answers), replies=replies,
        meeting=door_meeting(facts.book, thread.id, language) if thread.meetings else None,
    )  # fmt: skip


def _signed(home: Home, facts: DoorFacts, staff: str, language: str) -> str:
    """Name and role, as the school signs; the school where nobody is known by that id."""
    member, translator = facts.staff.get(staff), translator_for(language, home.calendar.country)
    if member is None or member.role not in ANSWERING:
        return member.name if member else home.settings.institution.called
    return translator.text("role", "signed", name=member.name, role=translator.text("role", member.role))


def _words(home: Home, whose: PersonRef, key: str | None) -> str:
    """What somebody wrote; nothing where it was erased."""
    try:
        return (read_note(home, whose, key) or "") if key else ""
    except KeyError:
        return ""


def _language(home: Home, facts: DoorFacts, recipient: str) -> str:
    """That of the newest page; the school's own where there is none."""
    languages = home.settings.institution.languages
    for place in reversed(list(facts.pages.get(recipient, {}))):
        found = _LANGUAGE.search(beginning_of(home.store, place, BEGINNING) or b"")
        if found:
            return best_language(found[1].decode(), languages)
    return languages[0]
