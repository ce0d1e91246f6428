"""The rights of those who have, or would get, a report, by the newest record and the office on the home's day."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain

import duckdb
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import StudentStanding
from termpost.schemas.log.rights_decision import ended_by_hand
from termpost.tasks.home.home import Home
from termpost.tasks.rights.changed_person import changed_people
from termpost.tasks.rights.ended import right_today
from termpost.tasks.rights.latest_word import StudentContact, extracts_newest_first, latest_words
from termpost.tasks.rights.newer_record import PERSON_CHANGED, NewerRecord, RightToday
from termpost.tasks.rights.rights_decisions import RightsDecisions, open_rights_decisions


def rights_today(
    home: Home, lake: duckdb.DuckDBPyConnection, asked: Mapping[StudentContact, str | None], decisions: RightsDecisions
) -> dict[StudentContact, RightToday]:
    """Of contacts who had the right once; absent is whom no extract knows, and the student's own copy.

    Args:
        asked: with the extract by which the right was asked then, where it is known.
    """
    age, by_hand = home.settings.rights.age_of_majority, ended_by_hand(home.standing())
    contacts = {pair: since for pair, since in asked.items() if pair[0] != pair[1]}
    words = latest_words(lake, home.people, extracts_newest_first(lake), contacts, home.today, age)
    return {
        pair: right_today(
            pair[1], word, decisions.get(pair[0], {}).get(pair[1], ()), home.today, age, was_ended=pair in by_hand
        )
        for pair, word in words.items()
    }  # fmt: skip


def rights_of_holders(
    home: Home, lake: duckdb.DuckDBPyConnection, asked: Mapping[StudentContact, str | None]
) -> dict[StudentContact, RightToday]:  # fmt: skip
    """The same of those who have something already: a question too where their id may have passed to somebody else."""
    extracts = extracts_newest_first(lake)
    changed = changed_people(home, lake, extracts[:1], _who(asked), extracts)
    today = rights_today(home, lake, asked, open_rights_decisions(home))
    return {
        pair: replace(right, asks=PERSON_CHANGED, allowed=False) if pair[1] in changed and not right.ended else right
        for pair, right in today.items()
    }


def newer_record(
    home: Home, lake: duckdb.DuckDBPyConnection, extract_id: ExtractId,
    students: Mapping[PersonRef, StudentStanding], decisions: RightsDecisions,
) -> NewerRecord:  # fmt: skip
    """What extracts that came after the one of a cycle say of its students and their contacts."""
    extracts = extracts_newest_first(lake)
    contacts = {(str(ref), contact.ref) for ref, student in students.items() for contact in student.contacts}
    today: dict[StudentContact, RightToday] = {}
    if extracts and extracts[0] != extract_id:
        today = rights_today(home, lake, dict.fromkeys(contacts, str(extract_id)), decisions)
    by = dict.fromkeys(chain([extract_id], extracts[:1]))
    return NewerRecord(today, changed_people(home, lake, list(by), _who(contacts), extracts))


def _who(contacts: Iterable[StudentContact]) -> set[PersonRef]:
    return {PersonRef(contact) for student, contact in contacts if contact != student}
