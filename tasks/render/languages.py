"""In which languages a report is made: the school's own, and those that the people around the student read."""

from collections.abc import Mapping, Sequence

import duckdb
from termpost.schemas.base.languages import best_language
from termpost.schemas.base.refs import Batch, PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.school_words import read_words
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.identities import open_identities


def languages_of(
    lake: duckdb.DuckDBPyConnection, home: Home, batch: Batch, students: Mapping[PersonRef, StudentIdentity]
) -> dict[PersonRef, tuple[str, ...]]:
    """For each student the languages to render, the school's own first.

    Every contact on record counts, whether or not they will be found to have the right: rights are decided on the day
    of release, and what was approved by then cannot be added to.

    Raises InputError where the school offers a language that has no words.
    """
    offered = home.settings.institution.languages
    refuse_unreadable(home)
    around = {PersonRef(contact.ref) for student in students.values() for contact in student.contacts}
    contacts = open_identities(lake, home.people, batch.summaries.extract_id, ContactIdentity, around)
    found = {}
    for ref in batch.students:
        asked = [students[ref].language]
        for contact in students[ref].contacts:
            known = contacts.get(PersonRef(contact.ref))
            asked += [reach.language for reach in known.reach if reach.student == ref] if known else []
        found[ref] = _chosen(asked, offered)
    return found


def refuse_unreadable(home: Home) -> None:
    """Reads the files of every language that the school offers, ours and its own: what is wrong is told before a family
    asks for it.

    Raises:
        InputError: `no-such-language`, `unfinished-language`, `bad-placeholder`, `bad-words`, with file and place.
    """
    for language in home.settings.institution.languages:
        translator_for(language, home.calendar.country)
        read_words(home.path, language)


def _chosen(asked: Sequence[str | None], offered: Sequence[str]) -> tuple[str, ...]:
    wanted = {best_language(language, offered) for language in asked}
    return (offered[0], *sorted(wanted - {offered[0]}))
