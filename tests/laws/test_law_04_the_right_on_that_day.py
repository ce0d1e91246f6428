"""Law 4: a recipient gets only the reports of students for whom they hold the right on that day."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from termpost.flows.cli import termpost

from tests.school import CYCLE, DAY, FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Extract, Prepared


def restrict(extract: Extract, student: str, contact: str, street: str = "7 Distant Road", **cells: str) -> None:
    """The sample's parents share a home, where nothing goes once one of them is barred: so the contact moves out."""
    where = {"studentSourcedId": student, "contactSourcedId": contact}
    extract.change("supplement/contacts.csv", {"contactSourcedId": contact}, street=street)
    extract.change("supplement/contacts.csv", where, **cells)


def recipients(school: Prepared, day: str) -> dict[tuple[str, str], tuple[bool, str]]:
    """What `recipients --json` says, by student and contact."""
    said = CliRunner().invoke(
        termpost, ["recipients", "--cycle", CYCLE, "--home", str(school.home), "--as-of", day, "--json"],
        standalone_mode=False, catch_exceptions=False,
    ).stdout  # fmt: skip
    return {(row["student"], row["contact"]): (row["allowed"], row["rule"]) for row in json.loads(said)}


def delivered(school: Prepared) -> set[tuple[str, str]]:
    names: dict[str, str] = {school.ref(person): person for person in (LISA, FANNIE, KYLE, MOTHER, FATHER, OTHER)}
    return {(names[e.student or ""], names[e.recipient or ""]) for e in school.entries("delivered", "sent")}


def visible_to(school: Prepared, recipient: str) -> list[str]:
    ref = school.ref(recipient)
    return [key for prefix in ("sealed/", "print/") for key in school.store.list(prefix) if ref in key]


def test_a_restriction_counts_from_its_first_day_to_the_day_before_its_last(school: Prepared) -> None:
    restriction = "no-contact"  # each of the others: docs/who-gets-what.md
    restrict(school.extract, LISA, FATHER, contactRestrictions=restriction,
             restrictionFrom="2021-12-17", restrictionUntil="2021-12-20")  # fmt: skip
    school.prepare(school.extract)
    said = {
        day: recipients(school, day)[LISA, FATHER] for day in ("2021-12-16", "2021-12-17", "2021-12-19", "2021-12-20")
    }
    assert said == {
        "2021-12-16": (True, "parent"), "2021-12-17": (False, restriction), "2021-12-19": (False, restriction),
        "2021-12-20": (True, "parent"),
    }  # fmt: skip

    school.release()  # on the 17th
    assert delivered(school) == {(LISA, MOTHER), (FANNIE, MOTHER), (KYLE, OTHER)}
    assert visible_to(school, FATHER) == []
    (refused,) = school.entries("refused")
    assert (refused.student, refused.recipient, refused.reason) == (school.ref(LISA), school.ref(FATHER), restriction)

    school.as_of = DAY + timedelta(days=3)  # the restriction has ended
    school.release()
    assert delivered(school) == {(LISA, MOTHER), (FANNIE, MOTHER), (KYLE, OTHER), (LISA, FATHER)}
    assert len(visible_to(school, FATHER)) == 2


@pytest.mark.soak
def test_a_restriction_on_one_child_leaves_the_other_child_s_report_and_post_only_goes_by_post_only(
    school: Prepared,
) -> None:
    restrict(school.extract, LISA, MOTHER, contactRestrictions="no-records")
    restrict(school.extract, LISA, FATHER, street="9 Elsewhere Lane", contactRestrictions="post-only")
    school.prepare(school.extract)
    school.release()
    assert delivered(school) == {(FANNIE, MOTHER), (LISA, FATHER), (KYLE, OTHER)}
    assert [key.split("/")[0] for key in visible_to(school, FATHER)] == ["print"]


@pytest.mark.soak
def test_a_guardian_nobody_knows_to_be_one_is_refused_and_the_report_waits_for_the_office(school: Prepared) -> None:
    restrict(school.extract, KYLE, OTHER, relation="Guardian")
    school.prepare(school.extract)
    assert recipients(school, "2021-12-17")[KYLE, OTHER] == (False, "guardian-unknown")
    school.release(hold_back=[school.ref(KYLE)])
    assert school.entries("refused", "held") == []  # nobody decided about KYLE yet
    for _ in range(2):
        school.release()
        assert visible_to(school, OTHER) == []
        (refused,) = school.entries("refused")
        assert (refused.student, refused.recipient) == (school.ref(KYLE), school.ref(OTHER))
        assert refused.reason == "guardian-unknown"
        (held,) = school.entries("held")
        assert (held.student, held.reason) == (school.ref(KYLE), "no-recipient")
    restrict(school.extract, KYLE, OTHER, legalGuardian="true")
    school.prepare(school.extract)
    school.release()
    assert (KYLE, OTHER) in delivered(school)


def test_the_rights_of_the_day_of_release_count_and_not_those_of_the_day_of_prepare(school: Prepared) -> None:
    restrict(school.extract, LISA, FATHER, contactRestrictions="no-contact", restrictionFrom="2021-12-18")
    school.prepare(school.extract)
    school.as_of = DAY + timedelta(days=1)
    school.release()
    assert (LISA, FATHER) not in delivered(school)


@pytest.mark.soak
def test_where_a_barred_parent_lives_no_letter_goes_and_the_portal_stays_open(school: Prepared) -> None:
    (home,) = {
        row["street"] for row in school.extract.read("supplement/contacts.csv") if row["studentSourcedId"] == LISA
    }
    restrict(school.extract, LISA, FATHER, street=f"{home}, Apt. 2".upper(), contactRestrictions="no-records")
    school.prepare(school.extract)
    assert recipients(school, "2021-12-17")[LISA, MOTHER] == (True, "parent")
    school.release()
    assert delivered(school) == {(LISA, MOTHER), (FANNIE, MOTHER), (KYLE, OTHER)}
    assert {key.split("/")[0] for key in visible_to(school, MOTHER)} == {"sealed"}  # her code for both would go there
    assert visible_to(school, FATHER) == []
    refused = {(e.student, e.reason, e.channel) for e in school.entries("refused") if e.recipient == school.ref(MOTHER)}
    assert refused == {(school.ref(child), "address-of-barred", "print") for child in (LISA, FANNIE)}
    assert school.entries("held") == []
