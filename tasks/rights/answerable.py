"""What the office may decide about whom, by the newest record: nobody answers what was not asked."""

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import ContactRights
from termpost.schemas.log.rights_decision import AGENCY, ASPECTS, DOCUMENTED, RightsDecision, RightsFinding, bar_digest
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights.changed_person import changed_people
from termpost.tasks.rights.latest_word import extracts_newest_first, latest_words
from termpost.tasks.rights.one_contact import one_each
from termpost.tasks.rights.recipients import open_record
from termpost.tasks.rights.rights_decisions import open_rights_decisions


def compared_with_barred(home: Home, student: PersonRef, contact: PersonRef, finding: RightsFinding) -> str:
    """What an answer about a likeness to somebody barred rests on; the student has a copy too.

    Raises:
        InputError: `nothing-to-answer`.
    """
    with open_lake(home.lake) as lake:
        newest = next(iter(extracts_newest_first(lake)), None)
        record = newest and open_record(lake, home.people, newest, [student], home.today, open_rights_decisions(home))
    known = record.students.get(student) if record else None
    around = {student, *(one.ref for one in known.contacts)} if known else set()
    if not record or contact not in around or not record.barred.get(student):
        raise InputError("nothing-to-answer", "nobody barred from this student is like this contact", "CONTACT",
                         "see `termpost recipients`: what it asks can be answered")  # fmt: skip
    return record.compared(student, contact, finding)


def holder_shown_by(home: Home, student: PersonRef, contact: PersonRef, finding: RightsFinding) -> ExtractId:
    """The newest extract that has the contact: by it the id is the same person's, or another's.

    Raises:
        InputError: `no-contact-of-theirs`; `nothing-to-answer`, where nobody doubts that it is the same person's.
    """
    with open_lake(home.lake) as lake:
        _rows(home, lake, student, contact)
        extracts = extracts_newest_first(lake)
        query = "SELECT DISTINCT extract_id FROM lake.core_person WHERE person_ref = ? AND role_code = 'contact'"
        having = {extract_id for (extract_id,) in lake.execute(query, [contact]).fetchall()}
        newest = next(extract_id for extract_id in extracts if extract_id in having)
        is_asked = changed_people(home, lake, [newest], [contact], extracts)
    if finding == "same-person" and not is_asked:
        raise InputError("nothing-to-answer", "nobody asks whether this id is the same person's", "CONTACT",
                         "see `termpost recipients`: what it asks can be answered")  # fmt: skip
    return newest


def refuse_strangers(home: Home, student: PersonRef, contact: PersonRef, decision: RightsDecision) -> str | None:
    """Only about somebody whom the record names, or named last, as a contact of this student.

    Returns:
        What it answers, where that is a question about a restriction.

    Raises:
        InputError: `no-contact-of-theirs`, `no-agency`, `no-end`; `nothing-to-answer`, where there is no restriction.
    """
    with open_lake(home.lake) as lake:
        rows = _rows(home, lake, student, contact)
    if ASPECTS[decision.finding] == "agreement":
        if (rows[0].relation or "").strip().lower() != AGENCY:
            raise InputError("no-agency", "an agreement is with an agency", "--finding",
                             "the record's relation must be Agency; a person has guardianship-papers")  # fmt: skip
        if decision.until is None:
            raise InputError("no-end", "an agreement ends some day", "--until", "give the first day it is over")
    if decision.finding != DOCUMENTED:
        return None
    (bar,) = one_each(rows)
    if not bar.restriction:
        raise InputError("nothing-to-answer", "the record has no restriction of this contact", "CONTACT",
                         "keep a bar that only the paper has by its own name: --finding no-contact")  # fmt: skip
    return bar_digest(bar)


def _rows(
    home: Home, lake: duckdb.DuckDBPyConnection, student: PersonRef, contact: PersonRef
) -> tuple[ContactRights, ...]:
    """A row that the newest extract leaves out does not keep an order of a court from being decided."""
    pair, age = (str(student), str(contact)), home.settings.rights.age_of_majority
    words = latest_words(lake, home.people, extracts_newest_first(lake), {pair: None}, home.today, age)
    rows = words[pair].student.contacts if pair in words else ()
    if not rows:
        raise InputError("no-contact-of-theirs", "the record does not name this contact of this student", "CONTACT",
                         "add the row to supplement/contacts.csv and prepare first")  # fmt: skip
    return rows
