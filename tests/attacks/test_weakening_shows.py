"""What guards a release is weakened by the file alone, and that shows; nobody makes themselves a second person."""

import json
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.log.entry import Entry
from termpost.tasks.home.home import open_home
from termpost.tasks.home.rehearsal import make_rehearsal
from termpost.tasks.secrets.keys import make_keys

from tests.school import DAY, EXAMPLES, Phone, Prepared, School

DAY_TOLD = ("--as-of", "2021-12-17")


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(termpost, [*words, "--home", str(home)], standalone_mode=False)


def refused(said: Result) -> str:
    assert isinstance(said.exception, InputError), said.output
    assert "\n" not in str(said.exception)
    return said.exception.code


@pytest.fixture
def empty(tmp_path: Path) -> School:
    """A rehearsal where nobody is registered."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    for name in ("termpost.toml", "grading.toml", "calendar.toml"):
        (folder / name).write_bytes((EXAMPLES / "grand-bend-home" / name).read_bytes())
    make_keys(folder / "secrets")
    make_rehearsal(open_home(folder))
    return School(folder)


def set_release(school: School, line: str) -> None:
    path = school.home / "termpost.toml"
    text = path.read_text().partition("\n[release]\n")[0]
    path.write_text(f"{text}\n[release]\n{line}\n")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TERMPOST_RELEASE__APPROVALS", "1"), ("TERMPOST_RELEASE__EMBARGO", "2020-01-01T00:00"),
        ("TERMPOST_Release__Approval_Days", "60"), ("TERMPOST_RELEASE__STAFF_WAIT_DAYS", "0"),
        ("TERMPOST_STORE__ACCEPT", '["tls"]'), ("TERMPOST_CHECKS__ACCEPT", '["results.above-max none"]'),
        ("TERMPOST_RIGHTS__SOURCE", "bundle"), ("TERMPOST_CHECKS__MAX_DELETED_PERCENT", "100"),
        ("TERMPOST_RIGHTS__AGE_OF_MAJORITY", "25"), ("TERMPOST_CHANNELS__ORDER", '["print"]'),
    ],
)  # fmt: skip
def test_no_variable_weakens_what_guards_a_release(
    empty: School, variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    for words in (("status",), ("stop", "--cycle", "2021-fall-final")):
        said = run(empty.home, *words)
        assert refused(said) == "file-alone"
        assert f"environment variable {variable}" in str(said.exception)


def test_hosts_and_addresses_still_come_from_variables(empty: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERMPOST_CHANNELS__PORTAL__BASE_URL", "https://families.school.edu")
    monkeypatch.setenv("TERMPOST_STORE__ACCEPT_REASON", "said elsewhere")
    assert run(empty.home, "status").exception is None


def test_a_change_is_in_the_log_before_anything_else_and_once(empty: School) -> None:
    def changes() -> list[tuple[str | None, bool]]:
        entries = [e for e in open_home(empty.home).log.entries("settings_changed") if e.previous]
        return [(e.reason, e.digest != e.previous) for e in entries]

    def write() -> None:
        open_home(empty.home).log.append("t", [Entry(kind="stopped", actor="operator", cycle="2021-fall-final")])

    began = changes()
    assert {reason for reason, _ in began} == {
        "store.accept", "channels.order",  # not as shipped
        "calendar.timezone", "calendar.country", "calendar.subdivision", "calendar.closures",
    }  # fmt: skip
    set_release(empty, "approvals = 2")
    write()
    write()
    set_release(empty, "approvals = 1")
    write()
    assert changes()[len(began) :] == [("release.approvals", True)] * 2
    entries = list(open_home(empty.home).log.entries())
    first, back = [e for e in entries if e.reason == "release.approvals"]
    assert (first.digest, first.previous) == (back.previous, back.digest)
    assert entries[first.seq].kind == "stopped"  # the one after it: what wrote the change down
    assert not any((e.reason or "") == "2" for e in entries)


def test_a_change_ends_approvals_and_the_approver_is_told(school: Prepared) -> None:
    set_release(school, "approvals = 2")
    mine, other = school.phone, school.register("jkim", "head")
    assert school.release() == []
    set_release(school, 'approvals = 2\nembargo = "2021-01-01T00:00"')
    school.phone = other
    assert school.release(staff="jkim") == []  # theirs is the first of what counts now
    assert school.entries("released") == []
    said = run(school.home, "status", "--cycle", "2021-fall-final", "--json")
    assert "release.embargo" in [one["setting"] for one in json.loads(said.stdout)["settings_changed"]]
    school.phone = mine
    assert school.release() != []


def registered(school: School, staff: str, role: str, *more: str) -> Phone:
    said = run(school.home, "staff", "add", staff, "--name", "N", "--role", role, "--json", *more)
    assert said.exception is None, said.exception
    return Phone(pyotp.parse_uri(json.loads(said.stdout)["otpauth"]).secret)


def test_after_the_first_two_it_takes_a_person_to_change_the_list_and_the_log_names_them(empty: School) -> None:
    phones = {"mlopez": registered(empty, "mlopez", "registrar"), "tking": registered(empty, "tking", "teacher")}
    add = ("staff", "add", "friend", "--name", "F", "--role", "head")
    assert refused(run(empty.home, *add)) == "needs-a-person"
    assert refused(run(empty.home, "staff", "remove", "mlopez")) == "needs-a-person"
    phone = phones["mlopez"]
    with phone.is_the_time():
        wrong = f"{(int(phone.code()) + 1) % 10**6:06}"
        assert refused(run(empty.home, *add, "--by", "mlopez", "--otp", wrong)) == "wrong-code"
    with phones["tking"].is_the_time():
        code = phones["tking"].code()
        assert refused(run(empty.home, *add, "--by", "tking", "--otp", code)) == "role-may-not"
    assert [member.id for member in empty.open().staff.list()] == ["mlopez", "tking"]
    with phone.is_the_time():
        assert run(empty.home, *add, "--by", "mlopez", "--otp", phone.code()).exception is None
        assert run(empty.home, "staff", "remove", "tking", "--by", "mlopez", "--otp", phone.code()).exception is None
    said = [(e.actor, e.subject, e.reason) for e in empty.entries("staff_changed")]
    assert said == [
        ("operator", "mlopez", "added"), ("operator", "tking", "added"), ("mlopez", "friend", "added"),
        ("mlopez", "tking", "removed"),
    ]  # fmt: skip
    assert {e.reason for e in empty.entries("refused")} == {"needs-a-person", "wrong-code", "role-may-not"}


def test_who_was_added_today_is_neither_of_two_until_two_say_so(school: Prepared) -> None:
    set_release(school, "approvals = 2")
    mine = school.phone
    second = added(school, "mlopez2", "head")
    added(school, "third", "registrar", mine)
    friend = added(school, "friend", "head", mine)
    assert school.release() == []
    school.phone, school.as_of = friend, DAY + timedelta(days=2, hours=23)
    with pytest.raises(Refused, match="too lately") as caught:
        school.release(staff="friend")
    assert caught.value.code == "staff-waits"
    # nor the first of two: whoever added them would be the second
    with friend.is_the_time():
        confirm = ("staff", "confirm", "friend", "--by")
        assert refused(run(school.home, *confirm, "friend", "--otp", friend.code(), *DAY_TOLD)) == "same-person"
    for phone, staff in ((mine, "mlopez"), (mine, "mlopez"), (second, "mlopez2")):
        school.phone = friend
        with pytest.raises(Refused):
            school.release(staff="friend")
        with phone.is_the_time():
            assert run(school.home, *confirm, staff, "--otp", phone.code(), *DAY_TOLD).exception is None
    assert school.release(staff="friend") != []


def test_after_three_days_they_may(school: Prepared) -> None:
    set_release(school, "approvals = 2")
    added(school, "mlopez2", "head")
    added(school, "third", "registrar", school.phone)
    friend = added(school, "friend", "head", school.phone)
    school.as_of = DAY + timedelta(days=3)
    assert school.release() == []
    school.phone = friend
    assert school.release(staff="friend") != []


def added(school: School, staff: str, role: str, by: Phone | None = None) -> Phone:
    """Registered, after the first two by mlopez."""
    if by is None:
        return registered(school, staff, role, *DAY_TOLD)
    with by.is_the_time():
        return registered(school, staff, role, *DAY_TOLD, "--by", "mlopez", "--otp", by.code())


def test_an_approval_by_somebody_removed_does_not_count(school: Prepared) -> None:
    set_release(school, "approvals = 2")
    mine = school.phone
    other = registered(school, "jkim", "head")
    assert school.release() == []
    registry = school.home / "secrets" / "staff.json"
    before = registry.read_bytes()
    with other.is_the_time():
        removed = run(school.home, "staff", "remove", "mlopez", "--by", "jkim", "--otp", other.code())
    assert removed.exception is None
    school.phone = other
    assert school.release(staff="jkim") == []
    assert school.entries("released") == []
    registry.write_bytes(before)  # a backup of the list brings nobody back
    school.phone = mine
    with pytest.raises(Refused) as caught:
        school.release()
    assert caught.value.code == "removed"
