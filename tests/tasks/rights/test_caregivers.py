"""Caregivers by the law of the place: cases that were worked by hand, each asked on both ways (law 13)."""

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, ContactRights, Reach, StudentIdentity
from termpost.schemas.log.rights_decision import RightsDecision
from termpost.schemas.settings.law.home_law import HomeLaw
from termpost.schemas.settings.settings import RightsSettings
from termpost.tasks.rights.answers import answers
from termpost.tasks.rights.recipients import Record
from termpost.tasks.rights.rights_decisions import students_with_decisions
from termpost.tasks.rights.rules import has_full_right
from termpost.tasks.rights.second_reading import allowed_to, plans_of
from termpost.tasks.rights.terms import RightsTerms

from tests.schemas.law.test_home_law import law

CASES = Path(__file__).parents[2] / "data" / "law" / "caregivers.csv"
DAY, STUDENT, WHO = date(2021, 12, 17), PersonRef("p-student"), PersonRef("p-who")
SETTINGS = RightsSettings()


def cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _decided(case: Mapping[str, str]) -> dict[str, dict[str, list[RightsDecision]]]:
    if not case["finding"]:
        return {}
    one = {"finding": case["finding"], "basis": case["basis"], "document": "C-17", "by": "mlopez"}
    return {STUDENT: {WHO: [RightsDecision.model_validate(one)]}}


def _first(student: StudentIdentity, person: ContactIdentity, place: HomeLaw, decisions: Any) -> str:
    terms = RightsTerms(DAY, 18, False, ("portal", "print"), ("en",), limited_caregivers=place.limited_caregivers())
    known = students_with_decisions({STUDENT: student}, decisions, DAY)
    record = Record(known, {WHO: person}, DAY, decisions)
    (answer,) = [one for ref, _, one in answers(STUDENT, known[STUDENT], record, terms) if ref == WHO]
    if not answer.allowed:
        return "nothing"
    return "all" if has_full_right(answer.rule, is_apart=answer.is_apart) else "reports"


def _second(student: StudentIdentity, person: ContactIdentity, place: HomeLaw, decisions: Any) -> str:
    allowed = allowed_to(WHO, person, {STUDENT: student}, decisions, DAY, SETTINGS)
    plans = plans_of(WHO, allowed, {STUDENT: student}, DAY, SETTINGS, decisions, waits_apart=False,
                     limited=place.limited_caregivers())  # fmt: skip
    return "nothing" if not allowed else "all" if plans == set(allowed) else "reports"


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['place']} {case['checked']} {case['why'][:40]}")
def test_a_caregiver_gets_what_the_hand_worked_case_says_on_both_ways(case: dict[str, str]) -> None:
    place, decisions = law(case["place"], *case["checked"].split()), _decided(case)
    student = StudentIdentity(id="1", number="1", birth_date=date(2008, 5, 1),
                              contacts=(ContactRights(WHO, relation=case["relation"]),))  # fmt: skip
    person = ContactIdentity(id="2", given="Kim", family="Lee", reach=(Reach(student=STUDENT, street="1 Elm Street"),))
    found = {_first(student, person, place, decisions), _second(student, person, place, decisions)}
    assert found == {case["gets"]}, case["why"]


def test_a_line_that_nobody_compared_gives_nobody_more_than_the_same_line_compared() -> None:
    """Nor more than the place without it: an affidavit counts as guardianship there."""
    worth = {"nothing": 0, "reports": 1, "all": 2}
    by_rest: dict[tuple[str, ...], dict[bool, int]] = {}
    for case in cases():
        rest = (case["place"], case["relation"], case["finding"], case["basis"])
        by_rest.setdefault(rest, {})[bool(case["checked"])] = worth[case["gets"]]
    both = [found for found in by_rest.values() if len(found) > 1]
    assert len(both) >= 3
    assert all(found[False] <= found[True] for found in both)
