"""The plan of many is the plan of each: whatever is read in sets and decided once for many gives what asking one by
one gives."""

from collections import Counter
from dataclasses import Field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, ContactRights, Reach, StudentIdentity
from termpost.schemas.documents.parcel import Parcel, Plan
from termpost.schemas.documents.prepared import PreparedReport, PreparedSchool
from termpost.tasks.distribute import addressing
from termpost.tasks.distribute.addressing import plan_schools, settle
from termpost.tasks.distribute.plan import make_plan
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights import answers
from termpost.tasks.rights.recipients import Record
from termpost.tasks.rights.terms import RightsTerms

from tests.tasks.distribute.made_families import CYCLE, NOW, District

DAY = NOW.date()
Known = tuple[dict[PersonRef, StudentIdentity], dict[PersonRef, ContactIdentity]]
LANGUAGES = ("en", "es", "fr", "zh-Hans", "ar", "uk")  # of the sample home


def forget() -> None:
    """Nothing that was decided once is used again."""
    for module in (addressing, answers):
        for made in vars(module).values():
            getattr(made, "cache_clear", lambda: None)()


def alone(known: Known, school: PreparedSchool, report: PreparedReport, terms: RightsTerms) -> Plan:
    """The plan of one report, from the whole identities and not from what a plan reads of them."""
    forget()
    one = school.model_copy(update={"reports": (report,)})
    return settle(*plan_schools([one], Record(*known, DAY), terms, None), terms.order)


@pytest.mark.parametrize(("seed", "own_copies"), [(1, False), (2, True)])
def test_everybody_is_decided_as_if_there_was_nobody_else(tmp_path: Path, seed: int, own_copies: bool) -> None:
    district = District(seed, families=150)
    home = district.write(tmp_path, own_copies=own_copies)
    with open_lake(home.lake) as lake:
        plan = make_plan(home, lake, CYCLE, None)
    terms = RightsTerms(DAY, 18, own_copies, ("portal", "email", "print"), LANGUAGES)
    known, singles = district.known(), dict[str, list[Parcel]]()
    decisions, unreachable = Counter(plan.decisions), list(plan.unreachable)
    for school in map(district.prepared, range(4)):
        for report in school.reports:
            one = alone(known, school, report, terms)
            decisions.subtract(one.decisions)
            assert [d for d in plan.decisions if d.student == report.student] == list(one.decisions)
            assert (report.student in unreachable) is bool(one.unreachable)
            for parcel in one.parcels:
                singles.setdefault(parcel.recipient, []).append(parcel)
    assert not any(decisions.values())
    assert [parcel.recipient for parcel in plan.parcels] == sorted(singles)
    for parcel in plan.parcels:
        _packs(parcel, singles[parcel.recipient])
    allowed = {(d.student, d.recipient, d.rule) for d in plan.decisions if d.allowed}
    assert allowed == {(report.student, p.recipient, report.rule) for p in plan.parcels for report in p.reports}
    rules = {decision.rule for decision in (*plan.decisions, *plan.notices)}
    assert {"held", "parent", "no-channel", "address-of-barred", "address-unclear", "shared-with-barred"} <= rules
    assert {parcel.notice_rule for parcel in plan.parcels} >= {"may-notify", "email-of-barred", "no-email"}


def _packs(parcel: Parcel, singles: list[Parcel]) -> None:
    """One parcel for the reports of all children; what is not open for one of them is open for none."""
    by_report = sorted(report.report for one in singles for report in one.reports)
    assert sorted(report.report for report in parcel.reports) == by_report
    assert {repr(r) for r in parcel.reports} == {repr(r) for one in singles for r in one.reports}
    first_form = frozenset({"portal", "print"})
    assert frozenset(parcel.channels) & first_form == frozenset.intersection(
        *(frozenset(one.channels) & first_form for one in singles)
    )
    assert parcel.language in {one.language for one in singles}
    if len(singles) == 1 and parcel.notice_rule != "same-email":
        assert replace(parcel, notice_with="") == singles[0]
    assert parcel.may_notify is (parcel.notice_rule == "may-notify") is ("email" in parcel.channels)


@pytest.mark.parametrize(
    "field", [field for field in fields(ContactRights) if field.name != "ref"], ids=lambda f: f.name
)
def test_the_rule_is_asked_with_all_that_the_record_says(field: Field[object]) -> None:
    known = date(2021, 1, 1) if "date" in str(field.type) else "Mother" if "str" in str(field.type) else True
    said = TypeAdapter(ContactRights).validate_python({"ref": "c", field.name: known})
    assert answers.said_of(said) != answers.said_of(ContactRights("c"))


def test_whoever_is_chosen_is_decided_as_with_all_others(tmp_path: Path) -> None:
    """What is read of the people around the chosen is enough: barred contacts and other children are among it."""
    home = District(3, families=600).write(tmp_path, own_copies=True)
    with open_lake(home.lake) as lake:
        whole = make_plan(home, lake, CYCLE, None)
        students = sorted({decision.student for decision in whole.decisions})
        for chosen in (frozenset(students[::3]), frozenset(students[:1]), frozenset[str]()):
            plan = make_plan(home, lake, CYCLE, chosen)
            assert plan.decisions == tuple(d for d in whole.decisions if d.student in chosen)
            assert plan.unreachable == tuple(student for student in whole.unreachable if student in chosen)


def test_a_contact_barred_from_another_child_is_found_where_that_child_is_not_chosen(tmp_path: Path) -> None:
    """The barred one is no contact of the chosen student, so nothing but the other child leads to them."""
    district = District(0, families=0)
    elm: dict[str, Any] = {"street": "1 Elm Street", "city": "Grand Bend"}
    mother = ContactRights("mum", relation="Mother")
    born, barred = date(2008, 5, 1), ContactRights("dad", restriction="no-contact")
    district.students = {
        "here": StudentIdentity(id="here", number="1", birth_date=born, contacts=(mother,)),
        "there": StudentIdentity(id="there", number="2", birth_date=born, contacts=(mother, barred)),
    }
    district.contacts = {
        "mum": ContactIdentity(id="mum", reach=(Reach("here", **elm), Reach("there", **elm))),
        "dad": ContactIdentity(id="dad", reach=(Reach("there", **elm),)),
    }
    district.school_of = {"here": 0, "there": 1}
    home = district.write(tmp_path)
    with open_lake(home.lake) as lake:
        plan = make_plan(home, lake, CYCLE, frozenset({district.refs["here"]}))
    assert [(decision.rule, decision.question) for decision in plan.decisions] == [("parent", True)]
    assert [decision.rule for decision in plan.notices] == ["address-of-barred"]
    assert [parcel.channels for parcel in plan.parcels] == [("portal",)]
