"""Who has read what: by page or by slip, asked for by who is not exempt, and proved without the home."""

import json
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.feedback.acknowledging.unacknowledged import ask_to_acknowledge, unacknowledged
from termpost.tasks.feedback.sent_reports import of_slip
from termpost.tasks.home.slip_numbers import slip_number, square_text, tidy_slip
from termpost.tasks.records.erase import erase_person
from termpost.tasks.secrets.access_codes import ALPHABET

from tests.command import Command
from tests.posted_messages import Family, collect
from tests.school import FANNIE, FATHER, LISA, MOTHER, Prepared, School


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def slip(school: School, student: str, contact: str) -> str:
    """The number on the slip of this child's report for this contact."""
    report = next(e.report for e in school.entries("report_made") if e.student == school.ref(student))
    assert report
    return slip_number(school.open(), report, 1, school.ref(contact))


def here(school: School) -> tuple[str, ...]:
    return ("--home", str(school.home), "--as-of", school.told or "")


def test_a_slip_says_which_version_and_whose_it_is(school: Prepared) -> None:
    home = school.open()
    numbers = {(s, c): slip(school, s, c) for s, c in ((LISA, MOTHER), (LISA, FATHER), (FANNIE, MOTHER))}
    assert len(set(numbers.values())) == 3
    for (student, contact), number in numbers.items():
        for typed in (number, number.lower().replace("-", " "), square_text(number)):
            found = of_slip(home, typed)
            assert (found.student, found.recipient, found.version) == (school.ref(student), school.ref(contact), 1)
    assert not {LISA, MOTHER, school.ref(LISA), school.ref(MOTHER)} & set(numbers.values())


def test_every_wrong_sign_and_every_swap_of_a_slip_shows(school: Prepared) -> None:
    number = slip(school, LISA, MOTHER).replace("-", "")
    wrong = {number[:n] + sign + number[n + 1 :] for n in range(11) for sign in ALPHABET}
    pairs = [(a, b) for a in range(11) for b in range(a + 1, 11)]
    wrong |= {number[:a] + number[b] + number[a + 1 : b] + number[a] + number[b + 1 :] for a, b in pairs}
    for typed in wrong - {number}:
        with pytest.raises(InputError, match="typing error"):
            tidy_slip(typed)


@pytest.mark.parametrize("typed", ["", "2222-2222-222", "W4TK-7QXE-9RO", "W4TK", "TS:", "x" * 5000])
def test_a_wrong_slip_is_one_line_without_what_was_typed(school: Prepared, command: Command, typed: str) -> None:
    said = command("feedback", "add", "--kind", "acknowledgement", "--slip", typed, *here(school))
    assert said.code == 1
    assert len(typed) < 4 or typed not in said.complaint
    assert school.entries("acknowledged") == []


def test_a_slip_of_somebody_who_was_erased_says_nothing(school: Prepared) -> None:
    number = slip(school, LISA, FATHER)
    erase_person(school.open(), school.ref(FATHER))
    with pytest.raises(InputError) as refused:
        of_slip(school.open(), number)
    assert refused.value.code == "unknown-slip"


def test_the_office_takes_an_acknowledgement_and_a_question_by_slip(school: Prepared, command: Command) -> None:
    number = slip(school, LISA, FATHER)
    add = ("feedback", "add", "--slip", number, "--kind")
    assert json.loads(command(*add, "acknowledgement", "--json", *here(school)).out)["new"]
    assert not json.loads(command(*add, "acknowledgement", "--json", *here(school)).out)["new"]
    (entry,) = school.entries("acknowledged")
    assert (entry.recipient, entry.student, entry.via) == (school.ref(FATHER), school.ref(LISA), "paper")
    said = json.loads(command(*add, "question", "--text", "Why?", "--json", *here(school)).out)
    (asked,) = school.entries("query_received")
    assert (said["right"], asked.recipient, asked.report) == (True, school.ref(FATHER), entry.report)
    both = command(*add, "question", "--student", LISA, "--text", "Why?", *here(school))
    assert both.code == 2


def test_who_has_not_said_so_is_listed_and_reminded_once(school: Prepared, command: Command) -> None:
    with (school.home / "termpost.toml").open("a") as file:
        file.write("\n[feedback]\nacknowledge = true\nacknowledge_days = 3\n")
    everybody = {(one.sent.student, one.sent.recipient) for one in unacknowledged(school.open())}
    father = (school.ref(LISA), school.ref(FATHER))
    assert father in everybody
    command("feedback", "add", "--kind", "acknowledgement", "--slip", slip(school, LISA, FATHER), *here(school))
    left = {(one.sent.student, one.sent.recipient) for one in unacknowledged(school.open())}
    assert left == everybody - {father}
    rows = json.loads(command("deliveries", "--unacknowledged", "--json", *here(school)).out)
    assert [row["recipient"] for row in rows if row["student"] == LISA] == [MOTHER]  # once, by page and on paper
    assert json.loads(command("deliveries", "--unacknowledged", "1", "--json", *here(school)).out) == []
    assert ask_to_acknowledge(school.open(), "test") == []
    school.later(timedelta(days=4))
    asked = ask_to_acknowledge(school.open(), "test")
    assert {(one.student, one.recipient) for one in asked} == left
    assert ask_to_acknowledge(school.open(), "test") == []


def test_whom_the_settings_exempt_is_not_asked(school: Prepared) -> None:
    with (school.home / "termpost.toml").open("a") as file:
        file.write('\n[feedback]\nacknowledge_exempt = ["parent"]\n')
    assert unacknowledged(school.open()) == []


@pytest.mark.needs("openssl")
def test_a_proof_is_checked_by_openssl_alone(school: Prepared, command: Command, tmp_path: Path) -> None:
    father = Family(school, FATHER)
    father.lay(father.message("acknowledgement", part=0, proof=father.proof(0)))
    collect(school)
    command("feedback", "add", "--kind", "acknowledgement", "--slip", slip(school, LISA, MOTHER), *here(school))
    out = tmp_path / "proofs"
    said = json.loads(command("deliveries", "acknowledgements", "--out", out, "--json", *here(school)).out)
    assert (said["proofs"], said["without_proof"]) == (1, 1)
    check = ["openssl", "dgst", "-sha256", "-verify", "00001.pem", "-signature", "00001.sig", "00001.txt"]
    done = subprocess.run(check, cwd=out, capture_output=True, text=True, check=False)
    assert "Verified OK" in done.stdout
    assert (out / "00001.txt").read_text().splitlines()[1] == father.place
    (out / "00001.txt").write_bytes((out / "00001.txt").read_bytes().replace(b"2021-12-17", b"2021-12-18"))
    assert subprocess.run(check, cwd=out, capture_output=True, check=False).returncode != 0
    assert (out.stat().st_mode & 0o777, len((out / "index.csv").read_text().splitlines())) == (0o700, 3)
    assert [e.reason for e in school.entries("exported")][-1:] == ["acknowledgements"]
