"""In which of the school's languages somebody is written to about a query."""

from termpost.schemas.base.languages import first_language
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.log.query_threads import QueryThread
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.secrets.identities import open_identities


def language_of(home: Home, thread: QueryThread) -> str:
    """As the newest record has it, of the row about this student first; else the school's first language."""
    if thread.contact is None:
        return home.settings.institution.languages[0]
    return language_of_person(home, thread.contact, thread.student)


def language_of_person(home: Home, person: str, student: str | None = None) -> str:
    """The same of anybody, by a row about any of their children."""
    offered = home.settings.institution.languages
    if not home.lake.catalogue.exists():
        return offered[0]
    who = PersonRef(person)
    with open_lake(home.lake) as lake:
        for extract in extracts_newest_first(lake)[:1]:
            own = open_identities(lake, home.people, extract, StudentIdentity, [who]).get(who)
            if own is not None:
                return first_language([own.language], offered)
            contact = open_identities(lake, home.people, extract, ContactIdentity, [who]).get(who)
            rows = sorted(contact.reach if contact else (), key=lambda row: row.student != student)
            return first_language([row.language for row in rows], offered)
    return offered[0]
