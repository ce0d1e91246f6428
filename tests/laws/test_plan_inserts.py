"""Progress on an individual education plan goes along with one report, to whoever has the full right, and to nobody
else: laws 1 to 6 and 13."""

import json
from pathlib import Path
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import StaffId
from termpost.schemas.documents.pack import ChosenEnvelopes
from termpost.tasks.channels.portal.reopen import PageContent, reopen
from termpost.tasks.channels.print.print_run import PrintWish, print_packs
from termpost.tasks.distribute import addressing
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.extract.inserts import insert_name
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.records.requests import packet as packets
from termpost.tasks.records.requests.give import give_access
from termpost.tasks.stage.manifests import read_prepared
from termpost.tasks.stage.resolve import resolve

from tests.command import Command
from tests.school import CYCLE, FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Prepared
from tests.tasks.channels.print.documents import document
from tests.tasks.records.test_access import asked

TEXT = "Goal three was reached in November"
LATER = "Goal three was reached in December"


def put(school: Prepared, student: str, pdf: bytes) -> Path:
    path = school.extract.folder / insert_name(student)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(pdf)
    return path


def opened(school: Prepared, contact: str) -> PageContent:
    """The newest page of somebody."""
    home, ref = school.open(), school.ref(contact)
    live = [e.object for e in school.entries("delivered", "sent") if e.recipient == ref and e.channel == "portal"]
    return reopen(school.store.get(live[-1] or ""), AccessCodes(home, home.standing()).of(ref))


def words_of(pdf: bytes) -> str:
    return " ".join(page.text for page in read_pages(pdf))


def printed_for(school: Prepared, contact: str) -> list[str]:
    ref = school.ref(contact)
    return [words_of(school.store.get(key)) for key in school.store.list("print/") if ref in key]


def test_it_goes_sealed_and_on_paper_to_each_parent_and_no_name_or_word_of_it_stands_outside(school: Prepared) -> None:
    put(school, LISA, document(TEXT, "two"))
    school.prepare(school.extract)
    school.release()
    for contact, goes in ((MOTHER, True), (FATHER, True), (OTHER, False)):
        inserts = [part for part in opened(school, contact).parts if part.is_insert]
        assert [TEXT in words_of(part.pdf) for part in inserts] == [True] * goes
        assert all("education plan" in part.title for part in inserts)
        assert [TEXT in said and "education plan" in said for said in printed_for(school, contact)] == [goes]
    reports = [part for part in opened(school, MOTHER).parts if not part.is_insert]
    assert not any(b"education plan" in part.page or "education plan" in words_of(part.pdf) for part in reports)
    said = "".join(entry.model_dump_json() for entry in school.entries()) + "".join(school.store.list(""))
    assert [word for word in (LISA, "education") if word in said] == []
    packs = print_packs(school.open(), PrintWish(CYCLE, ChosenEnvelopes()), school.home.parent / "packs", "operator")
    assert not packs.left_out


def test_whom_an_agreement_lets_in_gets_the_report_alone(school: Prepared) -> None:
    of_father = {"contactSourcedId": FATHER, "studentSourcedId": LISA}
    school.extract.change("supplement/contacts.csv", of_father, relation="Agency", agreementUntil="2022-06-30")
    put(school, LISA, document(TEXT))
    school.prepare(school.extract)
    school.release()
    assert [part.is_insert for part in opened(school, FATHER).parts] == [False]
    assert not any(TEXT in said for said in printed_for(school, FATHER))
    assert any(part.is_insert for part in opened(school, MOTHER).parts)


def test_a_plan_that_gives_it_to_somebody_of_less_right_is_refused_before_anything_leaves(school: Prepared) -> None:
    """Law 13: the right is read once more, from the recipient's side, and the document is found by its own pages."""
    of_father = {"contactSourcedId": FATHER, "studentSourcedId": LISA}
    school.extract.change("supplement/contacts.csv", of_father, relation="Agency", agreementUntil="2022-06-30")
    put(school, LISA, document(TEXT))
    school.prepare(school.extract)
    with patch.object(addressing, "has_full_right", lambda *_, **__: True), pytest.raises(Refused) as refused:
        school.release()
    assert refused.value.code == "wrong-plan"
    assert not list(school.store.list("sealed/"))


def test_what_is_sealed_without_it_is_no_whole_parcel(school: Prepared) -> None:
    put(school, LISA, document(TEXT))
    school.prepare(school.extract)
    with (
        patch("termpost.tasks.distribute.outgoing.approved_insert", lambda *_: None),
        pytest.raises(Refused) as refused,
    ):
        school.release()
    assert refused.value.code == "incomplete-parcel"


def test_another_document_is_another_version_and_what_is_out_stays(school: Prepared) -> None:
    """Laws 5, 7 and 12."""

    def versions() -> set[int | None]:
        return {e.version for e in school.entries("report_made") if e.student == school.ref(LISA)}

    put(school, LISA, document(TEXT))
    school.prepare(school.extract)
    before = versions()
    school.prepare(school.extract)
    assert versions() == before == {1, 2}  # 1: of the snapshot, without
    school.release()
    put(school, LISA, document(LATER))
    school.prepare(school.extract)
    assert versions() == before
    school.prepare(school.extract, correct=[LISA])
    school.release()
    assert versions() == {1, 2, 3}
    (insert,) = [part for part in opened(school, MOTHER).parts if part.is_insert]
    assert LATER in words_of(insert.pdf)


def test_bytes_that_changed_after_the_preparation_are_not_released(school: Prepared) -> None:
    put(school, LISA, document(TEXT))
    school.prepare(school.extract)
    (key,) = [key for key in school.store.list("reports/") if key.endswith("insert.pdf")]
    school.store.put(key, document(LATER), about=[school.ref(LISA)])
    with pytest.raises(Refused) as refused:
        school.release()
    assert refused.value.code == "bytes-changed"


def test_a_damaged_one_holds_its_student_alone_and_accepting_that_leaves_it_out(school: Prepared) -> None:
    """Laws 1 and 2. What is nobody's is quarantined, and holds nobody."""
    put(school, LISA, b"%PDF-1.7 and no more")
    put(school, "999999", document("nobody"))
    put(school, KYLE, document(TEXT))
    school.prepare(school.extract)
    (hold,) = school.entries("held")
    assert (hold.student, hold.reason) == (school.ref(LISA), "insert-no-pdf")
    home, code = school.open(), school.phone.code()
    resolve(
        home,
        read_prepared(home, CYCLE),
        school.ref(LISA),
        "accept",
        None,
        by="mlopez",
        otp=code,
        at=school.phone.now,
        words=None,
    )
    school.prepare(school.extract)
    school.release()
    assert [part.is_insert for part in opened(school, FATHER).parts] == [False]
    assert [part.is_insert for part in opened(school, OTHER).parts] == [False, True]


def test_who_asks_for_the_records_gets_it_by_the_same_right_and_an_export_says_that_it_has_none(
    school: Prepared, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(school, LISA, document(TEXT))
    school.prepare(school.extract)
    school.release()
    home, run, by = school.open(), "records-access", StaffId("mlopez")
    for is_full in (True, False):
        packet = give_access(home, run, asked(home, LISA, MOTHER), by)
        titles = [part.title for part in reopen(packet.data, packet.code).parts if TEXT in words_of(part.pdf)]
        assert [("education plan" in title) for title in titles] == [True] * is_full
        monkeypatch.setattr(packets, "full_right", lambda *_: False)
    command, out = Command(monkeypatch, capsys), school.home.parent / "out"
    said = command("export", "--cycle", CYCLE, "--out", out, "--home", school.home, "--as-of", school.told)
    assert "1 document of an individual plan is not among them" in said.err
    assert not any(TEXT in words_of(path.read_bytes()) for path in out.glob("*.pdf"))
    rows = json.loads(command("recipients", "--cycle", CYCLE, "--json", "--home", school.home, "--as-of",
                              school.told).out)  # fmt: skip
    assert {(row["student"], row["insert"]) for row in rows if row["allowed"]} == {
        (LISA, True), (FANNIE, False), (KYLE, False),
    }  # fmt: skip
