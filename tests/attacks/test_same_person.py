"""Rights rule 2: somebody barred who is entered a second time is asked about, and nobody else loses a report by it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError, Refused
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.rights import contact_methods, recipients
from termpost.tasks.rights.sameness.outcome import Sameness

from tests.school import CYCLE, FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Extract, Prepared

CONTACTS = "supplement/contacts.csv"
AUNT = "C-aunt"
FAR = {"street": "7 Distant Road", "city": "Uvalde", "postalCode": "78801"}


def run(school: Prepared, *said: str) -> Result:
    day = school.as_of.date().isoformat() if school.as_of else ""
    return CliRunner().invoke(termpost, [*said, "--home", str(school.home), "--as-of", day], standalone_mode=False)


def told(school: Prepared, *said: str) -> Any:
    result = run(school, *said, "--json")
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def asked(school: Prepared) -> dict[tuple[str, str], tuple[bool, str, str | None, bool]]:
    """(student, contact) → allowed, rule, why the letter waits, whether it is a question."""
    rows = told(school, "recipients", "--cycle", CYCLE)
    return {
        (row["student"], row["contact"]): (row["allowed"], row["rule"], row["letter"], row["question"]) for row in rows
    }


def got(school: Prepared, contact: str) -> set[tuple[str, str]]:
    """(channel, student) of what a contact was given."""
    ref = school.ref(contact)
    done = school.entries("delivered", "sent")
    return {(str(e.channel), str(e.student)) for e in done if e.recipient == ref}


def with_aunt(extract: Extract, **cells: str) -> None:
    """The father is barred and lives far away; an aunt with papers lives elsewhere, and has these cells besides."""
    extract.change(CONTACTS, {"contactSourcedId": FATHER}, email="j.doe@gmail.com", phone="830-555-0142", **FAR)
    extract.change(CONTACTS, {"studentSourcedId": LISA, "contactSourcedId": FATHER}, contactRestrictions="no-records")
    add_aunt(extract, AUNT, **cells)


def add_aunt(extract: Extract, aunt: str, **cells: str) -> None:
    names = {"givenName": "Ada", "familyName": "Quill"} | {k: v for k, v in cells.items() if k.endswith("Name")}
    born = {k: v for k, v in cells.items() if k == "birthDate"}
    extract.add("users.csv", sourcedId=aunt, enabledUser="true", orgSourcedIds="255901001", role="guardian", **names)
    if born:
        extract.add("demographics.csv", sourcedId=aunt, **born)
    row = {"street": "12 Fir Lane", "city": "Uvalde", "postalCode": "78801"}
    row |= {k: v for k, v in cells.items() if k not in names and k not in born}
    extract.add(CONTACTS, studentSourcedId=LISA, contactSourcedId=aunt, relation="Aunt", legalGuardian="true", **row)


def father(extract: Extract) -> dict[str, str]:
    return next(row for row in extract.read("users.csv") if row["sourcedId"] == FATHER)


def decide(school: Prepared, finding: str, contact: str = AUNT) -> Result:
    said = ("rights", "decide", LISA, contact, "--finding", finding, "--basis", "other-document", "--document", "N-1",
            "--by", "mlopez", "--otp")  # fmt: skip
    with school.phone.is_the_time():
        return run(school, *said, school.phone.code())


def test_a_second_row_of_somebody_barred_gets_nothing_until_the_office_answers(school: Prepared) -> None:
    """Whatever of his the row has: each of four rows has another thing."""
    him = father(school.extract)
    name = {"givenName": him["givenName"].upper(), "familyName": him["familyName"]}
    like = {
        AUNT: {"email": "JDoe+kids@googlemail.com"},
        "C-phone": {"phone": "+1 (830) 555 0142"},
        "C-birth": name | {"birthDate": "1980-05-04"},
        "C-address": name | {"street": "7 DISTANT RD.", "city": "Uvalde", "postalCode": "78801-1200"},
    }
    with_aunt(school.extract, **like[AUNT])
    for number, (other, cells) in enumerate(list(like.items())[1:], start=1):
        add_aunt(school.extract, other, **{"street": f"{number} Oak Lane", "familyName": f"Quill-{number}"} | cells)
    school.extract.add("demographics.csv", sourcedId=FATHER, birthDate="1980-05-04")
    school.prepare(school.extract)
    rows = asked(school)
    for other in like:
        assert rows[LISA, other] == (False, "shared-with-barred", None, True), other  # from the first on
    school.release()
    assert [other for other in (*like, FATHER) if got(school, other)] == []
    assert got(school, MOTHER) == {(c, school.ref(s)) for c in ("portal", "print") for s in (LISA, FANNIE)}
    assert got(school, OTHER) == {(c, school.ref(KYLE)) for c in ("portal", "print")}

    assert decide(school, "another-person").exception is None
    assert asked(school)[LISA, AUNT] == (True, "legal-guardian", None, False)
    school.extract.change(CONTACTS, {"contactSourcedId": AUNT}, preferredLanguage="es")  # nothing that was compared
    school.as_of = school.as_of + timedelta(days=1) if school.as_of else None
    school.prepare(school.extract)
    assert asked(school)[LISA, AUNT][:2] == (True, "legal-guardian")
    school.release()
    assert {channel for channel, _ in got(school, AUNT)} == {"portal", "print"}
    school.extract.change(CONTACTS, {"contactSourcedId": FATHER}, phone="830-555-0199")  # a value changed
    school.prepare(school.extract)
    assert asked(school)[LISA, AUNT] == (False, "shared-with-barred", None, True)


@pytest.mark.soak
def test_a_name_alone_and_an_address_alone_keep_nobody_from_the_report(school: Prepared) -> None:
    him = father(school.extract)
    with_aunt(school.extract, givenName=him["givenName"], familyName=him["familyName"])
    (hers,) = {r["street"] for r in school.extract.read(CONTACTS) if r["contactSourcedId"] == MOTHER}
    home = {"street": f"{hers}, Apt. 2".upper(), "city": "Grand Bend", "postalCode": "78834"}
    school.extract.change(CONTACTS, {"contactSourcedId": FATHER}, **home)  # he "still lives" there
    school.prepare(school.extract)
    assert asked(school)[LISA, AUNT] == (True, "legal-guardian", None, False)
    for student in (LISA, FANNIE):  # her code would stand on one letter for both
        assert asked(school)[student, MOTHER] == (True, "parent", "address-of-barred", True)
    school.release()
    assert got(school, MOTHER) == {("portal", school.ref(LISA)), ("portal", school.ref(FANNIE))}
    assert not [key for key in school.store.list("print/") if school.ref(MOTHER) in key]
    letters = school.home / "letters.pdf"
    assert told(school, "codes", "issue", "--recipient", MOTHER, "--out", str(letters))["letters"] == 1
    page = read_pages(letters.read_bytes())[0].text
    assert "To be handed over to this person only" in " ".join(page.split())
    assert hers not in page

    assert isinstance(decide(school, "address-alone", OTHER).exception, InputError)  # nobody of theirs
    assert decide(school, "address-alone", MOTHER).exception is None
    school.release()
    assert {channel for channel, _ in got(school, MOTHER)} == {"portal", "print"}


def test_the_second_reading_stops_what_the_plan_should_not_have_packed(
    school: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first decides, the second must not share its fault: with every table broken, nothing leaves all the same."""
    with_aunt(school.extract, email="j.doe@gmail.com")
    school.prepare(school.extract)
    monkeypatch.setattr(recipients, "shared_values", lambda *_: frozenset())
    with pytest.raises(Refused) as caught:
        school.release()
    assert caught.value.code == "shared-with-barred"
    assert got(school, AUNT) == set()


def test_the_second_reading_stops_a_letter_to_where_somebody_barred_lives(
    school: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    (hers,) = {r["street"] for r in school.extract.read(CONTACTS) if r["contactSourcedId"] == MOTHER}
    where = {"studentSourcedId": LISA, "contactSourcedId": FATHER}
    school.extract.change(CONTACTS, where, contactRestrictions="no-contact", street=hers.replace("Avenue", "Ave."))
    school.prepare(school.extract)
    monkeypatch.setattr(contact_methods, "compare_places", lambda *_: Sameness.DIFFERENT)
    with pytest.raises(Refused) as caught:
        school.release()
    assert caught.value.code == "address-of-barred"
    assert not [key for key in school.store.list("print/") if school.ref(MOTHER) in key]
