"""The portal at its edge: what strangers may ask, and what it answers when the store is away."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.documents.receipt import INBOX, LONGEST, RECEIPT_FORMAT, Arrived
from termpost.schemas.settings.settings import load_settings
from termpost.tasks.channels.portal.app import SAFE, portal
from termpost.tasks.store.file.store import FileStore

from tests.portal_server import asking
from tests.tasks.gradebook import EXAMPLES

NOW = datetime(2021, 12, 18, 9, tzinfo=UTC)
RECIPIENT, PAGE = "p1a2b3", "c0ffee"
RECEIPT = {"format": RECEIPT_FORMAT, "recipient": RECIPIENT, "page": PAGE, "mac": "a" * 64}


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    store = FileStore(tmp_path / "vault")
    store.put(f"sealed/{RECIPIENT}/{PAGE}.html", b"<!doctype html>locked")
    store.put("reports/s1/one.html", b"a report in clear")
    store.put("secret.html", b"beside it")
    return store


@pytest.fixture
def client(store: FileStore) -> Iterator[httpx.Client]:
    settings = load_settings(EXAMPLES / "grand-bend-home", {})
    with asking(portal(settings, store, FixedClock(NOW))) as client:
        yield client


def test_a_link_shows_its_page_to_nobody_else_and_is_kept_nowhere(client: httpx.Client) -> None:
    answer = client.get(f"/{RECIPIENT}/{PAGE}")
    assert (answer.status_code, answer.content) == (200, b"<!doctype html>locked")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert SAFE.items() <= dict(answer.headers).items()
    assert client.head(f"/{RECIPIENT}/{PAGE}").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/receipts", f"/{RECIPIENT}", f"/{RECIPIENT}/", f"/{RECIPIENT}/{PAGE}/", f"/{RECIPIENT}/{PAGE}.html",
     f"/{RECIPIENT}/other", f"/other/{PAGE}", "/../reports/s1/one", "/..%2freports%2fs1/one", "/%2e%2e/secret",
     "/x/..%2f..%2fsecret", "/sealed/x", f"/{RECIPIENT}/{PAGE}%00", "/a\u0301/b", "/docs", "/openapi.json"],
)  # fmt: skip
def test_everything_else_is_the_same_answer(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "There is no report at this address" in answer.text
    assert "Grand Bend" in answer.text
    assert SAFE.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_changed(client: httpx.Client, store: FileStore, method: str) -> None:
    before = list(store.list(""))
    assert client.request(method, f"/{RECIPIENT}/{PAGE}", content=b"x").status_code == 404
    assert client.request(method, "/receipts", content=json.dumps(RECEIPT)).status_code == 404
    assert client.post(f"/{RECIPIENT}/{PAGE}", content=json.dumps(RECEIPT)).status_code == 404
    assert list(store.list("")) == before


def test_a_receipt_lies_in_the_inbox_with_its_time(client: httpx.Client, store: FileStore) -> None:
    assert client.post("/receipts", content=json.dumps(RECEIPT)).status_code == 204
    (key,) = store.list(INBOX)
    arrived = Arrived.model_validate_json(store.get(key))
    assert (arrived.at, arrived.receipt.model_dump()) == (NOW, RECEIPT)
    assert client.post("/receipts", content=json.dumps(RECEIPT)).status_code == 204
    assert list(store.list(INBOX)) == [key]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff\xfe", json.dumps(RECEIPT | {"more": 1}).encode(),
     json.dumps(RECEIPT | {"page": "../../log/1"}).encode(), json.dumps(RECEIPT | {"recipient": "a/b"}).encode(),
     json.dumps(RECEIPT | {"mac": "A" * 64}).encode(), json.dumps(RECEIPT | {"page": "other"}).encode(),
     json.dumps(RECEIPT | {"format": "termpost.receipt/2"}).encode(),
     json.dumps(RECEIPT).encode() + b" " * LONGEST],
)  # fmt: skip
def test_what_is_no_receipt_is_not_kept(client: httpx.Client, store: FileStore, body: bytes) -> None:
    assert client.post("/receipts", content=body).status_code == 404
    assert list(store.list("inbox/")) == []


def test_a_body_without_end_is_not_read_to_its_end(client: httpx.Client) -> None:
    taken: list[int] = []

    def endless() -> Iterator[bytes]:
        for number in range(100_000):
            taken.append(number)
            yield b" " * LONGEST

    with suppress(httpx.WriteError, httpx.ReadError):  # answered before all was sent
        assert client.post("/receipts", content=endless()).status_code == 404
    assert len(taken) < 100_000


def test_who_knows_a_link_only_cannot_fill_the_store(client: httpx.Client, store: FileStore) -> None:
    for number in range(200):
        mac = f"{number:064x}"[::-1]
        assert client.post("/receipts", content=json.dumps(RECEIPT | {"mac": mac})).status_code == 204
    assert len(list(store.list(INBOX))) == 16


@pytest.mark.parametrize(
    ("error", "status"),
    [(RetryableError("the store is busy"), 503), (OSError(5, "Input/output error"), 503),
     (InputError("no-such-bucket", "there is no such bucket", "[store]", "check it"), 503),
     (InputError("access-denied", "the store does not let these credentials do this", "[store]", "ask"), 404)],
)  # fmt: skip
def test_a_store_that_is_away_is_said_to_whoever_runs_it(
    client: httpx.Client, caplog: pytest.LogCaptureFixture, error: Exception, status: int
) -> None:
    with patch.object(FileStore, "get", side_effect=error):
        answers = [client.get(f"/{RECIPIENT}/{PAGE}") for _ in range(3)]
        posted = client.post("/receipts", content=json.dumps(RECEIPT))
    assert {answer.status_code for answer in answers} == {status}
    assert posted.status_code == 503
    assert {record.getMessage() for record in caplog.records if record.name == "termpost.portal"} == {str(error)}
    assert str(error) not in answers[0].text


@pytest.mark.parametrize(
    "error",
    [RetryableError(f"an object is not as it was sent (inbox/receipts/{RECIPIENT}/{PAGE}-a.json)"),
     InputError("s3-refused", "it gives up", f"s3://bucket/sealed/{RECIPIENT}/{PAGE}.html", "check"),
     OSError(5, "Input/output error", f"/vault/sealed/{RECIPIENT}/{PAGE}.html")],
)  # fmt: skip
def test_no_link_is_written_down_with_a_fault(
    client: httpx.Client, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    with patch.object(FileStore, "get", side_effect=error):
        assert client.get(f"/{RECIPIENT}/{PAGE}").status_code == 503
    (said,) = (record.getMessage() for record in caplog.records if record.name == "termpost.portal")
    assert RECIPIENT not in said
    assert PAGE not in said
    assert said


def test_it_lies_under_the_path_of_its_address(store: FileStore) -> None:
    settings = load_settings(EXAMPLES / "grand-bend-home", {})
    with asking(portal(settings, store, FixedClock(NOW), "/reports")) as client:
        assert client.get(f"/reports/{RECIPIENT}/{PAGE}").status_code == 200
        assert client.post("/reports/receipts", content=json.dumps(RECEIPT)).status_code == 204
        for path in ("/reports", "/reports/", f"/{RECIPIENT}/{PAGE}", "/"):
            assert client.get(path).status_code == 404
