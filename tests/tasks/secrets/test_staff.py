"""Staff prove who they are with codes that count once."""

import errno
import json
import multiprocessing
import stat
from datetime import UTC, datetime, timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.tasks.secrets.staff import RELEASE_ROLES, Role, Staff, qr

AT = datetime(2021, 12, 17, 14, 0, 0, tzinfo=UTC)
REGISTRAR: frozenset[Role] = frozenset({"registrar"})


class Person:
    """Someone with an authenticator app."""

    def __init__(self, staff: Staff, name: str = "kim", role: str = "registrar") -> None:
        uri = staff.add(name, "Kim Doe", role, "Grand Bend")
        self.totp = pyotp.TOTP(parse_qs(urlsplit(uri).query)["secret"][0])

    def code(self, at: datetime = AT) -> str:
        return str(self.totp.at(at))

    def wrong(self, at: datetime = AT) -> str:
        near = {self.code(at + timedelta(seconds=30 * n)) for n in (-1, 0, 1)}
        return next(code for code in ("000000", "000001", "000002", "000003") if code not in near)


@pytest.fixture
def staff(tmp_path: Path) -> Staff:
    return Staff(tmp_path / "secrets" / "staff.json")


def refusal(staff: Staff, otp: str, at: datetime = AT, who: str = "kim", may: frozenset[Role] = REGISTRAR) -> str:
    with pytest.raises(Refused) as caught:
        staff.prove(who, otp, at, may)
    assert otp not in str(caught.value)
    assert who not in str(caught.value)
    return caught.value.code


def test_the_uri_is_what_an_authenticator_app_reads(staff: Staff) -> None:
    parts = urlsplit(staff.add("kim", "Kim Doe", "registrar", "Grand Bend"))
    query = parse_qs(parts.query)
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/Grand%20Bend:kim")
    assert query["issuer"] == ["Grand Bend"]
    assert len(query["secret"][0]) >= 32  # 160 bits, RFC 4226 section 4
    assert "Doe" not in parts.path


def test_the_code_of_rfc_6238_is_accepted(staff: Staff) -> None:
    staff.add("kim", "Kim", "registrar")
    kept = json.loads(staff.path.read_text())
    kept["staff"]["kim"]["secret"] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # noqa: S105 - of the RFC's test vectors
    staff.path.write_text(json.dumps(kept))
    assert staff.prove("kim", "287082", datetime.fromtimestamp(59, UTC), REGISTRAR) == "kim"
    assert staff.prove("kim", "081804", datetime.fromtimestamp(1111111109, UTC), REGISTRAR) == "kim"


def test_a_right_code_proves_and_spaces_do_not_matter(staff: Staff) -> None:
    code = Person(staff).code()
    assert staff.prove("kim", f"{code[:3]} {code[3:]}\n", AT, REGISTRAR) == "kim"


@pytest.mark.parametrize(("seconds", "accepted"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_lives_one_step_either_way(staff: Staff, seconds: int, accepted: bool) -> None:
    code = Person(staff).code(AT + timedelta(seconds=seconds))
    if accepted:
        assert staff.prove("kim", code, AT, REGISTRAR) == "kim"
    else:
        assert refusal(staff, code) == "wrong-code"


def test_a_code_is_used_once_also_by_another_process_s_eyes(staff: Staff) -> None:
    code = Person(staff).code()
    staff.prove("kim", code, AT, REGISTRAR)
    assert refusal(Staff(staff.path), code) == "code-used"
    assert refusal(staff, code, AT + timedelta(seconds=29)) == "code-used"


def test_a_code_older_than_the_last_one_is_used_too(staff: Staff) -> None:
    person = Person(staff)
    older = person.code(AT - timedelta(seconds=30))
    staff.prove("kim", person.code(), AT, REGISTRAR)
    assert refusal(staff, older) == "code-used"
    assert staff.prove("kim", person.code(AT + timedelta(seconds=30)), AT, REGISTRAR) == "kim"


def _prove(path: Path, code: str, start: Barrier, results: "Queue[str]") -> None:
    start.wait()
    try:
        results.put(Staff(path).prove("kim", code, AT, REGISTRAR))
    except Refused as refused:
        results.put(refused.code)


def test_of_four_processes_with_one_code_one_wins(staff: Staff) -> None:
    code = Person(staff).code()
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(4), context.Queue()
    processes = [context.Process(target=_prove, args=(staff.path, code, start, results)) for _ in range(4)]
    for process in processes:
        process.start()
    found = sorted(results.get(timeout=120) for _ in processes)
    for process in processes:
        process.join()
    assert found == ["code-used", "code-used", "code-used", "kim"]


@pytest.mark.parametrize("otp", ["", "12345", "1234567", "abcdef", "１２３４５６", "12345\x00"])
def test_what_is_no_code_is_a_wrong_code(staff: Staff, otp: str) -> None:
    Person(staff)
    with pytest.raises(Refused, match="code is wrong"):
        staff.prove("kim", otp, AT, REGISTRAR)


def test_nobody_else_unknown_or_removed_proves_anything(staff: Staff) -> None:
    code = Person(staff).code()
    assert refusal(staff, Person(staff, "lee").code()) == "wrong-code"
    assert refusal(staff, code, who="somebody") == "unknown-staff"
    staff.remove("kim")
    assert refusal(staff, code) == "removed"
    assert json.loads(staff.path.read_text())["staff"]["kim"]["secret"] == ""


def test_a_role_that_may_not_is_refused_only_to_who_proved_it(staff: Staff) -> None:
    person = Person(staff, role="teacher")
    assert refusal(staff, person.wrong(), may=RELEASE_ROLES) == "wrong-code"
    assert refusal(staff, person.code(), may=RELEASE_ROLES) == "role-may-not"
    assert refusal(staff, person.code(), may=frozenset({"teacher"})) == "code-used"
    assert {"registrar", "head"} == RELEASE_ROLES


def test_after_five_wrong_codes_none_is_looked_at_for_a_quarter_of_an_hour(staff: Staff) -> None:
    person, lee = Person(staff), Person(staff, "lee")
    for seconds in range(5):
        assert refusal(staff, person.wrong(), AT + timedelta(seconds=seconds)) == "wrong-code"
    reopened = Staff(staff.path)
    assert refusal(reopened, person.code()) == "too-many-tries"
    assert refusal(reopened, person.code(), AT - timedelta(hours=1)) == "too-many-tries"  # a clock set back
    almost = AT + timedelta(minutes=15) - timedelta(seconds=1)
    assert refusal(reopened, person.code(almost), almost) == "too-many-tries"
    assert reopened.prove("lee", lee.code(), AT, REGISTRAR) == "lee"  # the lock is one person's
    later = AT + timedelta(minutes=15)
    assert reopened.prove("kim", person.code(later), later, REGISTRAR) == "kim"


def test_a_right_code_clears_the_tries(staff: Staff) -> None:
    person = Person(staff)
    for _ in range(4):
        refusal(staff, person.wrong())
    staff.prove("kim", person.code(), AT, REGISTRAR)
    for _ in range(5):
        assert refusal(staff, person.wrong()) == "wrong-code"


def test_an_id_is_one_person_for_ever(staff: Staff) -> None:
    Person(staff)
    with pytest.raises(InputError, match="taken"):
        staff.add("kim", "Other", "head")
    staff.remove("kim")
    with pytest.raises(InputError, match="taken"):
        staff.add("kim", "Other", "head")
    with pytest.raises(InputError, match="no such staff"):
        staff.remove("kim")


@pytest.mark.parametrize(
    ("id_", "name", "role", "code"),
    [(id_, "K", "head", "bad-staff-id") for id_ in ("k", "Kim", "kim\n", "k" * 33, "")]
    + [("kim", " ", "head", "no-name"), ("kim", "K", "boss", "unknown-role")],
)
def test_who_cannot_be_registered(staff: Staff, id_: str, name: str, role: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        staff.add(id_, name, role)
    assert caught.value.code == code
    assert staff.list() == ()


def test_the_list_shows_everyone_and_no_secret(staff: Staff) -> None:
    Person(staff, "lee", "head")
    Person(staff)
    staff.remove("lee")
    shown = [(m.id, m.role, m.removed) for m in staff.list()]
    assert shown == [("kim", "registrar", False), ("lee", "head", True)]
    assert not hasattr(staff.list()[0], "secret")


def test_only_the_owner_reads_the_file_and_nothing_is_left_beside_it(staff: Staff) -> None:
    person = Person(staff)
    staff.prove("kim", person.code(), AT, REGISTRAR)
    assert json.loads(staff.path.read_text())["format"] == "termpost.staff/1"
    assert {p.name: stat.S_IMODE(p.stat().st_mode) for p in staff.path.parent.iterdir()} == {
        "staff.json": 0o600,
        "staff.lock": 0o600,
    }
    assert stat.S_IMODE(staff.path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_may_read_is_refused(staff: Staff) -> None:
    code = Person(staff).code()
    staff.path.chmod(0o640)
    with pytest.raises(InputError, match="others may read"):
        staff.prove("kim", code, AT, REGISTRAR)


@pytest.mark.parametrize(
    ("format_", "code"), [("termpost.stuff/1", "bad-staff-file"), ("termpost.staff/2", "staff-format")]
)
def test_a_damaged_file_is_refused_without_quoting_it(staff: Staff, format_: str, code: str) -> None:
    Person(staff)
    text = staff.path.read_text()
    secret = json.loads(text)["staff"]["kim"]["secret"]
    staff.path.write_text(text.replace("termpost.staff/1", format_))
    with pytest.raises(InputError) as caught:
        staff.list()
    assert caught.value.code == code
    assert secret not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_code_that_could_not_be_written_down_proves_nothing(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    code, before = Person(staff).code(), staff.path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        staff.prove("kim", code, AT, REGISTRAR)
    assert staff.path.read_bytes() == before
    assert {p.name for p in staff.path.parent.iterdir()} == {"staff.json", "staff.lock"}


def test_an_instant_without_its_offset_is_not_guessed(staff: Staff) -> None:
    with pytest.raises(ValueError, match="offset"):
        staff.prove("kim", "1", AT.replace(tzinfo=None), REGISTRAR)


def test_the_qr_code_is_square_text() -> None:
    lines = qr("otpauth://totp/x:kim?secret=A").splitlines()
    assert set("".join(lines)) <= set("█▀▄\xa0 ")
    assert len({len(line) for line in lines}) == 1
