"""Rights rule 6: a student without any recipient is a question, and then the office hands the report over."""

from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.rights.recipients import Record

from tests.attacks.test_bar_has_a_basis import CONTACTS, asked, decide, got, overdue, run, told
from tests.school import CYCLE, FANNIE, FATHER, LISA, MOTHER, Prepared

PAPER = {"restrictionDocument": "C-1", "restrictionDocumentDate": "2021-08-02"}
BY_HAND = "To be handed over in person"


def envelopes(school: Prepared, student: str) -> list[str]:
    """What the first page says of each envelope that is addressed to the student."""
    keys = [key for key in school.store.list("print/") if school.ref(student) in key]
    return [read_pages(school.store.get(key))[0].text for key in keys]


def bar_both(school: Prepared) -> None:
    for contact in (MOTHER, FATHER):
        where = {"studentSourcedId": LISA, "contactSourcedId": contact}
        school.extract.change(CONTACTS, where, contactRestrictions="no-contact", livesWith="true", **PAPER)


def test_nobody_on_record_is_asked_about_before_anything_is_handed_over(school: Prepared, tmp_path: Path) -> None:
    rows = [row for row in school.extract.read(CONTACTS) if row["studentSourcedId"] != LISA]
    school.extract.write(CONTACTS, rows)
    school.prepare(school.extract)
    assert asked(school)[LISA, "student"] == ("no-contact-known", True, "2021-12-28")
    assert overdue(school) == (0, [("2021-12-28", "due", 1)])
    school.release()
    assert school.ref(LISA) not in {entry.student for entry in school.entries("released", "planned")}
    with school.phone.is_the_time():
        no = run(school, "holds", "resolve", LISA, "--accept", "--by", "mlopez", "--otp", school.phone.code()).exception
    assert isinstance(no, InputError)
    assert "--finding hand-over" in str(no)

    assert isinstance(decide(school, LISA, MOTHER, "hand-over").exception, InputError)  # to no contact
    assert decide(school, LISA, LISA, "hand-over").exception is None
    school.prepare(school.extract)
    assert asked(school)[LISA, "student"] == ("handed-over", False, None)
    assert overdue(school) == (0, [])
    school.release()
    (letter,) = envelopes(school, LISA)
    assert BY_HAND in letter
    assert not [key for key in school.store.list("sealed/") if school.ref(LISA) in key]  # nobody would open it
    done = [e for e in school.entries("delivered", "sent") if e.student == school.ref(LISA)]
    assert [(e.recipient, e.channel) for e in done] == [(school.ref(LISA), "print")]
    printed = told(school, "print", "--cycle", CYCLE, "--out", str(tmp_path / "packs"))
    assert printed["left_out"] in ({}, [])
    text = " ".join(page.text for path in (tmp_path / "packs").glob("*.pdf") for page in read_pages(path.read_bytes()))
    assert BY_HAND in text


def test_whose_only_contacts_are_barred_is_handed_over_and_they_get_nothing(school: Prepared) -> None:
    bar_both(school)
    school.prepare(school.extract)
    assert asked(school)[LISA, None] == ("no-recipient", True, "2021-12-28")
    school.release()
    assert school.state().without_recipient == {school.ref(LISA)}
    assert decide(school, LISA, LISA, "hand-over").exception is None
    school.release()
    (letter,) = envelopes(school, LISA)
    (home,) = {row["street"] for row in school.extract.read(CONTACTS) if row["studentSourcedId"] == LISA}
    assert BY_HAND in letter
    assert home not in letter  # where the barred live
    assert got(school, FATHER) == set()
    assert got(school, MOTHER) == {school.ref(FANNIE)}


def test_the_second_reading_hands_nothing_over_that_nobody_decided_about(
    school: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    bar_both(school)
    school.prepare(school.extract)
    monkeypatch.setattr(Record, "is_handed_over", lambda _, student: student == school.ref(LISA))
    with pytest.raises(Refused) as caught:
        school.release()
    assert caught.value.code == "wrong-student"
    assert envelopes(school, LISA) == []
