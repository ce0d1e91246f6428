"""docs/rights.md, "Where it goes": what counts as one address, and what a barred contact never gets near."""

from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, ContactRights, Reach, StudentIdentity
from termpost.schemas.documents.prepared import PreparedReport, PreparedSchool
from termpost.tasks.distribute.addressing import plan_schools, settle
from termpost.tasks.rights.coming_of_age import first_day_of_full_age, turning_of_age
from termpost.tasks.rights.contact_methods import ContactRow, contact_methods
from termpost.tasks.rights.recipients import Record
from termpost.tasks.rights.rules import is_barred, of_full_age
from termpost.tasks.rights.sameness.address import compare_places
from termpost.tasks.rights.sameness.mailbox import compare_mailboxes, mail_key
from termpost.tasks.rights.sameness.outcome import Sameness
from termpost.tasks.rights.terms import RightsTerms

DAY = date(2021, 12, 17)


def addresses() -> list[tuple[str, str, str]]:
    text = (Path(__file__).parents[3] / "docs" / "rights.md").read_text(encoding="utf-8")
    lines = text.split("| One address |")[1].split("\n\n")[0].splitlines()[2:]
    return [tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in lines]  # type: ignore[misc]


def place(said: str, **cells: Any) -> Reach:
    street, town = said.rsplit(", ", 1)
    name, _, code = town.rpartition(" ")
    city, code = (name, code) if code[:1].isdigit() else (town, "")
    return Reach(student="s", street=street, city=city, postal_code=code or None, **cells)


@pytest.mark.parametrize("row", addresses(), ids=lambda row: " / ".join(row[:2]))
def test_the_table_of_addresses_holds_in_both_directions(row: tuple[str, str, str]) -> None:
    one, other = place(row[0]), place(row[1])
    assert compare_places(one, other) is compare_places(other, one) is Sameness(row[2])
    assert compare_places(one, one) is Sameness.SAME


def test_an_unknown_street_is_nobody_s() -> None:
    assert compare_places(Reach(student="s", city="Ulm"), Reach(student="s", city="Ulm")) is Sameness.DIFFERENT


def test_spellings_of_one_mailbox_are_one() -> None:
    assert mail_key(" A.B+x@GoogleMail.com ") == mail_key("ab@gmail.com")
    assert mail_key("A.B@School.example") == mail_key("a.b@school.example") != mail_key("ab@school.example")
    assert compare_mailboxes("a.b+x@school.example", "a.b@school.example") is Sameness.ASK
    assert mail_key(None) == mail_key("none") == ""


def test_the_address_of_a_barred_contact_is_not_used_and_one_s_own_is() -> None:
    here = place("54 Elm Street, Grand Bend 78834", email="us@x.example")
    barred = [ContactRow("dad", place("54 ELM ST, Grand Bend 78834", email="US@x.example"))]
    way = contact_methods("mum", [ContactRow("mum", here)], barred)
    assert (way.home, way.address_rule, way.email, way.email_rule) == (
        None,
        "address-of-barred",
        None,
        "email-of-barred",
    )
    assert contact_methods("dad", [ContactRow("dad", here)], barred).home == here


def test_of_two_addresses_the_one_where_a_child_lives_counts() -> None:
    old, new = place("1 Elm Street, Grand Bend 78834"), place("2 Oak Street, Grand Bend 78834")
    assert (
        contact_methods("m", [ContactRow("m", old, lives_with=False), ContactRow("m", new, lives_with=True)], []).home
        == new
    )
    assert (
        contact_methods(
            "m", [ContactRow("m", old, lives_with=True), ContactRow("m", new, lives_with=True)], []
        ).address_rule
        == "address-unclear"
    )
    assert contact_methods("m", [ContactRow("m", old), ContactRow("m", new)], []).address_rule == "address-unclear"


def test_full_age_begins_on_the_day_that_the_right_counts_from() -> None:
    for birth in (date(2003, 12, 17), date(2004, 2, 29), date(2004, 1, 1)):
        first = first_day_of_full_age(birth, 18)
        assert of_full_age(birth, first, 18)
        assert not of_full_age(birth, date.fromordinal(first.toordinal() - 1), 18)


def test_the_list_of_who_turns_full_age_holds_both_ends() -> None:
    births = {
        "a": date(2003, 12, 16),
        "b": date(2003, 12, 17),
        "c": date(2004, 2, 15),
        "d": date(2004, 2, 16),
        "e": None,
    }
    students = {
        PersonRef(n): StudentIdentity(id=n, number=n, birth_date=born) for n, born in (births | {"e": None}).items()
    }
    assert [turning.student for turning in turning_of_age(students, DAY, 18)] == ["b", "c"]


STREETS = st.sampled_from(["1 Elm Street", "1 ELM ST. Apt 2", "2 Oak Road", "3 Fir Lane", ""])
MAILS = st.sampled_from(["a@x.example", "A+z@x.example", "b@x.example", None])


@st.composite
def records(draw: st.DrawFn) -> tuple[dict[PersonRef, StudentIdentity], dict[PersonRef, ContactIdentity]]:
    """Three students and four contacts, each contact of some of them."""
    number = count()
    reach: dict[str, list[Reach]] = {}
    students = {}
    for ref in ("s1", "s2", "s3"):
        contacts = []
        for who in draw(st.sets(st.sampled_from(["c1", "c2", "c3", "c4"]))):
            restriction = draw(st.sampled_from(["", "", "no-contact", "no-records", "post-only", "odd"]))
            contacts.append(ContactRights(
                ref=who, relation=draw(st.sampled_from(["Mother", "Father", "Aunt"])), restriction=restriction,
                lives_with=draw(st.sampled_from([None, True, False])), is_primary=draw(st.booleans()),
            ))  # fmt: skip
            street = draw(STREETS)
            reach.setdefault(who, []).append(
                Reach(student=ref, street=street, city="Bend" if street else None, email=draw(MAILS))
            )
        born = draw(st.sampled_from([None, date(2003, 1, 1), date(2010, 1, 1)]))
        email = draw(MAILS)
        students[PersonRef(ref)] = StudentIdentity(
            id=ref, number=str(next(number)), birth_date=born, contacts=tuple(contacts), email=email,
            consent_to_parents=draw(st.booleans()),
        )  # fmt: skip
    return students, {PersonRef(who): ContactIdentity(id=who, reach=tuple(rows)) for who, rows in reach.items()}


@settings(max_examples=400, deadline=None)
@given(records(), st.booleans())
def test_no_record_makes_a_plan_in_which_a_barred_contact_receives_or_finds_anything(
    people: tuple[dict[PersonRef, StudentIdentity], dict[PersonRef, ContactIdentity]], own_copy: bool
) -> None:
    students, contacts = people
    reports = tuple(
        PreparedReport(report=f"r-{ref}", version=1, student=ref, own_language="en", renditions=()) for ref in students
    )
    prepared = PreparedSchool(
        cycle="c", school="x", extract_id="e", policy="p", cutoff=DAY, reports=reports, holds=()
    )  # fmt: skip
    record = Record(students, contacts, DAY)
    terms = RightsTerms(DAY, 18, own_copy, ("portal", "email", "print"), ("en",))
    plan = settle(*plan_schools([prepared], record, terms, None), terms.order)
    written: list[str] = []
    for parcel in plan.parcels:
        letter = record.recipient_identity(parcel.recipient)
        assert letter is not None
        assert all(row.address == letter.reach[0].address for row in letter.reach)
        assert bool(letter.reach[0].address) is ("print" in parcel.channels)
        for report in parcel.reports:
            for contact in students[PersonRef(report.student)].contacts:
                if not is_barred(contact, DAY):
                    continue
                assert contact.ref != parcel.recipient
                assert parcel.recipient == report.student or not record.may_be_barred(report.student, parcel.recipient)
                for row in contacts[PersonRef(contact.ref)].reach:
                    assert not compare_places(row, letter.reach[0]).may_be_same
                    if parcel.may_notify:
                        mine = record.methods(parcel.recipient).email
                        assert not compare_mailboxes(row.email, mine).may_be_same
        if parcel.notice_with:  # in the notice of somebody with the very same mailbox
            assert record.methods(parcel.recipient).email == record.methods(parcel.notice_with).email
        elif parcel.may_notify:
            written.append(record.methods(parcel.recipient).email or "")
    assert len(set(written)) == len(written)
    assert "" not in written
    said = plan.model_dump_json()
    assert not any(word in said for word in ("Elm", "ELM", "Oak", "Fir", "x.example"))
    reached = {report.student for parcel in plan.parcels for report in parcel.reports}
    assert {str(ref) for ref in students} - reached == set(plan.unreachable)
