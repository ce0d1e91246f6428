"""Rights rule 5: a contact's id that is suddenly another person is held, and not served with the old one's code."""

import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.tasks.channels.portal.reopen import reopen
from termpost.tasks.distribute import plan
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.rights.newer_record import NewerRecord

from tests.attacks.office import BOTH, decide, open_to, run, told, whole
from tests.school import CYCLE, FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Prepared

MIDTERM = "2021-fall-midterm"
STRANGER = {"givenName": "Zoe", "familyName": "Quill", "phone": "(830) 555 0142", "email": "zoe@quill.example"}


def person(school: Prepared, contact: str, **cells: str) -> None:
    """In users.csv; a birth date lies beside it."""
    born = {key: cells.pop(key) for key in ("birthDate",) if key in cells}
    if cells:
        school.extract.change("users.csv", {"sourcedId": contact}, **cells)
    if born:
        rows = [row for row in school.extract.read("demographics.csv") if row["sourcedId"] != contact]
        school.extract.write("demographics.csv", [*rows, {"sourcedId": contact} | born])


def asked(school: Prepared) -> set[tuple[str, str]]:
    """(student, contact) of those who are held as perhaps another person."""
    rows = told(school, "recipients", "--cycle", CYCLE)
    return {(row["student"], row["contact"]) for row in rows if row["rule"] == "person-changed" and row["question"]}


@pytest.mark.soak
def test_a_name_with_a_birth_date_or_with_all_else_makes_another_person_and_a_marriage_does_not(
    school: Prepared,
) -> None:
    for contact in (MOTHER, FATHER, OTHER):
        person(school, contact, email=f"{contact}@mail.example", birthDate="1980-05-04")
    school.prepare(school.extract)
    assert asked(school) == set()
    person(school, MOTHER, familyName="Quill", phone="(830) 555 0143")
    person(school, FATHER, givenName="Zoe", familyName="Quill", birthDate="1990-01-01")
    person(school, OTHER, birthDate="", **STRANGER)
    school.prepare(school.extract)
    assert asked(school) == {(LISA, FATHER), (KYLE, OTHER)}
    school.release()
    assert open_to(school, FATHER) == open_to(school, OTHER) == set()
    assert open_to(school, MOTHER) == BOTH


@pytest.mark.soak
@pytest.mark.released
def test_it_is_held_alone_and_goes_on_with_the_old_code_where_the_office_says_it_is_the_same_person(
    school: Prepared,
) -> None:
    code = code_of(school.open(), school.ref(MOTHER))
    person(school, MOTHER, **STRANGER)
    school.prepare(school.extract, correct=[LISA])
    school.prepare(school.extract)  # and nothing that is loaded again ends the question
    assert asked(school) == {(LISA, MOTHER), (FANNIE, MOTHER)}
    (question, other) = told(school, "rights", "open")
    assert {question["asks"], other["asks"]} == {"person-changed"}
    assert "same-person or new-person" in question["way_out"]
    school.release()
    assert open_to(school, MOTHER) == BOTH  # what lies open asks too, and stays
    assert {who for who in (FATHER, OTHER) if open_to(school, who) == BOTH} == {FATHER, OTHER}
    letters = told(school, "codes", "issue", "--out", str(school.home / "letters.pdf"))
    assert letters["letters"] == 2  # no letter with her code
    assert decide(school, "same-person", MOTHER).exception is None
    assert asked(school) == set()
    assert code_of(school.open(), school.ref(MOTHER)) == code
    again = decide(school, "same-person", MOTHER).exception
    assert isinstance(again, InputError)
    assert again.code == "nothing-to-answer"
    person(school, MOTHER, phone="(830) 555 0199")
    school.prepare(school.extract)
    assert asked(school) == set()


@pytest.mark.released
def test_another_person_gets_another_code_and_the_pages_of_the_first_are_closed(school: Prepared) -> None:
    ref = school.ref(OTHER)
    code = code_of(school.open(), ref)
    assert decide(school, "guardian", OTHER, student=KYLE).exception is None  # said of the first
    person(school, OTHER, **STRANGER)
    school.prepare(school.extract)
    school.release()
    assert decide(school, "new-person", OTHER, student=KYLE).exception is None
    assert asked(school) == set()
    assert open_to(school, OTHER) == set()
    assert code_of(school.open(), ref) != code
    assert {e.reason for e in school.entries("withdrawn") if e.delivery} == {"new-person"}
    assert [row["finding"] for row in told(school, "rights")] == ["new-person"]  # papers of the first are not hers
    assert whole(school)
    school.release()
    assert open_to(school, OTHER) == BOTH
    (page,) = school.store.list(f"sealed/{ref}/")
    assert reopen(school.store.get(page), code_of(school.open(), ref)).parts
    with pytest.raises(InputError):
        reopen(school.store.get(page), code)
    assert whole(school)
    with school.phone.is_the_time():  # a code that was let go does not come back
        said = run(school, "rights", "end", KYLE, OTHER, "--finding", "new-person", "--by", "mlopez", "--otp",
                   school.phone.code())  # fmt: skip
    assert said.exception is not None
    school.feedback()
    assert open_to(school, OTHER) == BOTH


@pytest.mark.released
def test_killed_after_the_answer_the_next_run_closes_the_pages(
    school: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    from termpost.flows.commands.families import rights

    with monkeypatch.context() as killed:
        killed.setattr(rights, "withdraw_ended", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        decide(school, "new-person", OTHER, student=KYLE)
    assert open_to(school, OTHER) == BOTH
    school.feedback()
    assert open_to(school, OTHER) == set()


def test_a_mistake_that_the_next_extract_takes_back_is_no_question_any_more(school: Prepared) -> None:
    before = next(row for row in school.extract.read("users.csv") if row["sourcedId"] == OTHER)
    person(school, OTHER, **STRANGER)
    school.prepare(school.extract)
    assert asked(school) == {(KYLE, OTHER)}
    person(school, OTHER, **{key: before[key] for key in STRANGER})
    school.prepare(school.extract)
    assert asked(school) == set()
    school.release()
    assert open_to(school, OTHER) == BOTH


def test_a_cycle_that_was_prepared_before_is_held_too_and_the_second_reading_sees_it(
    school: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(school, OTHER, **STRANGER)
    school.prepare(school.extract, cycle=MIDTERM)
    assert asked(school) == {(KYLE, OTHER)}
    school.release()
    assert open_to(school, OTHER) == set()
    assert open_to(school, MOTHER) == BOTH
    monkeypatch.setattr(plan, "newer_record", lambda *_: NewerRecord())
    with pytest.raises(Refused) as caught:
        school.release()
    assert caught.value.code == "person-changed"
    assert open_to(school, OTHER) == set()
