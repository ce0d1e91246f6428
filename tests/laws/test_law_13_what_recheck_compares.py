"""Law 13 in the comparison itself: what was found in a parcel, whom the record allows, and whom the letter names."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, ContactRights, Reach, StudentIdentity
from termpost.schemas.settings.settings import RightsSettings
from termpost.tasks.distribute import recheck
from termpost.tasks.documents.verify.letter_lines import contains_lines
from termpost.tasks.rights.rights_decisions import NONE
from termpost.tasks.rights.second_reading import allowed_to

ONE, TWO = PersonRef("p-one"), PersonRef("p-two")
ALLOWED = {"1": ONE, "2": TWO}
DAY = date(2021, 12, 17)


def refusal(found: set[str], expected: set[PersonRef | str]) -> str:
    with pytest.raises(Refused) as caught:
        recheck._compare(found, ALLOWED, expected)
    return caught.value.code


def test_what_should_be_there_and_nothing_else_passes() -> None:
    recheck._compare({"1", "2"}, ALLOWED, {ONE, TWO})
    recheck._compare({"1"}, ALLOWED, {ONE})


def test_a_student_beside_those_with_the_right_is_found() -> None:
    assert refusal({"1", "3"}, {ONE}) == "wrong-student"
    assert refusal({"3"}, {ONE}) == "wrong-student"


def test_a_student_who_is_absent_is_missed() -> None:
    assert refusal({"1"}, {ONE, TWO}) == "incomplete-parcel"
    assert refusal({"1", "2"}, {ONE}) == "incomplete-parcel"


def test_the_right_is_asked_of_the_recipient_s_own_row() -> None:
    mother, father = PersonRef("p-mum"), PersonRef("p-dad")
    rows = (ContactRights(mother, relation="Mother"), ContactRights(father, relation="Father"))
    student = StudentIdentity(id="s", number="1", birth_date=date(2008, 5, 1), contacts=rows)
    home: dict[str, Any] = {"street": "1 Elm Street", "city": "Grand Bend", "email": "m@example.org"}
    who = ContactIdentity(id="c", reach=(Reach(ONE, **home),))
    settings = RightsSettings()
    assert allowed_to(mother, who, {ONE: student}, NONE, DAY, settings) == {"1": ONE}
    barred = replace(student, contacts=(replace(rows[0], restriction="no-records"), rows[1]))
    assert allowed_to(mother, who, {ONE: barred}, NONE, DAY, settings) == {}
    assert allowed_to(PersonRef("p-none"), who, {ONE: student}, NONE, DAY, settings) == {}


def test_a_letter_must_hold_every_line_of_its_recipient() -> None:
    text = "Ann Example\n1 Elm Street\nGrand Bend, TX 75123\nYour code: ABCD-EFGH"
    mine = ("Ann Example", "ABCD-EFGH", "1 Elm Street", "Grand Bend, TX 75123")
    assert contains_lines(text, [mine])
    for line in range(len(mine)):
        other = [*mine]
        other[line] = "Somebody Else"
        assert not contains_lines(text, [tuple(other)])
    assert not contains_lines(text, [])
