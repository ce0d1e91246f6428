"""The code that opens reports never travels with them, and who takes one that is not theirs comes too late."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.documents.pack import ChosenEnvelopes
from termpost.tasks.channels.portal.reopen import reopen_sealed
from termpost.tasks.channels.print.compose import compose
from termpost.tasks.channels.print.laid_places import LaidWords
from termpost.tasks.channels.print.print_run import PrintWish, print_packs
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights.call_back import numbers_on_file

from tests.attacks.test_bar_has_a_basis import CONTACTS, run, told
from tests.laws.test_taken_back import page_of
from tests.school import CYCLE, FATHER, MOTHER, OTHER, Prepared

pytestmark = pytest.mark.needs("pdftotext")
CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}(\W?[2-9A-HJ-NP-Z]{4}){3}\W?[2-9A-HJ-NP-Z]\b")


def text_of(folder: Path) -> str:
    return "\n".join(page.text for path in sorted(folder.glob("*.pdf")) for page in read_pages(path.read_bytes()))


@pytest.mark.released
def test_no_code_is_in_any_envelope_and_its_letter_says_where_one_gets_it(school: Prepared, tmp_path: Path) -> None:
    told(school, "print", "--cycle", CYCLE, "--out", str(tmp_path / "packs"))
    text = text_of(tmp_path / "packs")
    for contact in (MOTHER, FATHER, OTHER):
        code = code_of(school.open(), school.ref(contact))
        assert code not in text
        assert code.replace("-", "") not in text.replace("-", "")
    assert not CODE.search(text)
    assert "ask there and bring an ID" in " ".join(text.split())


@pytest.mark.released
def test_a_code_that_found_its_way_into_an_envelope_is_refused(
    school: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of(school.open(), school.ref(MOTHER)).replace("-", " ")

    def faulty(sheaves: list[object], **how: object) -> object:
        for one in sheaves:
            said = one.words["days"]  # type: ignore[attr-defined]
            one.words["days"] = LaidWords(f"{said.text} {code}", said.language, said.direction)  # type: ignore[attr-defined]
        return compose(sheaves, **how)  # type: ignore[arg-type]

    monkeypatch.setattr("termpost.tasks.channels.print.print_run.compose", faulty)
    with pytest.raises(Refused) as caught:
        print_packs(school.open(), PrintWish(CYCLE, ChosenEnvelopes()), tmp_path / "packs", "operator")
    assert caught.value.code == "code-beside-reports"
    assert not list((tmp_path / "packs").glob("*.pdf"))


def replaced(school: Prepared, how: str, out: Path, contact: str = MOTHER) -> object:
    with school.phone.is_the_time():
        return run(school, "codes", "replace", "--recipient", contact, "--identified", how, "--by", "mlopez",
                   "--otp", school.phone.code(), "--out", str(out))  # fmt: skip


@pytest.mark.released
def test_the_old_code_opens_nothing_once_it_was_replaced_at_the_counter(school: Prepared, tmp_path: Path) -> None:
    old = code_of(school.open(), school.ref(MOTHER))
    assert replaced(school, "id-document", tmp_path / "slip.pdf").exception is None  # type: ignore[attr-defined]
    new = code_of(school.open(), school.ref(MOTHER))
    with pytest.raises(InputError):
        reopen_sealed(page_of(school, MOTHER), old)
    assert reopen_sealed(page_of(school, MOTHER), new)
    slip = read_pages((tmp_path / "slip.pdf").read_bytes())[0].text
    assert (new in slip, old in slip) == (True, False)
    said = [(e.actor, e.reason) for e in school.entries("settings_changed") if e.recipient == school.ref(MOTHER)]
    assert said == [("mlopez", "code-replaced-id-document"), ("mlopez", "code-listed")]
    (row,) = [r for r in told(school, "codes", "list", "--missing") if r["recipient"] == MOTHER]
    assert (row["page"], row["code"]) == (True, "listed")
    with school.phone.is_the_time():
        told(school, "codes", "handed-over", "--recipient", MOTHER, "--by", "mlopez", "--otp", school.phone.code())
    assert MOTHER not in {r["recipient"] for r in told(school, "codes", "list", "--missing")}


def test_a_number_that_came_onto_the_record_29_days_ago_is_nobodys_proof(school: Prepared, tmp_path: Path) -> None:
    """Somebody has their own number put on file for her, and calls a few weeks later: the code is lost."""
    school.extract.change(CONTACTS, {"contactSourcedId": MOTHER}, phone="+1 555 0100")
    school.prepare(school.extract)
    school.later(timedelta(days=40))
    school.extract.change(CONTACTS, {"contactSourcedId": MOTHER}, phone="+1 555 0666")
    school.prepare(school.extract)
    since = school.as_of.date()  # type: ignore[union-attr]
    school.later(timedelta(days=29))
    before = code_of(school.open(), school.ref(MOTHER))
    no = replaced(school, "call-back", tmp_path / "slip.pdf").exception  # type: ignore[attr-defined]
    assert isinstance(no, Refused)
    assert (no.code, f"from {since + timedelta(days=30)} on" in no.remedy) == ("number-too-new", True)
    assert "0666" not in str(no)
    assert code_of(school.open(), school.ref(MOTHER)) == before
    assert not (tmp_path / "slip.pdf").exists()
    assert [(e.actor, e.reason) for e in school.entries("refused")][-1:] == [("mlopez", "number-too-new")]
    school.later(timedelta(days=1))
    assert replaced(school, "call-back", tmp_path / "slip.pdf").exception is None  # type: ignore[attr-defined]
    assert code_of(school.open(), school.ref(MOTHER)) != before


@pytest.mark.soak
def test_a_number_that_was_away_for_a_while_begins_anew_and_another_way_to_write_it_does_not(school: Prepared) -> None:
    days = {}
    for number in ("+1 555 0100", "+1 (555) 01-00", "+1 555 0666", "+1 555 0100"):
        school.extract.change(CONTACTS, {"contactSourcedId": MOTHER}, phone=number)
        school.prepare(school.extract)
        home = school.open()
        with open_lake(home.lake) as lake:
            days[number] = numbers_on_file(home, lake, school.ref(MOTHER)), home.today
        school.later(timedelta(days=20))
    (first, _), (again, last) = days["+1 (555) 01-00"], days["+1 555 0100"]
    assert list(again.values()) == [last]
    assert list(first) == list(again) == ["15550100"]
    assert last - next(iter(first.values())) == timedelta(days=60)


def test_who_has_no_number_on_file_is_not_called_back(school: Prepared, tmp_path: Path) -> None:
    school.extract.change(CONTACTS, {"contactSourcedId": MOTHER}, phone="")
    school.extract.change("users.csv", {"sourcedId": MOTHER}, phone="")
    school.prepare(school.extract)
    no = replaced(school, "call-back", tmp_path / "slip.pdf").exception  # type: ignore[attr-defined]
    assert isinstance(no, Refused)
    assert no.code == "no-number"


def test_codes_are_issued_the_schools_way_and_no_other(school: Prepared, tmp_path: Path) -> None:
    made = told(school, "codes", "issue", "--out", str(tmp_path / "slips.pdf"))
    assert (made["letters"], made["way"], made["list"]) == (3, "handover", str(tmp_path / "slips-list.pdf"))
    slips, listed = (read_pages(Path(made[name]).read_bytes()) for name in ("file", "list"))
    codes = [code_of(school.open(), school.ref(contact)) for contact in (MOTHER, FATHER, OTHER)]
    assert [sum(code in page.text for code in codes) for page in slips if page.text.strip()] == [1, 1, 1]
    assert all(code in "".join(page.text for page in slips) for code in codes)
    assert not any(code in page.text for page in listed for code in codes)
    no = run(school, "codes", "issue", "--way", "post", "--out", str(tmp_path / "letters.pdf")).exception
    assert isinstance(no, InputError)
    assert (no.code, (tmp_path / "letters.pdf").exists()) == ("not-that-way", False)
