"""What may be enclosed: a sheet like the others, that names nobody else."""

from dataclasses import replace

import pikepdf
import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import StudentIdentity
from termpost.tasks.channels.print.inserts import Document, check_document
from termpost.tasks.channels.print.mentions import mentions_other_student

from tests.tasks.channels.print.documents import LETTER, document, with_form

OWNER = pikepdf.Encryption(owner="secret", user="")
ANA = StudentIdentity(id="s-1001", number="604821", given="Ana", family="Lee")
LEON = StudentIdentity(id="s-1002", number="604822", given="León", family="O'Hara-Díaz", preferred="Leo")
SHORT = StudentIdentity(id="7", number="12", given="Bo", family=None)
STUDENTS = {PersonRef("a"): ANA, PersonRef("l"): LEON, PersonRef("s"): SHORT}


def check(pdf: bytes, student: str | None = None, paper: str = "us-letter") -> int:
    return check_document(Document(pdf, PersonRef(student) if student else None), paper, STUDENTS, "--enclose")


@pytest.mark.parametrize(("pdf", "code"), [
    (b"", "unreadable-pdf"),
    (b"%PDF-1.7 and nothing more", "unreadable-pdf"),
    (document("Trip"), None),
    (document("Trip", ""), None),
    (document("Trip", encryption=OWNER), "encrypted-pdf"),
    (document("Trip", encryption=pikepdf.Encryption(owner="a", user="b")), "encrypted-pdf"),
    (document("Trip", size=(595, 842)), "wrong-paper"),
    (document("Trip", size=(792, 612)), "wrong-paper"),
    (with_form(document("Trip")), "has-form"),
    (document("Trip", low=True), "no-room"),
    (document("Trip for 604822"), "names-another"),
], ids=["empty", "no-pdf", "page", "blank-back", "owner-locked", "locked", "a4", "across", "form", "low", "names"],
)  # fmt: skip
def test_a_document_is_taken_as_it_is_or_refused(pdf: bytes, code: str | None) -> None:
    if code is None:
        assert check(pdf) in (0, 1)
        return
    with pytest.raises(InputError) as refused:
        check(pdf)
    assert refused.value.code == code
    assert "604822" not in str(refused.value)


def test_a4_goes_with_a4_only() -> None:
    a4 = document("Trip", size=(595, 842))
    assert check(a4, paper="a4") == 0
    with pytest.raises(InputError):
        check(document("Trip", size=LETTER), paper="a4")


def test_pages_without_text_are_counted_since_only_a_person_can_read_them() -> None:
    assert check(document("Trip", "", "")) == 2


def test_a_document_may_name_its_own_student_and_no_other() -> None:
    own = document("Plan for Ana Lee, 604821")
    assert check(own, "a") == 0
    for student in (None, "l"):
        with pytest.raises(Refused):
            check(own, student)


@pytest.mark.parametrize(("text", "named"), [
    ("Dear family of León O'Hara-Díaz,", True),
    ("LEÓN O’HARA-DÍAZ", True),
    ("O'Hara-Díaz, León", True),
    ("Leo O'Hara Díaz", True),
    ("number 604822.", True),
    ("(s-1002)", True),
    ("León", False),  # a given name alone is anybody's
    ("6048221", False),
    ("Joanna Leeds came", False),
    ("Ana\nLee", True),
    ("7 of 12", False),  # too short to be looked for
    ("", False),
])  # fmt: skip
def test_who_is_named(text: str, named: bool) -> None:
    assert mentions_other_student([text], STUDENTS.values(), None) is named


def test_a_namesake_of_the_documents_own_student_is_nobody_else() -> None:
    twin = replace(ANA, id="s-2001", number="704821")
    assert not mentions_other_student(["Ana Lee"], [twin], ANA)
    assert mentions_other_student(["Ana Lee 704821"], [twin], ANA)
