"""Law 3 for what is enclosed: where two must approve, one person's word encloses nothing."""

import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.print.add_inserts import enclose
from termpost.tasks.channels.print.inserts import Document, released_documents

from tests.school import CYCLE, KYLE, LISA, Phone, Prepared
from tests.tasks.channels.print.documents import document


def given(school: Prepared, by: str, phone: Phone, student: str | None = None, text: str = "Trip") -> int:
    ref, code = school.ref(student) if student else None, phone.code()
    documents = [Document(document(text), ref, "f.pdf")]
    return enclose(school.open(), CYCLE, None, documents, by=by, otp=code, at=phone.now)


def enclosed(school: Prepared) -> int:
    (place,) = {key.split("/")[1] for key in school.store.list("print/")}
    return len(released_documents(school.entries(), CYCLE, place))


@pytest.mark.released
def test_where_two_must_approve_the_second_person_encloses(school: Prepared) -> None:
    settings = (school.home / "termpost.toml").read_text()
    (school.home / "termpost.toml").write_text(f"{settings}\n[release]\napprovals = 2\n")
    other = school.register("other", "head")
    for _ in range(2):  # the same person twice is one person
        with pytest.raises(Refused) as refused:
            given(school, "mlopez", school.phone)
        assert refused.value.code == "waits-for-another"
        assert enclosed(school) == 0
    given(school, "other", other)
    assert enclosed(school) == 1


def test_a_document_of_a_student_without_an_envelope_is_refused(school: Prepared) -> None:
    school.release(hold_back=[school.ref(KYLE)])
    with pytest.raises(InputError) as refused:
        given(school, "mlopez", school.phone, KYLE)
    assert refused.value.code == "no-envelope"
    given(school, "mlopez", school.phone, LISA, f"For {LISA}")
    assert enclosed(school) == 1
    assert not school.state().stopped


@pytest.mark.released
def test_releasing_a_document_does_not_resume_a_stopped_cycle(school: Prepared) -> None:
    school.open().log.append("stop", [Entry(kind="stopped", cycle=CYCLE, actor="operator")])
    given(school, "mlopez", school.phone)
    assert school.state().stopped
