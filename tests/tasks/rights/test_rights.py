"""docs/rights.md is the table of cases; every row of it is run here."""

import dataclasses
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from termpost.schemas.base.channel_name import CHANNELS
from termpost.schemas.documents.identity import ContactRights, StudentRights
from termpost.tasks.channels.registry import channel_of
from termpost.tasks.rights.contact_methods import Reachability
from termpost.tasks.rights.rules import RULES, RightsAnswer, decide, decide_own, is_barred

DAY, FULL_AGE = date(2021, 12, 17), 18
PAPER = {"restriction_document": "C-1", "restriction_document_date": date(2021, 8, 2)}
WAYS = ("has_address", "has_email")
DATES = {"restriction_from", "restriction_until", "restriction_document_date", "agreement_until", "birth_date", "day"}


def table() -> list[list[str]]:
    text = (Path(__file__).parents[3] / "docs" / "rights.md").read_text(encoding="utf-8").split("## The table")[1]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
    return rows[2:]  # after the heads and the rule


def values(cell: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for pair in cell.split():
        key, _, value = pair.partition("=")
        if key in DATES:
            found[key] = date.fromisoformat(value) if value else None
        elif key == "age_of_majority":
            found[key] = int(value)
        else:
            found[key] = {"true": True, "false": False}.get(value, value)
    return found


def decided(relation: str, contact: str, student: str) -> RightsAnswer:
    record = values(student)
    day = record.pop("day", DAY)
    age = record.pop("age_of_majority", FULL_AGE)
    own_copy = record.pop("own_copy", False) is True
    assert isinstance(day, date)
    assert isinstance(age, int)
    who = StudentRights(**({"birth_date": date(2008, 5, 1)} | record))  # type: ignore[arg-type]
    if relation == "Student":
        return decide_own(who, day, age, own_copy)
    said = {key: value for key, value in values(contact).items() if key not in WAYS}
    row = ContactRights("c", relation=relation.strip("`"), **PAPER | said)  # type: ignore[arg-type]
    return decide(row, who, day, age, **ways(contact))


def ways(contact: str) -> dict[str, bool]:
    return {key: values(contact).get(key) is not False for key in WAYS}


def barred_from(contact: str, answer: RightsAnswer) -> set[str]:
    """The channels that are closed to somebody who has the right."""
    reach = Reachability(**ways(contact), post_only=answer.post_only)
    return {name for name in CHANNELS if answer.allowed and not channel_of(name).is_open(reach)}


@pytest.mark.parametrize("row", table(), ids=lambda row: row[0])
def test_the_table_of_cases_holds(row: list[str]) -> None:
    _, relation, contact, student, gets_it, rule, asks, barred = row
    decision = decided(relation, contact, student)
    assert (decision.allowed, decision.rule) == (gets_it == "yes", rule)
    assert decision.question is (asks == "yes")
    assert barred_from(contact, decision) == set(barred.split())


def test_the_table_has_a_case_for_every_rule_and_every_field() -> None:
    rows = table()
    assert {row[5] for row in rows} == set(RULES)
    assert len({row[0] for row in rows}) == len(rows)
    keys = {key for row in rows for cell in row[2:4] for key in values(cell)}
    fields = {f.name for f in (*dataclasses.fields(ContactRights), *dataclasses.fields(StudentRights))}
    assert keys == fields - {"ref", "relation"} | {*WAYS} | {"day", "age_of_majority", "own_copy"}


FLAGS = (None, True, False)


def test_no_record_lets_a_barred_contact_or_an_adult_s_unconsented_parent_in() -> None:
    births = (None, date(2003, 1, 1), date(2010, 1, 1))
    relations = ("Mother", "Guardian", "Stepmother", "Agency", "Neighbor", "")
    for relation, guardian, lives, emergency, birth, consent, dependent, restriction in product(
        relations, FLAGS, FLAGS, FLAGS, births, FLAGS, FLAGS, ("", "no-contact", "no-records", "post-only", "other")
    ):
        until = date(2022, 1, 1) if lives else None
        contact = ContactRights("c", relation, lives, lives, emergency, guardian, restriction, agreement_until=until)
        decision = decide(contact, StudentRights(birth, dependent, consent), DAY, FULL_AGE)
        assert is_barred(contact, DAY) is (restriction in ("no-contact", "no-records", "other"))
        if is_barred(contact, DAY):
            assert not decision.allowed
        if birth != date(2010, 1, 1) and consent is not True and dependent is not True:
            assert not decision.allowed
        if relation not in ("Mother", "Agency") and guardian is not True:
            assert not decision.allowed
        if decision.allowed and restriction == "post-only":
            assert barred_from("", decision) == set(CHANNELS) - {"print"}
        if not decision.allowed:
            assert not decision.post_only
        assert not decide(contact, StudentRights(birth, dependent, consent, records_hold=True), DAY, FULL_AGE).allowed
