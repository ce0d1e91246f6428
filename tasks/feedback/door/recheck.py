"""The second code path (law 13) for doors: opens one that is about to be put, and asks of all in it whether this person
may have it. It goes by the log and the pages themselves, and by nothing that made the door."""

import base64
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from termpost.schemas.base.channel_name import AT_THE_DOOR
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.feedback.door import DoorContent, DoorReport
from termpost.schemas.documents.receipt import sealed_place
from termpost.tasks.channels.portal.door.messages import door_pair, home_message_key
from termpost.tasks.channels.portal.door.reopen_door import reopen_door
from termpost.tasks.channels.portal.reopen import PageContent
from termpost.tasks.channels.portal.reseal import open_with
from termpost.tasks.feedback.door.facts import DoorFacts
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import read_note


class ReceivedQueries(NamedTuple):
    """What the log has of queries, read on a way of its own."""

    asked: Mapping[
        str, tuple[str | None, str | None]
    ]  # query → who asked and about whom; of one that came twice, neither
    statements: Mapping[str, Sequence[tuple[str | None, int, str]]]  # student → report, version, words kept with it


def received_queries(home: Home) -> ReceivedQueries:
    """Reads it. Of a query that came twice, and not alike, nobody asked."""
    found: dict[str, tuple[str | None, str | None]] = {}
    reports: dict[str, tuple[str | None, int]] = {}
    for entry in home.log.entries("query_received"):
        if entry.query:
            said = (entry.recipient, entry.student)
            found[entry.query] = said if found.get(entry.query, said) == said else (None, None)
            reports[entry.query] = (entry.report, entry.version or 1)
    statements: dict[str, list[tuple[str | None, int, str]]] = {}
    for entry in home.log.entries("query_changed"):
        if (
            entry.reason == "statement-kept"
            and entry.student
            and entry.object
            and home.people.is_known(PersonRef(entry.student))
        ):
            try:
                words = read_note(home, PersonRef(entry.student), entry.object) or ""
            except KeyError:  # past its time
                continue
            statements.setdefault(entry.student, []).append((*reports[entry.query or ""], words))
    return ReceivedQueries(found, statements)


def recheck_door(
    home: Home, facts: DoorFacts, recipient: str, locator: str, sealed: bytes, received: ReceivedQueries
) -> None:
    """Whether a door holds what it should and nothing else.

    Raises:
        Refused: `foreign-report`, `foreign-query`, `wrong-statement`, `wrong-messages`, `wrong-door`: it does not.
    """
    opened = reopen_door(sealed, facts.codes.of(recipient))
    content = opened.content
    if content.recipient != recipient or opened.public != door_pair(home, locator).public:
        raise _refused("wrong-door", "a door is not that of its recipient")
    pages: dict[str, PageContent | None] = {}
    for report in content.reports:
        _recheck_report(home, facts, content, report, pages, received)
    for query in content.queries:
        asked_by, student = received.asked.get(query.id, (None, None))
        if asked_by != recipient:
            raise _refused("foreign-query", "a door has a question that its recipient did not ask")
        if student and (student, recipient) in facts.refused:
            raise _refused("foreign-query", "a door has a question about a student without the right to them")
        if student is None and recipient not in facts.of_all_theirs:
            raise _refused("foreign-query", "a door has a question of somebody without the right to each of theirs")
    _recheck_messages(home, content)


def _recheck_report(
    home: Home, facts: DoorFacts, content: DoorContent, report: DoorReport, pages: dict[str, PageContent | None],
    received: ReceivedQueries,
) -> None:  # fmt: skip
    """What lies at that place of the page is the report of a delivery that is live, to this person, with the right."""
    recipient, place = content.recipient, sealed_place(content.recipient, report.page)
    if place not in pages:
        pages[place] = _page(home, facts, recipient, place)
    page = pages[place]
    part = page.parts[report.part] if page and report.part < len(page.parts) else None
    mine = [
        one for one in facts.seen.live()
        if (one.object, one.recipient, one.channel) == (place, recipient, AT_THE_DOOR)
        and (one.student, recipient) not in facts.refused
    ]  # fmt: skip
    said = {
        (one.report, one.version, one.student) for one in mine
        if part and facts.seen.approved.get(home.people.digest(PersonRef(one.student), part.pdf))
        == (one.report, one.version, one.student)
    }  # fmt: skip
    if not said:
        raise _refused("foreign-report", "a door names a report that its recipient has no right to, or not there")
    kept = [
        {words for of, first, words in received.statements.get(student, ()) if of in (None, name) and first <= version}
        for name, version, student in said
    ]
    if {one.text for one in report.statements} not in kept:
        raise _refused("wrong-statement", "a door has not the statements that are kept with a report")


def _page(home: Home, facts: DoorFacts, recipient: str, place: str) -> PageContent | None:
    try:
        page = home.store.get(place)
    except KeyError:
        return None
    return open_with(page, [facts.codes.of(recipient), *facts.codes.earlier(recipient)])


def _recheck_messages(home: Home, content: DoorContent) -> None:
    """What is written behind a door goes to the school alone."""
    wish, portal = content.messages, home.settings.channels.portal
    if wish is None:
        return
    if portal is None or wish.to != portal.messages_url:
        raise _refused("wrong-messages", "a door would send what a family writes where it should not")
    if base64.b64decode(wish.home) != home_message_key(home).public or not (content.reports or content.queries):
        raise _refused("wrong-messages", "a door would encrypt for somebody else, or for who may not write")


def _refused(code: str, what: str) -> Refused:
    return Refused(code, what, "door/", "nothing was put; tell the developers, this must not happen")
