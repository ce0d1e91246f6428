"""`--school`: what is one school's in a home of several, and in nobody else's list. One student sits in both."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import Approved, CycleId
from termpost.schemas.documents.prepared import Hold
from termpost.tasks.distribute.approvals.release import approve_release, release_approved
from termpost.tasks.distribute.approve import ChosenStudents, by_code
from termpost.tasks.distribute.binding import refuse_unapproved
from termpost.tasks.stage.manifests import keep_manifest, of_school, prepared_of

from tests.command import Command
from tests.laws.test_law_15_everybody_is_accounted_for import CENTRE, DUAL, EMPTY, HIGH, ONE, bundle
from tests.school import CYCLE, Extract, Phone, Prepared, new_school
from tests.snapshots import snapshot, working_copy


def two_schools(folder: Path) -> Prepared:
    """Two reports wait in one school, and one in the other."""
    new = new_school(folder / "home")
    bundle(folder / "extract")
    school = Prepared(new.home, new.phone, extract=Extract(folder / "extract"))
    school.prepare(school.extract)
    return school


@pytest.fixture
def district(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Prepared]:
    with working_copy(snapshot(tmp_path_factory, "two-schools", two_schools), tmp_path) as made:
        yield made


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def asked(command: Command, district: Prepared, *words: object) -> Any:
    said = command(*words, "--json", "--home", district.home, "--as-of", district.told)
    assert said.code == 0, said.err
    return json.loads(said.out)


def test_status_counts_by_school_and_one_school_alone(district: Prepared, command: Command) -> None:
    whole = asked(command, district, "status", "--cycle", CYCLE)
    made = {one["school"]: one["made"] for one in whole["schools"]}
    assert (made[HIGH], made[CENTRE], whole["reports"]["made"]) == (2, 1, 3)
    assert set(whole["schools"][0]) == {"school", *whole["reports"]}
    alone = asked(command, district, "status", "--cycle", CYCLE, "--school", CENTRE)
    assert alone["reports"]["made"] == 1
    assert [one["school"] for one in alone["schools"]] == [CENTRE]
    shown = command("status", "--cycle", CYCLE, "--home", district.home, "--as-of", district.told).out
    assert "By school" in shown


def test_lists_are_of_one_school(district: Prepared, command: Command) -> None:
    rows = asked(command, district, "recipients", "--cycle", CYCLE, "--school", CENTRE)
    assert {row["student"] for row in rows} == {DUAL}
    assert {row["student"] for row in asked(command, district, "recipients", "--cycle", CYCLE)} == {DUAL, ONE}


EVERY = (
    ("status",), ("holds",), ("recipients", "--cycle", CYCLE), ("deliveries",), ("deadlines",), ("feedback", "list"),
    ("meetings", "list"), ("proof", "--cycle", CYCLE, "--out", "proof"), ("export", "--cycle", CYCLE, "--out", "out"),
    ("comments", "export", "comments.csv", "--cycle", CYCLE), ("print", "--cycle", CYCLE, "--out", "packs"),
)  # fmt: skip


def test_a_school_that_nobody_knows_is_one_refusal_everywhere(district: Prepared, command: Command) -> None:
    for words in EVERY:
        said = command(*words, "--school", "nowhere", "--home", district.home, "--as-of", district.told)
        assert said.code == 1, words
        assert "nothing was prepared of this school" in said.complaint, words
        assert f"give one of {HIGH}, {CENTRE}, {EMPTY}" in said.complaint, words


def test_an_empty_list_says_so(district: Prepared, command: Command) -> None:
    given = ("--home", district.home, "--as-of", district.told)
    for words in (("holds",), ("deliveries",), ("feedback", "list"), ("meetings", "list")):
        assert "Nothing." in command(*words, "--school", CENTRE, *given).out


def out(district: Prepared) -> set[tuple[str, str]]:
    """School and student of what was released, each of which was delivered to somebody."""
    released = {entry.report for entry in district.entries("released")}
    assert {entry.report for entry in district.entries("sent", "delivered")} == released
    names = {district.ref(person): person for person in (DUAL, ONE)}
    found = {
        (one.school, names[report.student])  # type: ignore[index]
        for one in prepared_of(district.open(), CYCLE) for report in one.reports if report.report in released
    }  # fmt: skip
    assert len(found) == len(released)
    return found


def test_one_school_goes_out_and_of_who_sits_in_two_only_its_report(district: Prepared) -> None:
    assert district.release(of=CENTRE) != []
    assert out(district) == {(CENTRE, DUAL)}
    assert district.release(of=CENTRE, staff="", code="") == []  # nothing is left, and nobody has to prove anything
    assert out(district) == {(CENTRE, DUAL)}
    assert district.release() != []  # the others waited
    assert out(district) == {(CENTRE, DUAL), (HIGH, DUAL), (HIGH, ONE)}


def test_a_principal_releases_their_own_school_and_no_other(district: Prepared) -> None:
    home = district.open()
    uri = home.staff.add("head", "A Head", "head", schools=(HIGH,))
    district.phone = Phone(pyotp.parse_uri(uri).secret, district.phone.now)
    with pytest.raises(Refused) as caught:
        district.release(staff="head", of=CENTRE)
    assert caught.value.code == "other-school"
    assert district.entries("approved", "released") == []
    district.phone.now += timedelta(minutes=2)
    assert district.release(staff="head", of=HIGH) != []
    assert out(district) == {(HIGH, DUAL), (HIGH, ONE)}


def test_a_school_approved_beforehand_goes_out_without_a_code_and_no_other_with_it(district: Prepared) -> None:
    with pytest.raises(Refused) as caught:
        district.release(staff="", code="", of=CENTRE)
    assert f"--school {CENTRE}" in str(caught.value)
    approve_beforehand(district, CENTRE)
    with pytest.raises(Refused) as caught:
        district.release(staff="", code="", of=HIGH)
    assert caught.value.code == "not-approved-beforehand"
    assert district.entries("released") == []
    assert district.release(staff="", code="") != []  # of all: what was approved of it
    assert out(district) == {(CENTRE, DUAL)}


def approve_beforehand(district: Prepared, school: str) -> None:
    assert approve(district, "mlopez", district.phone, school).missing == 0


def approve(
    district: Prepared, who: str, phone: Phone, school: str | None, *, beforehand: bool = True
) -> Approved:  # fmt: skip
    """As `termpost approve` does, or a release up to what it delivers."""
    home, chosen = district.open(), ChosenStudents(school=school)
    with phone.is_the_time():
        prove = by_code(home.staff, who, phone.code(), phone.now)
        return approve_release(home, "approve", CycleId(CYCLE), who, prove, chosen, False, beforehand=beforehand)


def let_out(district: Prepared) -> set[tuple[str, str]]:
    """School and student of what is released, each by an approval that the second look finds too."""
    home, names = district.open(), {district.ref(person): person for person in (DUAL, ONE)}
    released = {(entry.report, entry.version) for entry in district.entries("released")}
    refuse_unapproved(home, CYCLE, released)  # type: ignore[arg-type]
    return {
        (one.school, names[report.student])  # type: ignore[index]
        for one in prepared_of(home, CYCLE) for report in one.reports if (report.report, report.version) in released
    }  # fmt: skip


def without_a_code(district: Prepared) -> str:
    """The code of its refusal, or nothing."""
    try:
        with district.phone.is_the_time():
            release_approved(district.open(), "release", CycleId(CYCLE), ChosenStudents(), False)
    except Refused as refused:
        return refused.code
    return ""


def test_what_was_approved_of_one_school_counts_still_when_another_went_out_by_a_code(district: Prepared) -> None:
    approve_beforehand(district, HIGH)
    approve(district, "mlopez", district.phone, CENTRE, beforehand=False)
    assert let_out(district) == {(CENTRE, DUAL)}
    assert without_a_code(district) == ""
    assert let_out(district) == {(CENTRE, DUAL), (HIGH, DUAL), (HIGH, ONE)}


def of_two(district: Prepared) -> Phone:
    """Two must approve; the phone of the second."""
    toml = district.home / "termpost.toml"
    toml.write_text(toml.read_text() + "\n[release]\napprovals = 2\n")
    return district.register("jkim", "head")


def test_who_approves_one_school_beforehand_approved_no_other_that_the_first_did(district: Prepared) -> None:
    second = of_two(district)
    approve(district, "mlopez", district.phone, None)
    assert approve(district, "jkim", second, CENTRE).missing == 1  # the first approved something else
    assert without_a_code(district) == "not-approved-beforehand"
    assert let_out(district) == set()
    assert approve(district, "mlopez", district.phone, CENTRE).missing == 0
    assert without_a_code(district) == ""
    assert let_out(district) == {(CENTRE, DUAL)}


def test_each_principal_lets_their_own_school_out_with_the_approval_that_is_of_all(district: Prepared) -> None:
    second = of_two(district)
    approve(district, "mlopez", district.phone, None)
    for school, so_far in ((CENTRE, {(CENTRE, DUAL)}), (HIGH, {(CENTRE, DUAL), (HIGH, DUAL), (HIGH, ONE)})):
        assert without_a_code(district) == "not-approved-beforehand"
        assert approve(district, "jkim", second, school, beforehand=False).missing == 0
        assert let_out(district) == so_far


def test_what_was_approved_school_by_school_goes_out_together_each_by_its_own_approval(district: Prepared) -> None:
    for school in (CENTRE, HIGH):
        approve_beforehand(district, school)
    assert district.release(staff="", code="") != []
    assert out(district) == {(CENTRE, DUAL), (HIGH, DUAL), (HIGH, ONE)}
    assert district.entries("delivered", "sent")


def test_a_school_of_which_nothing_may_go_out_is_one_line(district: Prepared) -> None:
    home = district.open()
    (manifest,) = of_school(prepared_of(home, CYCLE), CENTRE)
    held = Hold(student=district.ref(DUAL), class_id=None, reason="records-hold")
    keep_manifest(home, "held", manifest.model_copy(update={"holds": (held,)}))
    for school, code in ((CENTRE, "school-held"), ("nowhere", "unknown-school")):
        with pytest.raises(InputError) as caught:
            district.release(of=school)
        assert caught.value.code == code
        assert len(str(caught.value).splitlines()) == 1
    assert district.entries("approved", "released") == []
