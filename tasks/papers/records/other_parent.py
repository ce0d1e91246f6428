"""The letter to the parent with whom the child lives, where the other one asked for the records (603 CMR 23.07(5)(b)).

It names both parents and the child, and gives no address: what it says is known to whom it goes to.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.log.records.parents_apart import ParentAsk
from termpost.schemas.log.records.requests import REQUEST_KINDS, RecordsRequests
from termpost.schemas.settings.law.law_pack import OtherParentWait
from termpost.tasks.documents.wording import Translator, translator_for
from termpost.tasks.documents.words.school_words import words_of_home
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.papers.records.letter import RecordsLetter, make_records_letters, written_to
from termpost.tasks.rights.latest_word import extracts_newest_first, newest_standing
from termpost.tasks.rights.parents_apart import is_apart, parents_apart
from termpost.tasks.rights.rights_today import rights_of_holders
from termpost.tasks.secrets.identities import open_identities


def make_other_parent_letters(home: Home, student: PersonRef) -> bytes:
    """A letter for each request that waits and each parent or guardian to be told, in their language; where that is not
    the school's own, in this one too. PDF/UA-1.

    Raises:
        InputError: `no-other-parent`, where nobody has to be told of anything; `nobody-to-write-to`.
    """
    line = home.law.other_parent()
    with open_lake(home.lake) as lake:
        asks = _asks(home, lake, student) if line else {}
        if line is None or not asks:
            raise InputError("no-other-parent", "no request of a parent apart waits about this student", "--student",
                             "note it first (termpost records access --received), where the law has it")  # fmt: skip
        letters = list(_letters(home, lake, student, asks, line))
    if not letters:
        raise InputError("nobody-to-write-to", "nobody else has the right to this student's records today",
                         "paper other-parent", "see `termpost recipients`, and ask the school's counsel")  # fmt: skip
    words = words_of_home(home.path, home.settings.institution.languages)
    return make_records_letters(home.settings, home.calendar.country, letters, home.today, words)


def _asks(home: Home, lake: duckdb.DuckDBPyConnection, student: PersonRef) -> dict[PersonRef, ParentAsk]:
    """Who asked and waits."""
    apart = {PersonRef(one.ref) for one in newest_standing(home, lake, student).contacts if is_apart(one)}
    waiting = RecordsRequests.fold(home.log.entries(*REQUEST_KINDS)).open_about(student)
    known = parents_apart(home).asks.by_case
    return {one.recipient: known[one.case][1] for one in waiting if one.recipient in apart and one.case in known}


def _letters(
    home: Home, lake: duckdb.DuckDBPyConnection, student: PersonRef, asks: dict[PersonRef, ParentAsk],
    line: OtherParentWait,
) -> Iterator[RecordsLetter]:  # fmt: skip
    told = _to_tell(home, lake, student)
    to, own = written_to(home, lake, told), home.settings.institution.languages[0]
    newest = extracts_newest_first(lake)[0]
    who = open_identities(lake, home.people, newest, ContactIdentity, asks)
    child = open_identities(lake, home.people, newest, StudentIdentity, [student])[student].name
    for ref, ask in asks.items():
        last = (ask.told or home.today) + timedelta(days=line.days)
        for one in (to[person] for person in told if person in to):
            for language in dict.fromkeys((one.language, own)):
                t = translator_for(language, home.calendar.country)
                said = other_parent_words(t, who[ref].name, child, ask, last, line)
                yield RecordsLetter(language, one.name, one.address, t.text("records", "other_subject"), said)


def other_parent_words(
    t: Translator, parent: str, child: str, ask: ParentAsk, last: date, line: OtherParentWait
) -> tuple[str, ...]:
    """The paragraphs of one letter.

    Args:
        last: the day until which a court paper is waited for.
    """
    first = last + timedelta(days=1)
    return (
        t.text("records", "other_asked", parent=parent, day=t.day(ask.asked), student=child),
        t.text("records", "other_given", day=t.day(first), last=t.day(last)),
        t.text("records", "other_paper", parent=parent),
        t.text("records", "other_kept"),
        t.text("records", "other_law", source=line.source),
    )


def _to_tell(home: Home, lake: duckdb.DuckDBPyConnection, student: PersonRef) -> list[PersonRef]:
    """Parents and guardians with the right today with whom the child may live: all but parents apart, and no agency."""
    contacts = [
        PersonRef(one.ref) for one in newest_standing(home, lake, student).contacts
        if not is_apart(one) and (one.relation or "").strip().lower() != "agency"
    ]  # fmt: skip
    rights = rights_of_holders(home, lake, {(str(student), str(ref)): None for ref in contacts})
    found = [ref for ref in contacts if (right := rights.get((str(student), str(ref)))) is not None and right.allowed]
    return list(dict.fromkeys(found))
