"""To whom access codes go by post: everyone who has the right to a report of the cycle today."""

import duckdb

from schemas.refs import ExtractId, PersonRef
from tasks.distribute.outgoing import code_of
from tasks.distribute.plan import make_plan, school_names
from tasks.distribute.recipients import open_recipients
from tasks.home import Home
from tasks.papers.code_letter import CodeLetter


def code_letters_of(
    home: Home, lake: duckdb.DuckDBPyConnection, cycle_id: str, only: PersonRef | None
) -> list[CodeLetter]:
    """The letters, by the recipient's name; with `only`, those of that student's recipients."""
    plan = make_plan(home, lake, cycle_id, None if only is None else frozenset({only}))
    extract_id = ExtractId(plan.extract_id)
    names = school_names(lake, extract_id)
    refs = [PersonRef(parcel.recipient) for parcel in plan.parcels]
    contacts = open_recipients(lake, home.people, extract_id, refs, plan.day)
    letters = []
    for parcel in plan.parcels:
        contact = contacts.get(PersonRef(parcel.recipient))
        student = parcel.reports[0].student
        address = next((r.address for r in contact.reach if r.student == student), ()) if contact else ()
        if contact is None or not address:
            continue
        school = names.get(parcel.reports[0].school, home.settings.institution.name)
        letters.append(CodeLetter(
            recipient_name=contact.name, address=address, school=school, code=code_of(home, parcel.recipient)
        ))  # fmt: skip
    return sorted(letters, key=lambda letter: (letter.recipient_name, letter.address, letter.code))
