"""Law 4 for a parcel of several children: a way that is barred for one of them is used for none."""

from dataclasses import replace
from datetime import date
from typing import Any

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, ContactRights, Reach, StudentIdentity
from termpost.schemas.documents.parcel import Plan
from termpost.schemas.documents.prepared import Bytes, PreparedReport, PreparedSchool
from termpost.tasks.distribute.addressing import plan_schools
from termpost.tasks.rights.recipients import Record
from termpost.tasks.rights.terms import RightsTerms

DAY = date(2021, 12, 17)
MOTHER, ONE, TWO = PersonRef("p-mum"), PersonRef("p-one"), PersonRef("p-two")
HOME: dict[str, Any] = {"street": "1 Elm Street", "city": "Grand Bend", "postal_code": "75123"}
HERS = ContactRights(MOTHER, relation="Mother")
TERMS = RightsTerms(DAY, 18, False, ("portal", "print"), ("en",))


def plan(of_one: ContactRights, of_two: ContactRights) -> Plan:
    """What a mother of two gets, by what the record says of her about each of them."""
    students = {ref: StudentIdentity(id=ref, number=ref, birth_date=date(2008, 5, 1), contacts=(contact,))
                for ref, contact in ((ONE, of_one), (TWO, of_two))}  # fmt: skip
    mother = ContactIdentity(id="mum", reach=(Reach(ONE, **HOME), Reach(TWO, **HOME)))
    reports = tuple(
        PreparedReport(
            report=f"r-{ref}", version=1, student=ref, own_language="en", renditions=(Bytes(object="k", digest="d"),)
        )
        for ref in students
    )
    school = PreparedSchool(cycle="c", school="s", extract_id="x", policy="t", cutoff=DAY, reports=reports, holds=())
    made, _ = plan_schools([school], Record(students, {MOTHER: mother}, DAY), TERMS, None)
    return made


def test_what_is_barred_for_one_child_is_used_for_neither() -> None:
    (parcel,) = plan(HERS, HERS).parcels
    assert (len(parcel.reports), set(parcel.channels)) == (2, {"portal", "print"})
    (parcel,) = plan(HERS, replace(HERS, restriction="post-only")).parcels
    assert (len(parcel.reports), parcel.channels) == (2, ("print",))


def test_a_restriction_on_one_child_leaves_the_other_s_report() -> None:
    made = plan(HERS, replace(HERS, restriction="no-records", restriction_until=date(2021, 12, 18)))
    assert [[report.student for report in parcel.reports] for parcel in made.parcels] == [[ONE]]
    assert made.unreachable == (TWO,)
    made = plan(HERS, replace(HERS, restriction="no-records", restriction_until=DAY))  # it ends before this day
    assert [[report.student for report in parcel.reports] for parcel in made.parcels] == [[ONE, TWO]]
