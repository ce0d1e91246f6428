"""What `prepare` and `release` refuse: one line, exit 1, and nothing but a `refused` entry is written."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from termpost.flows.prepare_reports import prepare_reports
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.entry import Entry

from tests.command import Command
from tests.flows.district import Prefect, overheard
from tests.school import CYCLE, LISA, Extract, Prepared, School, new_school, small_extract, whole_extract


@pytest.fixture
def termpost(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.fixture
def school(tmp_path: Path) -> School:
    return new_school(tmp_path / "home")


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Three reports that wait for release; the tests leave them so."""
    folder = tmp_path_factory.mktemp("waiting")
    extract = small_extract(folder / "extract")
    extract.change(
        "supplement/contacts.csv", {"studentSourcedId": LISA, "relation": "Father"}, contactRestrictions="no-records",
        street="7 Distant Road",
    )  # fmt: skip
    new = new_school(folder / "home")
    school = Prepared(new.home, new.phone, extract=extract)
    school.prepare(school.extract)
    return school


def vault(school: School) -> dict[str, str]:
    """Every object but the log's."""
    keys = (key for key in school.store.list("") if not key.startswith("log/"))
    return {key: hashlib.sha256(school.store.get(key)).hexdigest() for key in keys}


def _missing(extract: Extract) -> Path:
    (extract.folder / "users.csv").rename(extract.folder / "Users.csv")
    return extract.folder


def _empty(extract: Extract) -> Path:
    (extract.folder / "users.csv").write_bytes(b"")
    return extract.folder


def _latin(extract: Extract) -> Path:
    path = extract.folder / "users.csv"
    path.write_bytes(path.read_bytes().replace(b"Lisa", b"L\xefsa"))
    return extract.folder


def _no_zip(extract: Extract) -> Path:
    path = extract.folder / "gradebook.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    return path


def _climbing(extract: Extract) -> Path:
    path = extract.folder / "gradebook.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../users.csv", "sourcedId\n")
    return path


def _nowhere(extract: Extract) -> Path:
    return extract.folder / "nowhere"


@pytest.mark.parametrize(
    ("make", "code", "answer"),
    [
        (
            _missing,
            "missing-file",
            "users.csv is missing (EXTRACT): export it again with users.csv; Users.csv must be spelt users.csv",
        ),
        (_empty, "empty-file", "the file is empty, without even a header row (users.csv): export it again"),
        (_latin, "not-utf8", "(users.csv): export it as CSV UTF-8"),
        (_no_zip, "unreadable-zip", "the zip cannot be read (gradebook.zip): export or copy it again"),
        (_climbing, "unsafe-zip", "the zip names files outside itself (gradebook.zip)"),
        (_nowhere, "no-extract", "there is no such folder, zip or CSV file (EXTRACT): check the path of the extract"),
    ],
)
def test_an_extract_that_cannot_be_used_leaves_nothing_behind(
    termpost: Command, school: School, tmp_path: Path, make: Callable[[Extract], Path], code: str, answer: str
) -> None:
    path = make(whole_extract(tmp_path / "extract"))
    said = termpost("prepare", "--cycle", CYCLE, "--extract", path, "--home", school.home, "--as-of", "2021-12-17")
    assert said.code == 1
    assert answer.replace("EXTRACT", str(path)) in said.complaint
    assert vault(school) == {}
    assert [(entry.kind, entry.reason, entry.cycle) for entry in school.entries()] == [("refused", code, CYCLE)]
    assert termpost("check", path).complaint == said.complaint


def test_what_no_report_could_have_is_told_before_anything_is_read(termpost: Command, school: School) -> None:
    settings = school.home / "termpost.toml"
    settings.write_text(re.sub('primary = "#[0-9a-f]{6}"', 'primary = "#ffffcc"', settings.read_text()))
    said = termpost("prepare", "--cycle", CYCLE, "--extract", ".", "--home", school.home)
    assert (said.code, "can hardly be seen on white" in said.complaint) == (1, True)
    assert vault(school) == {}
    assert [(entry.kind, entry.reason) for entry in school.entries()] == [("refused", "pale-colour")]


@pytest.mark.parametrize("cycle", ["2021-fall-finals", "../../escaped", "Lisa Woods"])
def test_an_unknown_cycle_is_refused_and_what_was_typed_is_not_kept(
    termpost: Command, school: School, prefect: Prefect, cycle: str
) -> None:
    runs = len(prefect.rows("flow_run"))
    said = termpost("prepare", "--cycle", cycle, "--extract", ".", "--home", school.home)
    assert (said.code, said.complaint[:50]) == (1, "termpost: there is no such cycle (calendar.toml): ")
    assert vault(school) == {}
    assert [(entry.kind, entry.reason, entry.cycle) for entry in school.entries()] == [
        ("refused", "unknown-cycle", None)
    ]
    assert len(prefect.rows("flow_run")) == runs
    assert list(school.home.parent.glob("**/*.lock*")) == list((school.home / "secrets").glob("*.lock"))


@pytest.mark.parametrize("extract", ["sftp://u:hunter2-Qzx@h/x", "https://h/x?token=hunter2-Qzx"])
def test_a_secret_in_an_address_is_refused_before_prefect_keeps_it(
    termpost: Command, school: School, prefect: Prefect, extract: str
) -> None:
    said = termpost("prepare", "--cycle", CYCLE, "--extract", extract, "--home", school.home)
    assert said.code == 1
    assert "secrets/" in said.complaint
    assert vault(school) == {}
    assert [(entry.kind, entry.reason) for entry in school.entries()] == [("refused", "secret-in-address")]
    assert "hunter2-Qzx" not in said.err + str(prefect.rows("flow_run"))
    assert termpost("check", extract).complaint == said.complaint
    assert termpost("deploy", "--extract", extract, "--home", school.home).complaint == said.complaint


def test_a_calendar_that_cannot_be_read_is_refused_and_noted(termpost: Command, school: School) -> None:
    (school.home / "calendar.toml").write_text("timezone = 5\n")
    said = termpost("prepare", "--cycle", CYCLE, "--extract", ".", "--home", school.home)
    assert (said.code, "calendar.toml line 1" in said.complaint) == (1, True)
    assert [(entry.kind, entry.reason) for entry in school.entries()] == [("refused", "wrong-value")]


def test_where_the_log_cannot_be_written_the_refusal_itself_is_told(school: School) -> None:
    school.open().log.append("r", [Entry(kind="staff_changed", actor="asmith", reason="added", role="teacher")])
    segment = school.home / "vault" / "log" / "00000002.ndjson"
    segment.write_bytes(segment.read_bytes().replace(b"teacher", b"taecher"))
    heard = io.StringIO()
    with overheard(heard), pytest.raises(InputError) as caught:
        prepare_reports("nonsense", ".", str(school.home))
    assert caught.value.code == "unknown-cycle"
    assert "not in the distribution log: unknown-cycle, because of InputError" in heard.getvalue()


@pytest.mark.parametrize(
    ("staff", "otp", "code", "answer"),
    [
        ("mlopez", "12345", "wrong-code", "the one-time code is wrong (--otp): give the code the app shows now"),
        ("lwoods", "123456", "unknown-staff", "there is no such staff id (--by): see `termpost staff list`"),
    ],
)
def test_a_release_that_is_refused_changes_nothing(
    termpost: Command, waiting: Prepared, prefect: Prefect, staff: str, otp: str, code: str, answer: str
) -> None:
    before, entries = vault(waiting), len(waiting.entries())
    said = termpost(
        "release", "--cycle", CYCLE, "--by", staff, "--otp", otp, "--home", waiting.home, "--as-of", "2021-12-17"
    )
    assert (said.code, said.complaint) == (1, f"termpost: {answer}")
    assert vault(waiting) == before
    assert "lwoods" not in str(prefect.rows("flow_run"))
    (refused,) = waiting.entries()[entries:]
    actor = staff if staff == "mlopez" else "unknown"
    assert (refused.kind, refused.reason, refused.actor, refused.cycle) == ("refused", code, actor, CYCLE)


def test_recipients_says_who_would_get_what_and_who_would_not(termpost: Command, waiting: Prepared) -> None:
    before = vault(waiting)
    said = termpost("recipients", "--cycle", CYCLE, "--home", waiting.home, "--as-of", "2021-12-17", "--json")
    rows = json.loads(said.out)
    columns = ["student", "contact", "allowed", "rule", "channel", "language", "envelope", "notice", "letter", "code",
               "insert", "question", "due"]  # fmt: skip
    assert all(list(row) == columns for row in rows)
    pairs = {
        (row["studentSourcedId"], row["contactSourcedId"]) for row in waiting.extract.read("supplement/contacts.csv")
    }
    assert {(row["student"], row["contact"]) for row in rows} == pairs
    assert [(row["student"], row["rule"], row["channel"]) for row in rows if not row["allowed"]] == [
        (LISA, "no-records", None)
    ]
    assert {(row["channel"], row["language"], row["envelope"]) for row in rows if row["allowed"]} == {
        ("portal", "en", "10")
    }
    assert vault(waiting) == before


def test_prepare_and_status_in_json_agree(termpost: Command, waiting: Prepared) -> None:
    where = ["--home", waiting.home, "--as-of", "2021-12-17", "--json"]
    said = json.loads(termpost("prepare", "--cycle", CYCLE, "--extract", waiting.extract.folder, *where).out)
    assert said == {
        "prepared": [
            {
                "cycle": CYCLE,
                "school": "255901001",
                "students": 3,
                "made": 3,
                "held": 0,
                "draft": False,
                "unreported": {},
            }
        ],
        "new": 0,
        "questions": 1,  # by which paper the father is barred
        "grade_questions": 0,
    }
    status = json.loads(termpost("status", "--cycle", CYCLE, *where).out)
    assert status["reports"] == {"made": 3, "held": 0, "released": 0, "withdrawn": 0, "superseded": 0}
    assert set(status["deliveries"].values()) == {0}
