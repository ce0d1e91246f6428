"""In which of the school's languages somebody is written to about a query."""

from collections.abc import Collection

from termpost.schemas.base.languages import first_language
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.log.query_threads import QueryThread
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.secrets.identities import open_identities

AboutSomebody = tuple[str, str | None]  # who is written to, and about whom; references


def language_of(home: Home, thread: QueryThread) -> str:
    """As the newest record has it, of the row about this student first; else the school's first language."""
    if thread.contact is None:
        return home.settings.institution.languages[0]
    asked = (thread.contact, thread.student)
    return languages_of(home, [asked])[asked]


def languages_of(home: Home, asked: Collection[AboutSomebody]) -> dict[AboutSomebody, str]:
    """The same of many people, with one look at the record; of somebody's own copy, and where it is about nobody, by a
    row about any of their children."""
    offered = home.settings.institution.languages
    found = dict.fromkeys(asked, offered[0])
    if not asked or not home.lake.catalogue.exists():
        return found
    people = {PersonRef(person) for person, _ in asked}
    with open_lake(home.lake) as lake:
        for extract in extracts_newest_first(lake)[:1]:
            own = open_identities(lake, home.people, extract, StudentIdentity, people)
            contacts = open_identities(lake, home.people, extract, ContactIdentity, people)
            for person, student in asked:
                if (known := own.get(PersonRef(person))) is not None:
                    found[person, student] = first_language([known.language], offered)
                elif (contact := contacts.get(PersonRef(person))) is not None:
                    about = [row.language for row in contact.reach if row.student == student]
                    others = [row.language for row in contact.reach if row.student != student]
                    found[person, student] = first_language([*about, *others], offered)
    return found
