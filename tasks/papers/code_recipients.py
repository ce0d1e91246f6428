"""To whom access codes go by post: everyone who has the right to a report of the cycle today."""

import duckdb
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.parcel import Plan
from termpost.tasks.distribute.plan import make_plan
from termpost.tasks.documents.postal_address import postal_lines, posted_from
from termpost.tasks.documents.register_order import register_order
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.lake.school_names import school_names
from termpost.tasks.papers.code_letter import CodeLetter
from termpost.tasks.rights.recipients import open_recipients
from termpost.tasks.rights.rights_decisions import open_rights_decisions
from termpost.tasks.stage.manifests import prepared_of


def code_letters_of(
    home: Home, lake: duckdb.DuckDBPyConnection, cycle_id: str, only: PersonRef | None
) -> list[CodeLetter]:
    """The letters, by the recipient's name; with `only`, those of that student's recipients."""
    plan = make_plan(home, lake, cycle_id, None if only is None else frozenset({only}))
    letters = _letters(home, lake, plan, AccessCodes(home, home.standing())).values()
    by_name = register_order(home).keys(letter.recipient_name for letter in letters)
    return sorted(letters, key=lambda letter: (by_name[letter.recipient_name], letter.address, letter.code))


def code_letters_for(home: Home, recipient: PersonRef | None) -> dict[PersonRef, CodeLetter]:
    """One letter to each recipient of any prepared cycle (or to one of them), at the address of the latest cycle, by
    name."""
    codes, found = AccessCodes(home, home.standing()), dict[PersonRef, CodeLetter]()
    with open_lake(home.lake) as lake:
        for cycle in sorted(home.calendar.cycles, key=lambda cycle: cycle.release):
            if prepared_of(home, cycle.id):
                found |= _letters(home, lake, make_plan(home, lake, cycle.id, None), codes)
    by_name = register_order(home).keys(letter.recipient_name for letter in found.values())
    in_order = sorted(found.items(), key=lambda one: (by_name[one[1].recipient_name], one[1].address))
    return {ref: letter for ref, letter in in_order if recipient in (None, ref)}


def _letters(
    home: Home, lake: duckdb.DuckDBPyConnection, plan: Plan, codes: AccessCodes
) -> dict[PersonRef, CodeLetter]:
    extract_id = ExtractId(plan.extract_id)
    names = school_names(lake, extract_id)
    refs = [PersonRef(parcel.recipient) for parcel in plan.parcels]
    contacts = open_recipients(lake, home.people, extract_id, refs, plan.day, open_rights_decisions(home))
    letters = {}
    for parcel in plan.parcels:
        ref, student = PersonRef(parcel.recipient), parcel.reports[0].student
        contact = contacts.get(ref)
        if contact is None:
            continue
        reach = next((reach for reach in contact.reach if reach.student == student), None)
        address = postal_lines(reach, posted_from(home)) if reach else ()
        school = names.get(parcel.reports[0].school, home.settings.institution.name)
        letters[ref] = CodeLetter(
            language=parcel.language, recipient_name=contact.name, address=address, school=school,
            code=codes.of(parcel.recipient), by_hand=not address,
        )  # fmt: skip
    return letters
