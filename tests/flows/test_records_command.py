"""`records` and `incident` as the office types them: by whom, with which code, and what is refused and logged."""

import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from termpost.tasks.channels.portal.reopen import reopen_sealed

from tests.command import Command
from tests.records_school import BARRED, records_school
from tests.school import FATHER, KYLE, LISA, MOTHER, Prepared
from tests.snapshots import copy_of, snapshot

DAY = "2021-12-17"


@pytest.fixture
def school(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Prepared:
    return copy_of(snapshot(tmp_path_factory, "records", records_school), tmp_path)


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def test_the_office_notes_a_request_answers_it_and_refuses_another(
    school: Prepared, type_in: Command, tmp_path: Path
) -> None:
    at = ("--home", school.home, "--as-of", DAY)
    with school.phone.is_the_time():

        def by() -> tuple[str, ...]:
            return ("--by", "mlopez", "--otp", school.phone.code())

        noted = type_in("records", "access", LISA, "--for", MOTHER, "--received", "2021-12-15", *by(), *at, "--json")
        case = json.loads(noted.out)
        assert (case["due"], case["state"]) == ("2021-12-25", "open")
        out = tmp_path / "packet.html"
        given = type_in("records", "access", LISA, "--for", MOTHER, "--out", out, *by(), *at, "--json")
        said = json.loads(given.out)
        assert (said["case"], said["reports"]) == (case["case"], 1)
        assert len(reopen_sealed(out.read_bytes(), said["code"])) == 2
        assert out.stat().st_mode & 0o077 == 0
        again = type_in("records", "access", LISA, "--for", MOTHER, "--out", out, *by(), *at)
        assert "there is a file already" in again.complaint
        refused = type_in("records", "access", KYLE, "--for", BARRED, "--out", tmp_path / "no.html", *by(), *at)
        assert refused.code == 1
        assert "no-records" in refused.complaint
        assert (tmp_path / "no.answer.pdf").read_bytes().startswith(b"%PDF")
        assert not (tmp_path / "no.html").exists()
    wrong = type_in("records", "access", LISA, "--for", MOTHER, "--out", tmp_path / "x.html", "--by", "mlopez",
                    "--otp", "000000", *at)  # fmt: skip
    assert wrong.code == 1
    assert {e.reason for e in school.entries("refused")} >= {"no-right-no-records", "wrong-code"}
    listed = json.loads(type_in("records", "access", *at, "--json").out)
    assert [one["state"] for one in listed] == ["given", "refused"]
    assert listed[0]["for"] == MOTHER


@pytest.mark.needs("openssl")
def test_a_packet_for_the_next_school_opens_with_its_own_key_and_nobody_elses(
    school: Prepared, type_in: Command, tmp_path: Path
) -> None:
    for name in ("oak", "elm"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-days", "9", "-keyout",
                tmp_path / f"{name}.key", "-out", tmp_path / f"{name}.pem")  # fmt: skip
    packet, out = tmp_path / "oak.p7m", tmp_path / "records.zip"
    with school.phone.is_the_time():
        given = type_in("records", "transfer", LISA, "--to", "Oak School", "--for", MOTHER, "--key",
                        tmp_path / "oak.pem", "--out", packet, "--by", "mlopez", "--otp", school.phone.code(), "--home",
                        school.home, "--as-of", DAY, "--json")  # fmt: skip
    assert given.code == 0, given.err
    assert packet.stat().st_mode & 0o077 == 0
    opened = ("cms", "-decrypt", "-inform", "DER", "-in", packet, "-out", out, "-inkey")
    assert openssl(*opened, tmp_path / "elm.key") != 0
    assert openssl(*opened, tmp_path / "oak.key") == 0
    with zipfile.ZipFile(out) as archive:
        names = archive.namelist()
        assert any(archive.read(name).startswith(b"%PDF") for name in names)
        assert any(name.endswith(".json") for name in names)
    assert [one.reason for one in school.entries("transferred")] == ["received", "given"]


def openssl(*words: object) -> int:
    return subprocess.run(["openssl", *map(str, words)], check=False, capture_output=True).returncode


def test_an_incident_from_the_opening_to_its_close(school: Prepared, type_in: Command, tmp_path: Path) -> None:
    at = ("--home", school.home, "--as-of", DAY)
    words = tmp_path / "words.txt"
    words.write_text("The envelope went to the neighbour.")
    with school.phone.is_the_time():

        def by() -> tuple[str, ...]:
            return ("--by", "mlopez", "--otp", school.phone.code())

        opened = type_in("incident", "open", "--cause", "wrong-recipient", "--cycle", "2021-fall-final", "--note-file",
                         words, *by(), *at, "--json")  # fmt: skip
        case = json.loads(opened.out)["case"]
        reported = type_in("incident", "report", case, *by(), *at)
        assert "still out" in reported.out
        told = type_in("incident", "tell", case, "--out", tmp_path / "letters.pdf", *by(), *at, "--json")
        assert json.loads(told.out)["letters"] >= 3
        shown = type_in("incident", "show", case, "--words", *by(), *at, "--json")
        assert json.loads(shown.out)["words"][0]["text"] == "The envelope went to the neighbour."
        assert {one["recipient"] for one in json.loads(shown.out)["reached"]} >= {MOTHER, FATHER}
        assert type_in("incident", "close", case, "--cause", "contained", *by(), *at).code == 0
    assert type_in("incident", "list", *at).code == 0


def test_erasing_says_first_what_would_go_and_asks_for_a_duty(school: Prepared, type_in: Command) -> None:
    at = ("--home", school.home, "--as-of", DAY)
    plan = type_in("records", "erase", KYLE, *at)
    assert plan.code == 1
    assert "a duty must ask for it" in plan.out
    assert "Nothing was changed" in plan.out
    with school.phone.is_the_time():
        code = school.phone.code()
        done = type_in("records", "erase", KYLE, "--duty", "court-order", "--reason", "duty", "--by", "mlopez", "--otp",
                       code, *at)  # fmt: skip
    assert done.code == 0, done.err
    assert "lake: 0 and" in done.out
    assert type_in("records", "erase", *at).out == "No erasure was interrupted.\n"
