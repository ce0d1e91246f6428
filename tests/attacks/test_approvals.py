"""An approval is of the whole release, for a few days, by two who still may; taking somebody out never ends it."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyotp
import pytest
from click.testing import CliRunner
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import Delivered, Run, Sealed
from termpost.schemas.documents.prepared import ResolvedHold
from termpost.schemas.log.entry import Entry, EntryKind
from termpost.schemas.settings.settings import load_settings
from termpost.tasks.distribute import task
from termpost.tasks.stage.manifests import keep_manifest

from tests.school import CYCLE, DAY, EXAMPLES, FANNIE, KYLE, LISA, SCHOOL_ID, Phone, Prepared
from tests.snapshots import small_school, snapshot, working_copy
from tests.tagged import manifest_in, said

OUT: tuple[EntryKind, ...] = ("released", "planned", "sealed", "delivered")


def approved_once(folder: Path) -> Prepared:
    """Two must approve, and Maria Lopez did."""
    school = small_school(folder)
    toml = school.home / "termpost.toml"
    toml.write_text(toml.read_text() + "\n[release]\napprovals = 2\n")
    (folder / "second.txt").write_text(school.register("jkim", "head").secret)
    assert school.release() == []
    assert school.entries(*OUT) == []
    return school


@pytest.fixture
def school(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> Iterator[Prepared]:
    """Three reports that wait; for a test that asks for the `second`, with the first approval."""
    name, make = ("approved-once", approved_once) if "second" in request.fixturenames else ("small", small_school)
    with working_copy(snapshot(tmp_path_factory, name, make), tmp_path) as made:
        yield made


@pytest.fixture
def second(school: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Phone:
    """Of the other of the two."""
    kept = snapshot(tmp_path_factory, "approved-once", approved_once)
    return Phone((kept / "second.txt").read_text(), school.phone.now)


def by_second(school: Prepared, phone: Phone, **more: Any) -> Sequence[object]:
    first, school.phone = school.phone, phone
    try:
        return school.release(staff="jkim", **more)
    finally:
        school.phone = first


def _calendar(school: Prepared) -> None:
    path = school.home / "calendar.toml"
    path.write_text(path.read_text().replace('closes = "16:30"', 'closes = "15:30"'))


def _channel(school: Prepared) -> None:
    path = school.home / "termpost.toml"
    path.write_text(path.read_text().replace('envelope = "10"', 'envelope = "DL"'))


def _extract(school: Prepared) -> None:
    """Nobody's report is another; who may have them may be."""
    school.extract.change("supplement/contacts.csv", {"studentSourcedId": KYLE}, street="9 Other Street")
    school.prepare(school.extract)


def _report(school: Prepared) -> None:
    school.extract.change("results.csv", {"studentSourcedId": LISA}, score="1")
    school.prepare(school.extract)


def _decision(school: Prepared) -> None:
    """Somebody with the home's keys writes into the list of what waits that a hold was resolved."""
    resolved = ResolvedHold(student=school.ref(LISA), class_id=None, reason="bad-mark", decision="accept", by="mlopez")
    _write(school, resolved=(resolved,))


def _cut_off(school: Prepared) -> None:
    _write(school, cutoff=date(2021, 12, 9))


def _write(school: Prepared, **changed: Any) -> None:
    home = school.open()
    keep_manifest(home, "run", manifest_in(home, SCHOOL_ID, CYCLE).model_copy(update=changed))


@pytest.mark.parametrize("change", [_calendar, _channel, _extract, _report, _decision, _cut_off])
def test_what_changed_after_the_first_approval_is_approved_by_nobody_yet(
    school: Prepared, second: Phone, change: Callable[[Prepared], None]
) -> None:
    change(school)
    assert by_second(school, second) == []
    assert school.entries(*OUT) == []
    (mine, theirs) = school.entries("approved")
    assert mine.digest != theirs.digest
    assert school.release() != []  # both mean the same now
    assert len({entry.digest for entry in school.entries("approved")[1:]}) == 1


def test_taking_somebody_out_ends_no_approval_and_bringing_them_back_takes_two(school: Prepared, second: Phone) -> None:
    assert by_second(school, second, hold_back=[school.ref(FANNIE)]) != []
    assert len({entry.digest for entry in school.entries("approved")}) == 1
    assert {e.student for e in school.entries("released")} == {school.ref(LISA), school.ref(KYLE)}
    assert school.release() == []  # Maria Lopez alone, though she had approved Fannie's report before
    assert by_second(school, second) != []
    assert {e.student for e in school.entries("released")} == {school.ref(s) for s in (LISA, KYLE, FANNIE)}


@pytest.mark.parametrize(("days", "counts"), [(7, True), (8, False)])
def test_an_approval_counts_for_seven_days(school: Prepared, second: Phone, days: int, counts: bool) -> None:
    school.as_of = DAY + timedelta(days=days)
    assert (by_second(school, second) != []) is counts
    assert bool(school.entries(*OUT)) is counts


def test_a_release_that_was_killed_before_delivery_began_is_approved_again_after_that(
    school: Prepared, second: Phone
) -> None:
    with patch.object(task.address, "fn", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        by_second(school, second)
    assert len(school.entries("released")) == 3
    school.as_of = DAY + timedelta(days=9)
    assert school.release() == []
    assert school.entries("planned", "sealed", "delivered") == []
    assert by_second(school, second) != []
    assert len(school.entries("released")) == 3
    assert len(school.entries("delivered")) == 4


def test_once_delivery_began_it_is_finished_whatever_the_day(school: Prepared, second: Phone) -> None:
    deliver = task.deliver.fn

    def killed(run: Run, checked: Sealed) -> Delivered:
        deliver(run, checked)
        raise KeyboardInterrupt

    with patch.object(task.deliver, "fn", killed), pytest.raises(KeyboardInterrupt):
        by_second(school, second)
    school.as_of = DAY + timedelta(days=20)
    school.release(code=school.phone.code())
    assert len(school.entries("delivered")) == 4


@pytest.mark.parametrize("change", ["swapped", "gone"])
def test_what_was_approved_is_what_the_log_says_or_nothing_leaves(school: Prepared, second: Phone, change: str) -> None:
    (approved,) = school.entries("approved")
    assert approved.object
    if change == "gone":
        school.store.delete(approved.object)
    else:
        told = said(school.store.get(approved.object)) | {"rights_day": "2021-12-18"}
        school.store.put(approved.object, school.open().tags.tagged(approved.object, json.dumps(told).encode()))
    with pytest.raises(Refused) as caught:
        by_second(school, second)
    assert caught.value.code == ("object-gone" if change == "gone" else "object-changed")
    assert approved.object in str(caught.value)
    assert school.entries(*OUT) == []


def test_the_second_look_finds_a_release_that_one_person_wrote(school: Prepared, second: Phone) -> None:
    """The first path is fooled: somebody has the log's key and writes the release that a second person never gave."""
    reports = [(e.report, e.student) for e in school.entries("report_made")]
    school.open().log.append("t", [
        Entry(kind="released", actor="jkim", cycle=CYCLE, report=report, version=1, student=student)
        for report, student in dict.fromkeys(reports)
    ])  # fmt: skip
    with pytest.raises(Refused) as caught:
        school.release()
    assert caught.value.code == "not-approved"
    assert school.entries("planned", "delivered", "sent") == []
    assert second.secret


def test_who_approves_for_one_school_releases_no_other(school: Prepared) -> None:
    def add(staff: str, of: str) -> Phone:
        said = CliRunner().invoke(termpost, ["staff", "add", staff, "--name", "N", "--role", "head", "--school", of,
                                             "--json", "--home", str(school.home)])  # fmt: skip
        return Phone(pyotp.parse_uri(json.loads(said.stdout)["otpauth"]).secret)

    school.phone = add("elsewhere", "255901999")
    with pytest.raises(Refused) as caught:
        school.release(staff="elsewhere")
    assert caught.value.code == "other-school"
    assert school.entries(*OUT) == []
    (member,) = (m for m in school.open().staff.list() if m.id == "elsewhere")
    assert member.schools == ("255901999",)
    assert SCHOOL_ID not in member.schools


def test_a_new_real_home_wants_two_and_three_people(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert CliRunner().invoke(termpost, ["init", str(home)]).exit_code == 0
    assert load_settings(home, {}).release.approvals == 2

    def warning() -> list[dict[str, str]]:
        said = CliRunner().invoke(termpost, ["doctor", "--json", "--home", str(home)], standalone_mode=False)
        return [one for one in json.loads(said.stdout)["findings"] if one["control"] == "staff"]

    (said,) = warning()
    assert (said["state"], "three" in said["what"]) == ("warns", True)
    assert (EXAMPLES / "grand-bend-home").exists()


def approve(school: Prepared, staff: str, phone: Phone, *more: str) -> Any:
    """`approve --json`; raises what the command does."""
    day = school.as_of.isoformat() if school.as_of else ""
    said = ["approve", "--cycle", CYCLE, "--by", staff, "--otp", phone.code(), *more, "--json"]
    with phone.is_the_time():
        done = CliRunner().invoke(termpost, [*said, "--home", str(school.home), "--as-of", day], standalone_mode=False)
    if done.exception:
        raise done.exception
    return json.loads(done.stdout)


def test_an_approval_made_beforehand_lets_nothing_out_and_counts_as_one(school: Prepared) -> None:
    toml = school.home / "termpost.toml"
    toml.write_text(toml.read_text() + "\n[release]\napprovals = 2\n")
    other, release_day = school.register("jkim", "head"), school.as_of
    school.as_of = DAY - timedelta(days=2)  # before the calendar's release date
    said = approve(school, "jkim", other)
    assert said["missing"] == 1
    assert "release.approvals" in {one["setting"] for one in said["settings_changed"]}
    with pytest.raises(Refused) as caught:
        approve(school, "jkim", other)
    assert caught.value.code == "same-person"
    assert school.release(early=True) == []  # nobody but this person said that it may go out early
    assert school.entries(*OUT) == []
    assert [e.via for e in school.entries("approved")] == ["beforehand", None]

    school.as_of = release_day
    _report(school)  # what was approved is no longer what would go out
    assert school.release() == []
    assert school.entries(*OUT) == []
    school.open().log.append("stop", [Entry(kind="stopped", cycle=CYCLE, actor="operator")])
    assert approve(school, "jkim", other)["missing"] == 0
    assert school.entries(*OUT) == []
    assert school.state().stopped  # an approval is no word that deliveries go on
    assert school.release() != []  # though she said it before: both did
    assert {e.student for e in school.entries("released")} == {school.ref(s) for s in (LISA, FANNIE, KYLE)}


def released_without_code(school: Prepared, **more: Any) -> str | Sequence[object]:
    """What came of it, or the code of its refusal."""
    try:
        return school.release(staff="", code="", **more)
    except Refused as refused:
        return refused.code


def test_a_release_without_a_code_lets_out_what_both_approved_and_nothing_else(school: Prepared) -> None:
    toml = school.home / "termpost.toml"
    toml.write_text(toml.read_text() + "\n[release]\napprovals = 2\n")
    other = school.register("jkim", "head")
    assert released_without_code(school) == "not-approved-beforehand"
    approve(school, "jkim", other)
    assert released_without_code(school) == "not-approved-beforehand"  # one of two
    approve(school, "mlopez", school.phone)
    school.open().log.append("stop", [Entry(kind="stopped", cycle=CYCLE, actor="operator")])
    assert released_without_code(school) == "stopped"
    assert school.entries(*OUT) == []
    approve_again(school)
    _report(school)  # what was approved is no longer what would go out
    assert released_without_code(school) == "not-approved-beforehand"
    assert school.entries(*OUT) == []


def approve_again(school: Prepared) -> None:
    """Somebody goes on by hand: with a code, which lets nothing out, since nothing was approved for two."""
    home = school.open()
    home.log.append("go on", [Entry(kind="approved", cycle=CYCLE, actor="mlopez", digest="d" * 64)])


def test_before_its_date_a_release_without_a_code_takes_approvals_that_say_early(school: Prepared) -> None:
    school.as_of = DAY - timedelta(days=2)
    approve(school, "mlopez", school.phone)
    assert released_without_code(school) == "before-release-date"
    assert released_without_code(school, early=True) == "not-approved-beforehand"  # she did not say early
    school.as_of = DAY
    released = released_without_code(school, hold_back=[school.ref(KYLE)])
    assert not isinstance(released, str)
    assert {(e.actor, e.via, e.student) for e in school.entries("released")} == {
        ("mlopez", "beforehand", school.ref(one)) for one in (LISA, FANNIE)
    }
    assert released_without_code(school) == "not-approved-beforehand"  # what was let out used it up
    assert {e.student for e in school.entries("released")} == {school.ref(LISA), school.ref(FANNIE)}
