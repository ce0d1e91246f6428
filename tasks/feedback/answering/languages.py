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
    offered = home.settings.institution.languages
    if thread.contact is None:
        return offered[0]
    who = PersonRef(thread.contact)
    with open_lake(home.lake) as lake:
        for extract in extracts_newest_first(lake)[:1]:
            if thread.contact == thread.student:
                student = open_identities(lake, home.people, extract, StudentIdentity, [who]).get(who)
                return first_language([student.language if student else None], offered)
            contact = open_identities(lake, home.people, extract, ContactIdentity, [who]).get(who)
            rows = sorted(contact.reach if contact else (), key=lambda row: row.student != thread.student)
            return first_language([row.language for row in rows], offered)
    return offered[0]
