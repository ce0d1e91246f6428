"""Rights rule 4: a fact that ends a right takes the page with it; what a file leaves out takes nothing from anybody."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from termpost.tasks.channels.portal.reopen import reopen
from termpost.tasks.home.recipient_codes import code_of

from tests.attacks.office import BOTH, CONTACTS, bar, decide, let_in, open_to, run, told, whole
from tests.school import CYCLE, FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Prepared, new_school, small_extract
from tests.snapshots import snapshot, working_copy

AUNT, AGENCY, GRAN, UNCLE = "C-aunt", "C-agency", "C-gran", "C-uncle"
FAMILY = {AUNT: "Aunt", AGENCY: "Agency", GRAN: "Grandmother", UNCLE: "Uncle"}


def large_family(folder: Path) -> Prepared:
    """Lisa's reports are out to her parents, an aunt with papers, an agency, and two whom the office knows."""
    new = new_school(folder / "home")
    school = Prepared(new.home, new.phone, extract=small_extract(folder / "extract"))
    for number, (contact, relation) in enumerate(FAMILY.items(), start=1):
        school.extract.add("users.csv", sourcedId=contact, enabledUser="true", orgSourcedIds="255901001",
                           role="guardian", givenName=f"{relation}a", familyName=f"{relation}son")  # fmt: skip
        row = {"street": f"{number} Fir Lane", "city": "Uvalde", "postalCode": "78801", "relation": relation}
        row |= {AUNT: {"legalGuardian": "true"}, AGENCY: {"agreementUntil": "2021-12-20"}}.get(contact, {})
        school.extract.add(CONTACTS, studentSourcedId=LISA, contactSourcedId=contact, **row)
    school.extract.change(CONTACTS, {"contactSourcedId": FATHER}, street="7 Elsewhere")
    school.extract.change("demographics.csv", {"sourcedId": KYLE}, birthDate="2003-12-20")  # grown in three days
    school.prepare(school.extract)
    assert decide(school, "guardian", GRAN, "--until", "2021-12-20").exception is None
    assert decide(school, "guardian", UNCLE).exception is None
    school.release()
    return school


@pytest.fixture
def family(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Prepared]:
    with working_copy(snapshot(tmp_path_factory, "large-family", large_family), tmp_path) as made:
        yield made


@pytest.mark.soak
def test_each_fact_takes_what_lies_open_for_that_person_and_nothing_else(family: Prepared) -> None:
    for contact in (MOTHER, FATHER, OTHER, *FAMILY):
        assert open_to(family, contact) == BOTH
    who = ("--by", "mlopez", "--otp")
    bar(family, FATHER, contactRestrictions="no-records", restrictionFrom="2021-12-19")
    bar(family, AUNT, legalGuardian="false")
    family.prepare(family.extract)
    assert open_to(family, FATHER) == BOTH  # until that day
    assert open_to(family, AUNT) == set()
    with family.phone.is_the_time():
        ended = run(family, "rights", "end", LISA, UNCLE, "--finding", "guardian", *who, family.phone.code())
    assert ended.exception is None
    family.feedback()
    assert open_to(family, UNCLE) == set()
    family.later(timedelta(days=3))  # the order, the agreement and the decision have their day, and Kyle is of age
    family.feedback()
    for contact in (FATHER, AGENCY, GRAN, OTHER, AUNT, UNCLE):
        assert open_to(family, contact) == set()
    assert open_to(family, MOTHER) == BOTH
    said = [e for e in family.entries("withdrawn") if e.delivery]
    assert {e.reason for e in said} == {"rights-ended"}
    assert len(said) == len({e.delivery for e in said}) == 12
    assert told(family, "rights", "open") == []
    family.release()
    assert open_to(family, FATHER) == set()
    assert whole(family)


def test_a_bar_of_the_office_takes_it_with_the_next_scheduled_run_and_post_only_takes_the_page(
    family: Prepared,
) -> None:
    assert decide(family, "no-contact", FATHER).exception is None
    assert decide(family, "post-only", AUNT).exception is None
    asked = {row["contact"]: (row["ended"], row["asks"]) for row in told(family, "rights", "open")}
    assert asked == {FATHER: ("no-contact", None), AUNT: ("post-only", None)}
    family.feedback()
    assert open_to(family, FATHER) == set()
    assert open_to(family, AUNT) == {"envelope"}
    assert told(family, "rights", "open") == []


MISSING: dict[str, dict[str, int]] = {
    "the whole file": {"row-missing": 8}, "most of its rows": {"row-missing": 7},
    "the column relation": {"value-missing": 8}, "the file with consent": {"value-missing": 1},
    # a row in words that nobody can read is in quarantine, and missing
    "single values": {"row-missing": 1, "age-unknown": 1, "guardian-unknown": 1},
}  # fmt: skip


MANY = ("most of its rows", "the column relation")  # as the whole file, and as single values


@pytest.mark.parametrize("what", [pytest.param(one, marks=[pytest.mark.soak] * (one in MANY)) for one in MISSING])
def test_what_a_file_leaves_out_takes_nothing_back_and_is_asked(family: Prepared, what: str) -> None:
    students = family.extract.folder / "supplement" / "students.csv"
    if what == "the file with consent":
        students.write_text(f"studentSourcedId,consentToParents\n{KYLE},true\n")
        family.prepare(family.extract)
        students.unlink()
        family.later(timedelta(days=3))
        bar(family, AGENCY, agreementUntil="2022-12-20")
        assert decide(family, "guardian", GRAN).exception is None
    rows = family.extract.read(CONTACTS)
    if what == "the whole file":
        (family.extract.folder / CONTACTS).unlink()
    elif what == "most of its rows":
        family.extract.write(CONTACTS, rows[:1])
    elif what == "the column relation":
        family.extract.write(CONTACTS, [row | {"relation": ""} for row in rows])
    elif what == "single values":
        bar(family, FATHER, contactRestrictions="supervised")
        family.extract.change("demographics.csv", {"sourcedId": KYLE}, birthDate="")
        family.extract.change("users.csv", {"sourcedId": KYLE}, grades="")  # by which he would be a minor
        bar(family, AUNT, legalGuardian="")
    let_in(family)
    family.feedback()
    assert family.entries("withdrawn") == []
    questions = told(family, "rights", "open")
    assert Counter(row["asks"] for row in questions) == MISSING[what]
    assert all(row["way_out"] for row in questions)
    assert told(family, "status", "--cycle", CYCLE)["rights_ended"] == {
        "recipients": 0, "needs_a_person": False, "questions": len(questions),
    }  # fmt: skip


def test_an_order_counts_for_whom_the_newest_file_leaves_out(family: Prepared) -> None:
    family.extract.write(CONTACTS, [r for r in family.extract.read(CONTACTS) if r["contactSourcedId"] != FATHER])
    family.prepare(family.extract)
    assert open_to(family, FATHER) == BOTH
    assert decide(family, "no-contact", FATHER).exception is None
    family.feedback()
    assert open_to(family, FATHER) == set()


@pytest.mark.soak
@pytest.mark.released
def test_of_a_page_with_two_children_only_the_one_goes(school: Prepared) -> None:
    bar(school, MOTHER, FANNIE)
    school.prepare(school.extract)
    (page,) = school.store.list(f"sealed/{school.ref(MOTHER)}/")
    parts = reopen(school.store.get(page), code_of(school.open(), school.ref(MOTHER))).parts
    assert [LISA in part.page.decode() for part in parts if part.pdf] == [True]
    assert len(parts) == 2  # the other says that it was taken back
    assert all(FANNIE not in part.page.decode() for part in parts)
    assert open_to(school, FATHER) == BOTH
    school.release()  # Lisa's is printed again, alone
    assert {e.student for e in school.entries("sent") if e.recipient == school.ref(MOTHER)} >= {school.ref(LISA)}
    assert open_to(school, MOTHER) == BOTH
    assert len([key for key in school.store.list("print/") if school.ref(MOTHER) in key]) == 1
    assert whole(school)


def test_above_the_number_nothing_goes_without_a_person(family: Prepared) -> None:
    settings = family.home / "termpost.toml"
    settings.write_text(f"{settings.read_text()}\n[release]\nmax_withdrawals = 1\n")
    bar(family, FATHER)
    bar(family, AUNT)
    family.prepare(family.extract)
    family.feedback()
    family.release()
    assert family.entries("withdrawn") == []
    assert [(e.reason, e.count) for e in family.entries("refused") if e.count] == [("max-withdrawals", 2)] * 3
    assert told(family, "status", "--cycle", CYCLE)["rights_ended"]["needs_a_person"] is True
    assert "waits for a person" in run(family, "status").output
    late = run(family, "deadlines")
    assert "page of a right that ended" in late.output
    assert late.return_value == 1
    packs = told(family, "print", "--cycle", CYCLE, "--out", str(family.home / "packs"))
    assert [one["reason"] for one in packs["left_out"]] == ["no-right", "no-right"]  # what waits is not printed either
    asked = ("withdraw", "--rights-ended", "--by", "mlopez", "--otp")
    assert getattr(run(family, *asked, "000000").exception, "code", None) == "wrong-code"
    assert open_to(family, FATHER) == BOTH
    with family.phone.is_the_time():
        assert told(family, *asked, family.phone.code()) == {"recipients": 2, "questions": 0}
    assert open_to(family, FATHER) == open_to(family, AUNT) == set()
    assert {e.actor for e in family.entries("withdrawn") if e.delivery} == {"mlopez"}


@pytest.mark.soak
@pytest.mark.released
def test_by_default_five_go_by_themselves(school: Prepared) -> None:
    assert told(school, "status", "--cycle", CYCLE)["rights_ended"]["needs_a_person"] is False
    bar(school, FATHER)
    bar(school, MOTHER)
    bar(school, MOTHER, FANNIE)
    bar(school, OTHER, KYLE)
    school.prepare(school.extract)
    for contact in (FATHER, MOTHER, OTHER):
        assert open_to(school, contact) == set()
