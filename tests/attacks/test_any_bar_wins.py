"""Two rows about one student and contact: a bar in either bars, and nobody else waits for it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from termpost.flows.cli import termpost

from tests.school import CYCLE, FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Prepared

CONTACTS = "supplement/contacts.csv"
PAPER = {"restrictionDocument": "C-1", "restrictionDocumentDate": "2021-08-02"}


def rules(school: Prepared) -> dict[tuple[str, str], tuple[str, bool]]:
    """(student, contact) → rule, whether it is a question; as `recipients` tells it."""
    said = ["recipients", "--cycle", CYCLE, "--home", str(school.home), "--as-of", "2021-12-17", "--json"]
    rows = json.loads(CliRunner().invoke(termpost, said, standalone_mode=False, catch_exceptions=False).stdout)
    return {(row["student"], row["contact"]): (row["rule"], row["question"]) for row in rows}


def served(school: Prepared) -> set[tuple[str, str]]:
    """(student, recipient), by reference."""
    return {(e.student or "", e.recipient or "") for e in school.entries("delivered", "sent")}


def another_row(school: Prepared, student: str, contact: str, **cells: str) -> None:
    rows = school.extract.read(CONTACTS)
    mine = next(row for row in rows if (row["studentSourcedId"], row["contactSourcedId"]) == (student, contact))
    # a row that was there before and says nothing of it: the newer one is first, last, or anywhere
    school.extract.write(CONTACTS, [mine | cells, *rows])


def test_a_bar_in_one_of_two_rows_bars_and_everybody_undisputed_is_served(school: Prepared) -> None:
    school.extract.change(CONTACTS, {"contactSourcedId": FATHER}, street="7 Elsewhere")
    another_row(school, LISA, FATHER, contactRestrictions="no-records", **PAPER)
    another_row(school, LISA, MOTHER)
    another_row(school, KYLE, OTHER, legalGuardian="true")
    school.extract.change(CONTACTS, {"studentSourcedId": KYLE, "legalGuardian": ""}, legalGuardian="false")
    school.extract.add("users.csv", sourcedId="C1", enabledUser="true", orgSourcedIds="255901001", role="guardian",
                       givenName="Ada", familyName="Quill")  # fmt: skip
    school.extract.add(CONTACTS, studentSourcedId=KYLE, contactSourcedId="C1", relation="Guardian",
                       legalGuardian="true", street="9 Far Road", city="Uvalde", postalCode="78801")  # fmt: skip
    school.prepare(school.extract)
    assert not school.entries("held")
    said = rules(school)
    assert said[LISA, FATHER] == ("no-records", False)
    assert said[LISA, MOTHER] == ("parent", False)
    assert said[KYLE, OTHER] == ("contradicting-contact", True)
    assert said[KYLE, "C1"] == ("legal-guardian", False)
    school.release()
    assert served(school) == {
        (school.ref(LISA), school.ref(MOTHER)), (school.ref(FANNIE), school.ref(MOTHER)),
        (school.ref(KYLE), school.ref("C1")),
    }  # fmt: skip


@pytest.mark.soak
def test_yes_and_no_of_a_grown_student_s_consent_stop_the_parents_and_not_the_student(school: Prepared) -> None:
    birth = {"sourcedId": KYLE}
    school.extract.change("demographics.csv", birth, birthDate="2003-01-01")
    where = {"studentSourcedId": KYLE, "contactSourcedId": OTHER}
    school.extract.change(CONTACTS, where, livesWith="true")
    students: Path = school.extract.folder / "supplement" / "students.csv"
    students.write_text(f"studentSourcedId,consentToParents\n{KYLE},true\n{KYLE},false\n")
    school.prepare(school.extract)
    said = rules(school)
    assert said[KYLE, OTHER] == ("contradicting-contact", True)
    assert said[KYLE, "student"] == ("own-record", False)
    school.release()
    assert {who for student, who in served(school) if student == school.ref(KYLE)} == {school.ref(KYLE)}


def test_a_bar_that_the_office_keeps_stands_until_it_is_ended_whatever_is_decided_after_it(school: Prepared) -> None:
    for finding in ("no-contact", "post-only"):
        paper = ["--finding", finding, "--basis", "court-order", "--document", "C-17", "--dated", "2021-08-30"]
        who = ["--by", "mlopez", "--otp", school.phone.code(), "--home", str(school.home), "--as-of", "2021-12-17"]
        said = ["rights", "decide", LISA, FATHER, *paper, *who]
        with school.phone.is_the_time():
            assert CliRunner().invoke(termpost, said, standalone_mode=False).exception is None
    assert rules(school)[LISA, FATHER] == ("no-contact", False)
    school.release()
    assert school.ref(FATHER) not in {who for _, who in served(school)}


@pytest.mark.parametrize("source", ["bundle", "contacts"])
def test_a_bar_in_the_other_source_counts_too(school: Prepared, source: str) -> None:
    settings = school.home / "termpost.toml"
    settings.write_text(f'{settings.read_text()}\n[rights]\nsource = "{source}"\n')
    school.extract.change(CONTACTS, {"contactSourcedId": FATHER}, contactRestrictions="no-contact", **PAPER)
    school.prepare(school.extract)
    assert rules(school)[LISA, FATHER] == ("no-contact", False)
