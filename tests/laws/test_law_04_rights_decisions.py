"""Law 4 with what the office found on paper: it counts from the day it is kept, also after the next extract."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from click.testing import CliRunner, Result
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.log.rights_decision import RightsDecision, RightsFinding
from termpost.tasks.rights.rights_decisions import keep_rights_decision, open_rights_decisions

from tests.school import CYCLE, FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Prepared
from tests.snapshots import small_school, snapshot, working_copy


def rule(school: Prepared, student: str, contact: str, finding: RightsFinding, **dates: date) -> None:
    decision = RightsDecision(finding=finding, basis="court-order", document="C-17", by="mlopez", **dates)
    keep_rights_decision(school.open(), "run", school.ref(student), school.ref(contact), decision)


def ask(school: Prepared, *said: str) -> Result:
    return CliRunner().invoke(termpost, [*said, "--home", str(school.home), "--as-of", "2021-12-17"],
                              standalone_mode=False)  # fmt: skip


def told(school: Prepared, *said: str) -> Any:
    result = ask(school, *said, "--json")
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def rule_of(school: Prepared, student: str, contact: str) -> str:
    rows = told(school, "recipients", "--cycle", CYCLE)
    return next(str(row["rule"]) for row in rows if (row["student"], row["contact"]) == (student, contact))


def got(school: Prepared, contact: str) -> set[str]:
    ref = school.ref(contact)
    return {e.student or "" for e in school.entries("delivered", "sent") if e.recipient == ref}


def aunt(school: Prepared) -> None:
    """The father of the sample is an aunt whose papers nobody knows."""
    where = {"studentSourcedId": LISA, "contactSourcedId": FATHER}
    school.extract.change("supplement/contacts.csv", where, relation="Aunt", legalGuardian="", livesWith="",
                          isPrimary="", emergency="")  # fmt: skip
    school.prepare(school.extract)


def test_papers_that_the_office_has_seen_give_the_right_and_outlive_the_next_extract(school: Prepared) -> None:
    aunt(school)
    assert rule_of(school, LISA, FATHER) == "guardian-unknown"
    code = pyotp.TOTP(school.phone.secret).now()
    said = ("rights", "decide", LISA, FATHER, "--finding", "guardian", "--basis", "guardianship-papers",
            "--document", "G-2021-17", "--until", "2022-08-01", "--by", "mlopez", "--otp")  # fmt: skip
    assert isinstance(ask(school, *said, "000000").exception, Refused)
    assert rule_of(school, LISA, FATHER) == "guardian-unknown"
    assert told(school, *said, code) == {"student": LISA, "contact": FATHER, "finding": "guardian"}
    assert isinstance(ask(school, *said, code).exception, Refused)  # a code counts once
    assert rule_of(school, LISA, FATHER) == "legal-guardian"
    (row,) = told(school, "rights")
    assert (row["student"], row["contact"], row["document"], row["in_force"]) == (LISA, FATHER, "G-2021-17", True)
    assert "G-2021-17" not in "".join(str(entry) for entry in school.entries())

    school.later(timedelta(days=1))
    school.extract.change("users.csv", {"sourcedId": KYLE}, middleName="Q")
    school.prepare(school.extract)
    assert rule_of(school, LISA, FATHER) == "legal-guardian"


def apart_school(folder: Path) -> Prepared:
    """The father lives elsewhere."""
    school = small_school(folder)
    school.extract.change("supplement/contacts.csv", {"contactSourcedId": FATHER}, street="7 Distant Road")
    school.prepare(school.extract)
    return school


@pytest.fixture
def apart(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Prepared]:
    with working_copy(snapshot(tmp_path_factory, "apart-waiting", apart_school), tmp_path) as made:
        yield made


def test_a_bar_from_the_court_counts_before_the_record_has_it(apart: Prepared) -> None:
    school = apart
    rule(school, LISA, FATHER, "no-records")
    school.release()
    assert got(school, FATHER) == set()
    assert got(school, MOTHER)
    assert [key for key in school.store.list("") if school.ref(FATHER) in key and "notes" not in key] == []
    assert {e.reason for e in school.entries("refused")} == {"no-records"}


def test_no_letter_goes_to_where_one_lives_whom_the_office_barred(school: Prepared) -> None:
    rule(school, LISA, FATHER, "no-contact")  # the parents of the sample share a home
    school.release()
    assert got(school, FATHER) == set()
    assert got(school, MOTHER) == {school.ref(LISA), school.ref(FANNIE)}  # by the portal, her code in person
    assert not [key for key in school.store.list("print/") if school.ref(MOTHER) in key]
    assert got(school, OTHER) == {school.ref(KYLE)}


def test_the_second_pair_of_eyes_reads_the_decisions_itself(apart: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    school = apart
    rule(school, LISA, FATHER, "no-records")
    monkeypatch.setattr("termpost.tasks.distribute.plan.open_rights_decisions", lambda *_: {})
    with pytest.raises(Refused) as refused:
        school.release()
    assert refused.value.code == "wrong-student"
    assert got(school, FATHER) == set()


def test_a_decision_that_is_gone_stops_the_release_and_is_no_right(school: Prepared) -> None:
    rule(school, LISA, FATHER, "no-records")
    (key,) = school.store.list("notes/rights/")
    school.store.delete(key)
    with pytest.raises(InputError) as lost:
        school.release()
    assert lost.value.code == "object-gone"


def test_of_an_erased_student_no_decision_is_left(school: Prepared) -> None:
    rule(school, LISA, FATHER, "no-records")
    school.open().people.delete(school.ref(LISA))
    assert open_rights_decisions(school.open()) == {}


def test_an_ended_decision_leaves_the_record_alone(school: Prepared) -> None:
    rule(school, LISA, FATHER, "no-records")
    code = pyotp.TOTP(school.phone.secret).now()
    end = ("rights", "end", LISA, FATHER, "--finding", "no-records", "--by", "mlopez", "--otp", code)
    assert isinstance(ask(school, *end[:5], "no-contact", *end[6:]).exception, InputError)
    told(school, *end)
    assert told(school, "rights") == []
    assert rule_of(school, LISA, FATHER) == "parent"


@pytest.mark.parametrize(("contact", "finding", "more", "code"), [
    (OTHER, "guardian", (), "no-contact-of-theirs"),
    (FATHER, "agreement", ("--until", "2022-06-01"), "no-agency"),
    ("nobody", "guardian", (), "unknown-person"),
])  # fmt: skip
def test_what_makes_no_sense_is_one_line(
    school: Prepared, contact: str, finding: str, more: tuple[str, ...], code: str
) -> None:
    failed = ask(school, "rights", "decide", LISA, contact, "--finding", finding, "--basis", "court-order",
                 "--document", "C-17", *more, "--by", "mlopez", "--otp", "000000").exception  # fmt: skip
    assert isinstance(failed, InputError)
    assert failed.code == code
