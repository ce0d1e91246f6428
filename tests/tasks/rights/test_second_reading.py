"""Whom the plan gives a report to, the second reading does too; and a bar in any row bars in both."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, ContactRights, Reach, StudentIdentity
from termpost.schemas.settings.settings import RightsSettings
from termpost.tasks.rights.answers import rights_of
from termpost.tasks.rights.rights_decisions import NONE, students_with_decisions
from termpost.tasks.rights.rules import decide
from termpost.tasks.rights.second_reading import allowed_to

DAY = date(2021, 12, 17)
FLAG = st.sampled_from([True, False, None])
NEAR = st.none() | st.integers(-3, 3).map(lambda days: DAY + timedelta(days=days))
ROW = st.builds(
    ContactRights, ref=st.just("c"), relation=st.sampled_from(["Mother", "father ", "Aunt", "Agency", None, ""]),
    is_primary=FLAG, lives_with=FLAG, emergency=FLAG, legal_guardian=FLAG,
    restriction=st.sampled_from([None, None, None, "no-contact", "no-records", "post-only", "supervised"]),
    restriction_from=NEAR, restriction_until=NEAR, agreement_until=NEAR,
)  # fmt: skip
STUDENT = st.builds(
    StudentIdentity, id=st.just("s"), number=st.just("1"), records_hold=st.booleans(),
    birth_date=st.sampled_from([None, date(2008, 5, 1), date(2003, 12, 17), date(2003, 12, 18)]),
    grade_level=st.sampled_from([None, "08", "9", "10", "KG", "09, 10", "UG"]),
    dependent=FLAG, consent_to_parents=FLAG, contacts=st.lists(ROW, min_size=1, max_size=3).map(tuple),
)  # fmt: skip


@settings(deadline=None, derandomize=True, max_examples=1500)
@given(student=STUDENT)
def test_both_readings_agree_on_whoever_gets_one_and_a_bar_in_force_bars(student: StudentIdentity) -> None:
    ref, who = PersonRef("p1"), PersonRef("c")
    (contact,) = students_with_decisions({ref: student}, NONE, DAY)[ref].contacts
    first = decide(contact, rights_of(student), DAY, 18).allowed
    identity = ContactIdentity(id="c", reach=(Reach(student=ref),))
    second = bool(allowed_to(who, identity, {ref: student}, NONE, DAY, RightsSettings()))
    assert second or not first
    for row in student.contacts:
        begins = row.restriction_from is None or row.restriction_from <= DAY
        lasts = row.restriction_until is None or row.restriction_until > DAY
        if row.restriction in ("no-contact", "no-records") and begins and lasts:
            assert not first
            assert not second
    if {row.legal_guardian for row in student.contacts} >= {True, False}:
        assert not first
        assert not second
