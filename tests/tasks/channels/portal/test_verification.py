"""What the portal answers to a number: that it counts, or one and the same answer to everything else."""

import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest
from termpost.schemas.base.errors import RetryableError
from termpost.schemas.documents.verification import VerificationState, grouped, verification_key
from termpost.tasks.channels.portal.app import SAFE
from termpost.tasks.channels.portal.verification import LONGEST_LINE, PER_SECOND, SAME_MOMENT, AnswerPace
from termpost.tasks.secrets.verification import VerificationKeys
from termpost.tasks.store.file.store import FileStore

from tests.school import EXAMPLES
from tests.verified import ASK, CURRENT, asked, offer_numbers

KEYS = VerificationKeys(bytes(range(32)))
GOOD, REPLACED, REHEARSED, UNKNOWN = (KEYS.number("r", version) for version in (1, 2, 3, 4))
SAID: dict[str, VerificationState] = {GOOD: "current", REPLACED: "ask", REHEARSED: "rehearsal"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("verify")
    text = (EXAMPLES / "grand-bend-home" / "termpost.toml").read_text()
    (home / "termpost.toml").write_text(text)
    offer_numbers(home, key=KEYS.public)
    store = FileStore(home / "vault")
    for number, state in SAID.items():
        store.put(verification_key(number), KEYS.stated(number, state))
    return home


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[httpx.Client]:
    with asked(home, FileStore(home / "vault")) as client:
        yield client


def test_a_number_that_counts_is_genuine_however_it_is_typed(client: httpx.Client) -> None:
    answers = [client.get(f"/verify/{typed}") for typed in (GOOD, grouped(GOOD), grouped(GOOD).lower())]
    answers.append(client.get("/verify", params={"number": grouped(GOOD).replace("-", " ").lower()}))
    answers.append(client.get(f"/verify/{GOOD.replace('0', 'O').replace('1', 'l')}"))
    for answer in answers:
        assert answer.status_code == 200
        assert CURRENT in answer.text
        assert ASK not in answer.text
        assert SAFE.items() <= dict(answer.headers).items()
        assert "no-store" in answer.headers["cache-control"]
    assert GOOD not in answers[0].text
    assert "Grand Bend" in answers[0].text


def test_everything_else_is_one_answer_byte_by_byte(client: httpx.Client) -> None:
    asked_for = [UNKNOWN, REPLACED, REHEARSED, "x", "..%2f..%2fsecret", "A" * 5000, "%00", "%F0%9F%98%80", "U" * 16]
    answers = [client.get(f"/verify/{typed}") for typed in asked_for]
    answers.append(client.get("/verify", params={"number": "nothing"}))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert {tuple(sorted(set(dict(answer.headers)) - {"date"})) for answer in answers} == {
        tuple(sorted(set(dict(answers[0].headers)) - {"date"}))
    }
    assert ASK in answers[0].text
    assert "Grand Bend" in answers[0].text  # with whom to talk


def test_the_form_needs_no_script_and_says_what_it_wants(client: httpx.Client) -> None:
    form = client.get("/verify").text
    assert "<script" not in form
    assert re.search(r'<form action="/verify" method="get">', form)
    assert "form-action 'self'" in form
    labelled, field = re.search(r'<label for="([^"]+)"', form), re.search(r'<input id="([^"]+)" name="number"', form)
    assert labelled
    assert field
    assert labelled[1] == field[1]


def test_it_is_off_unless_set(home: Path, tmp_path: Path) -> None:
    (tmp_path / "termpost.toml").write_text((EXAMPLES / "grand-bend-home" / "termpost.toml").read_text())
    with asked(tmp_path, FileStore(home / "vault")) as client:
        assert {client.get(place).status_code for place in ("/verify", f"/verify/{GOOD}")} == {404}


def test_without_the_key_it_confirms_nothing(home: Path, tmp_path: Path) -> None:
    (tmp_path / "termpost.toml").write_text((EXAMPLES / "grand-bend-home" / "termpost.toml").read_text())
    offer_numbers(tmp_path)
    with asked(tmp_path, FileStore(home / "vault")) as client:
        assert ASK in client.get(f"/verify/{GOOD}").text


class Clock:
    """Stands still until somebody waits."""

    def __init__(self) -> None:
        self.at, self.waited = 100.0, list[float]()

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)


def test_numbers_that_do_not_count_are_answered_in_turn_and_one_that_counts_waits_for_none(home: Path) -> None:
    clock = Clock()
    most = int(LONGEST_LINE * PER_SECOND) + 1
    with asked(home, FileStore(home / "vault"), AnswerPace(clock.now, clock.sleep)) as client:
        answers = [client.get(f"/verify/{UNKNOWN}").status_code for _ in range(most + 20)]
        assert clock.waited[:2] == [SAME_MOMENT, SAME_MOMENT]
        assert max(clock.waited) <= LONGEST_LINE + 0.001
        assert answers == [200] * most + [503] * 20
        before = len(clock.waited)
        assert CURRENT in client.get(f"/verify/{GOOD}").text
        assert len(clock.waited) == before
        clock.at += LONGEST_LINE
        assert client.get(f"/verify/{REPLACED}").status_code == 200


def test_a_store_that_is_away_is_no_answer_about_a_number(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    away = RetryableError(f"the store does not answer: {verification_key(GOOD)}")
    with patch.object(FileStore, "part", side_effect=away):
        assert client.get(f"/verify/{GOOD}").status_code == 503
    assert "verify/…" in caplog.text
    assert GOOD not in caplog.text
    assert verification_key(GOOD) not in caplog.text
