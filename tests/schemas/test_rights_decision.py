"""What the office found on paper speaks where the record is silent, adds bars, and never loosens the record."""

from dataclasses import replace
from datetime import date

import pytest
from termpost.schemas.documents.identity import ContactRights, StudentRights
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.rights_decision import (
    FINDINGS,
    RightsDecision,
    RightsFinding,
    contact_with_decision,
    contacts_with_decisions,
    decisions_that_count,
)
from termpost.tasks.rights import rules as rights

DAY, AGE = date(2021, 12, 17), 18
CHILD = StudentRights(birth_date=date(2008, 5, 1))
AUNT = ContactRights("p1", relation="Aunt")
FATHER = ContactRights("p2", relation="Father")
AGENCY = ContactRights("p3", relation="Agency")
CASES: list[tuple[str, ContactRights, RightsFinding, dict[str, date], str]] = [
    ("papers make a guardian", AUNT, "guardian", {}, "legal-guardian"),
    ("papers are over", AUNT, "guardian", {"until": DAY}, "guardian-unknown"),
    ("papers that begin tomorrow", AUNT, "guardian", {"since": date(2021, 12, 18)}, "guardian-unknown"),
    ("on their last day", AUNT, "guardian", {"until": date(2021, 12, 18)}, "legal-guardian"),
    ("the record says no", replace(AUNT, legal_guardian=False), "guardian", {}, "not-legal-guardian"),
    ("no guardian after all", AUNT, "not-guardian", {}, "not-legal-guardian"),
    ("the record says yes", replace(AUNT, legal_guardian=True), "not-guardian", {}, "legal-guardian"),
    ("an agreement", AGENCY, "agreement", {"until": date(2022, 6, 1)}, "agency-agreement"),
    ("an agreement that is over", AGENCY, "agreement", {"until": DAY}, "agreement-unknown"),
    ("a person makes no agreement", AUNT, "agreement", {"until": date(2022, 6, 1)}, "guardian-unknown"),
    ("the record's own date", replace(AGENCY, agreement_until=DAY), "agreement", {"until": date(2022, 6, 1)},
     "agreement-ended"),
    ("a bar before the record has it", FATHER, "no-contact", {}, "no-contact"),
    ("a bar goes before guardianship", replace(AUNT, legal_guardian=True), "no-records", {}, "no-records"),
    ("a bar over post only", replace(FATHER, restriction="post-only"), "no-records", {}, "no-records"),
    ("a bar after the record's was over", replace(FATHER, restriction="no-contact", restriction_until=DAY),
     "no-records", {}, "no-records"),
    ("a bar beside the record's", replace(FATHER, restriction="no-contact"), "no-records", {}, "no-contact"),
    ("the record's bar is not lifted", replace(FATHER, restriction="no-contact"), "no-restriction", {}, "no-contact"),
    ("nor made post only", replace(FATHER, restriction="no-contact"), "post-only", {}, "no-contact"),
    ("words that nobody can read", replace(FATHER, restriction="supervised"), "no-restriction", {}, "parent"),
    ("dates without a word", replace(FATHER, restriction_from=DAY), "no-restriction", {}, "parent"),
    ("words that mean a bar", replace(FATHER, restriction="supervised"), "no-contact", {}, "no-contact"),
    ("words stay a question", replace(FATHER, restriction="supervised"), "post-only", {}, "restriction-unclear"),
]  # fmt: skip


def decision(finding: RightsFinding, **dates: date) -> RightsDecision:
    return RightsDecision(finding=finding, basis="court-order", document="C-17", by="mlopez", **dates)


@pytest.mark.parametrize(("contact", "finding", "dates", "rule"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])  # fmt: skip
def test_record_and_decision_together(
    contact: ContactRights, finding: RightsFinding, dates: dict[str, date], rule: str
) -> None:
    whole = contact_with_decision(contact, decision(finding, **dates), DAY)
    assert rights.decide(whole, CHILD, DAY, AGE).rule == rule


@pytest.mark.parametrize("finding", FINDINGS)
@pytest.mark.parametrize("restriction", ["no-contact", "no-records"])
def test_no_decision_ever_lets_in_whom_the_record_bars(finding: RightsFinding, restriction: str) -> None:
    for relation in ("Father", "Aunt", "Agency"):
        for guardian in (None, True, False):
            barred = ContactRights("p", relation=relation, legal_guardian=guardian, restriction=restriction)
            whole = contacts_with_decisions([barred], {"p": [decision(finding, until=date(2023, 1, 1))]}, DAY)
            assert not rights.decide(whole[0], CHILD, DAY, AGE).allowed


def test_post_only_leaves_the_right_and_one_way() -> None:
    whole = contact_with_decision(FATHER, decision("post-only"), DAY)
    answer = rights.decide(whole, CHILD, DAY, AGE)
    assert (answer.allowed, answer.post_only) == (True, True)


def test_of_one_aspect_the_last_counts_and_an_ended_one_no_more() -> None:
    def said(finding: RightsFinding, number: int) -> Entry:
        return Entry(kind="right_decided", student="s", recipient="c", finding=finding, object=f"o{number}")

    entries = [said("guardian", 1), said("no-contact", 2), said("not-guardian", 3)]
    assert {one.object for one in decisions_that_count(entries)} == {"o2", "o3"}
    ended = Entry(kind="right_ended", student="s", recipient="c", object="o3")
    assert {one.object for one in decisions_that_count([*entries, ended])} == {"o2"}
    assert (
        decisions_that_count([Entry(kind="hold_resolved", student="s", reason="accept", object="o", cycle="c")]) == []
    )
