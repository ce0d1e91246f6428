"""Who may have an answer about a student: whoever may have the report today, and nobody else (law 4)."""

from collections.abc import Collection

import duckdb
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactReach
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.published_objects import Visible
from termpost.tasks.feedback.queries import open_queries, threads_of
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights.latest_word import StudentContact, extracts_newest_first
from termpost.tasks.rights.rights_today import rights_of_holders
from termpost.tasks.secrets.identities import open_identities


def entitled(home: Home, lake: duckdb.DuckDBPyConnection, pairs: Collection[StudentContact]) -> set[StudentContact]:
    """Those of the students and contacts who have the right, by the newest record and the office on the home's day.

    Whom no extract knows has none. A student has it about themselves where a report of theirs lies open for them.
    """
    contacts: dict[StudentContact, str | None] = {pair: None for pair in pairs if pair[0] != pair[1]}
    found = set[StudentContact]()
    if contacts:
        found = {pair for pair, right in rights_of_holders(home, lake, contacts).items() if right.allowed}
    themselves = {pair for pair in pairs if pair[0] == pair[1]}
    if themselves:
        shown = {(one.student, one.recipient) for one in Visible.fold(home.log.entries()).open()}
        found |= themselves & shown
    return found


def entitled_to_all(home: Home, lake: duckdb.DuckDBPyConnection, recipients: Collection[str]) -> set[str]:
    """Who of them has the right today to the report of each student that the newest record has them for: what is about
    no student in particular is for nobody else, since its words may be about any of them."""
    if not recipients:
        return set()
    refs = {PersonRef(one) for one in recipients}
    asked: dict[str, set[StudentContact]] = {}
    for extract in extracts_newest_first(lake)[:1]:
        for ref, contact in open_identities(lake, home.people, extract, ContactReach, refs).items():
            asked[str(ref)] = {(reach.student, str(ref)) for reach in contact.reach}
    pairs = {one: asked.get(one) or {(one, one)} for one in map(str, refs)}  # a student has it about themselves
    have = entitled(home, lake, set().union(*pairs.values()))
    return {one for one, mine in pairs.items() if mine <= have}


def ask_rights(home: Home, run: str) -> int:
    """Marks what waits for an answer and came from somebody who has no right to one today; returns how many are new.

    Asked each time, so that a right that ended since it came, or since a reply, makes it the office's (law 4). A
    student's own ends by nothing that happens to a report, so that is asked once, before it is given to anybody.
    """
    new = [one for one in open_queries(threads_of(home).values()) if (one.student or one.contact) and one.has_right]
    new = [one for one in new if one.student != one.contact or not (one.was_assigned or one.answers)]
    if not new:
        return 0
    with open_lake(home.lake) as lake:
        have = entitled(home, lake, {(one.student, one.contact) for one in new if one.student and one.contact})
        have_all = entitled_to_all(home, lake, {one.contact for one in new if one.contact and not one.student})
    return len(home.log.append(run, [
        Entry(kind="query_noticed", query=one.id, student=one.student, recipient=one.contact, reason="no-right")
        for one in new
        if ((one.student, one.contact) not in have if one.student else one.contact not in have_all)
    ]))  # fmt: skip
