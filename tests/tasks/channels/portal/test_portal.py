"""The portal at its edge: what strangers may ask, and what it answers when the store is away."""

import base64
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.documents.receipt import INBOX, LONGEST, Arrived
from termpost.schemas.settings.settings import load_settings
from termpost.tasks.channels.portal.app import SAFE, portal
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.channels.portal.take_receipt import BEGINNING
from termpost.tasks.secrets.access_codes import access_code
from termpost.tasks.store.file.store import FileStore
from termpost.tasks.store.interface import ObjectPart

from tests.portal_server import asking
from tests.signed_receipts import ORDER, mirrored, posted, signed, summed, wish_to
from tests.tasks.gradebook import EXAMPLES

NOW = datetime(2021, 12, 18, 9, tzinfo=UTC)
RECIPIENT, PAGE, SUMMED, SILENT, GONE = "p1a2b3", "c0ffee", "decade", "facade", "efface"
WISH = wish_to("https://portal.grand-bend.example/receipts")
CODE = access_code(bytes(32), RECIPIENT, 0)
REPORT = SealedReport("Report", b"<p>Report", random.Random(20).randbytes(100_000), "report.pdf")  # noqa: S311


def locked(*, receipts: bool = True, school: str = "Grand Bend") -> bytes:
    return seal(
        [REPORT], code=CODE, recipient=RECIPIENT, delivery=PAGE, school=school, language="en",
        query_until=date(2022, 1, 5), receipt=WISH if receipts else None,
    )  # fmt: skip


LOCKED = locked()
KEY = base64.b64encode(WISH.public)
RECEIPT = signed(WISH.private, RECIPIENT, PAGE)
ANOTHERS = signed(wish_to("", 8).private, RECIPIENT, PAGE)
MAC = summed(bytes(32), RECIPIENT, SUMMED)
EARLIER = (
    b'<!doctype html><script type="application/json" id="sealed">{"data":"AAAA","format":"termpost.sealed/1"}</script>'
)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    store = FileStore(tmp_path / "vault")
    store.put(f"sealed/{RECIPIENT}/{PAGE}.html", LOCKED)
    store.put(f"sealed/{RECIPIENT}/{SUMMED}.html", EARLIER)
    store.put(f"sealed/{RECIPIENT}/{SILENT}.html", locked(receipts=False))
    store.put(f"sealed/{RECIPIENT}/{GONE}.html", b"<!doctype html><p>This report was taken back.")
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
    assert (answer.status_code, answer.content) == (200, LOCKED)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert SAFE.items() <= dict(answer.headers).items()
    assert client.head(f"/{RECIPIENT}/{PAGE}").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/receipts", f"/{RECIPIENT}", f"/{RECIPIENT}/", f"/{RECIPIENT}/{PAGE}/", f"/{RECIPIENT}/{PAGE}.html",
     f"/{RECIPIENT}/other", f"/other/{PAGE}", "/../reports/s1/one", "/..%2freports%2fs1/one", "/%2e%2e/secret",
     "/x/..%2f..%2fsecret", "/sealed/x", f"/{RECIPIENT}/{PAGE}%00", "/a\u0301/b", "/docs", "/openapi.json"],
)  # fmt: skip
def test_everything_else_is_the_same_answer(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "There is no report at this address" in answer.text
    assert "Grand Bend" in answer.text
    assert SAFE.items() <= dict(answer.headers).items()


def test_its_own_address_says_what_it_is_in_each_language_of_the_school(store: FileStore) -> None:
    settings = load_settings(EXAMPLES / "grand-bend-home", {"TERMPOST_INSTITUTION__LANGUAGES": '["en", "es", "ar"]'})
    with asking(portal(settings, store, FixedClock(NOW))) as client:
        answer = client.get("/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for words in (
        "With your access code you find",
        "escuela le da una copia en papel",
        "تفتح هذه الصفحة",
        'dir="rtl"',
        'id="plain"',
    ):
        assert words in answer.text
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


def test_a_page_has_one_receipt_there_however_often_it_is_opened(client: httpx.Client, store: FileStore) -> None:
    """Each opening is another signature, and of each anybody can make a second one."""
    for again in (RECEIPT, RECEIPT, mirrored(RECEIPT)):
        assert client.post("/receipts", content=json.dumps(again)).status_code == 204
    (key,) = store.list(INBOX)
    assert key == f"{INBOX}{RECIPIENT}/{PAGE}.json"
    assert json.loads(store.get(key))["receipt"] == RECEIPT  # the first


NO_RECEIPTS = {
    "nothing": b"",
    "half": b"{",
    "a list": b"[]",
    "no UTF-8": b"\xff\xfe",
    "null": b"null",
    "a number": b"1" * 500,
    "deep": b"[" * 500,
    "two": [RECEIPT, RECEIPT],
    "more": RECEIPT | {"more": 1},
    "with a key of its own": RECEIPT | {"receipt_key": KEY.decode()},
    "a page elsewhere": RECEIPT | {"page": "../../log/1"},
    "two names in one": RECEIPT | {"recipient": "a/b"},
    "capitals": RECEIPT | {"signature": RECEIPT["signature"].upper()},
    "a digit more": RECEIPT | {"signature": RECEIPT["signature"] + "0"},
    "a later format": RECEIPT | {"format": "termpost.receipt/3"},
    "an earlier format": RECEIPT | {"format": "termpost.receipt/1"},
    "too long": json.dumps(RECEIPT).encode() + b" " * LONGEST,
}


@pytest.mark.parametrize("body", NO_RECEIPTS.values(), ids=NO_RECEIPTS)
def test_what_is_no_receipt_is_not_kept(client: httpx.Client, store: FileStore, body: object) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert client.post("/receipts", content=content).status_code == 404
    assert list(store.list("inbox/")) == []


OUTSIDE = (0, 1, ORDER, 2**256 - 1)
FORGED = {
    "another page's key": ANOTHERS,
    "another page": RECEIPT | {"page": "other"},
    "another recipient": RECEIPT | {"recipient": "other"},
    "a page of the first format": RECEIPT | {"page": SUMMED},
    "a page without a key": RECEIPT | {"page": SILENT},
    "a page that was taken back": RECEIPT | {"page": GONE},
    "names swapped": signed(WISH.private, PAGE, RECIPIENT) | {"recipient": RECIPIENT, "page": PAGE},
    "halves swapped": RECEIPT | {"signature": RECEIPT["signature"][64:] + RECEIPT["signature"][:64]},
    **{f"r {r:x}, s {s:x}": posted(RECIPIENT, PAGE, r, s) for r in OUTSIDE for s in OUTSIDE},
    "a sum with the private half": summed(WISH.private, RECIPIENT, PAGE),
    "a sum with the public half": summed(WISH.public, RECIPIENT, PAGE),
    "a sum": MAC | {"page": PAGE},
    "a sum for a page without a key": MAC | {"page": SILENT},
    "a sum for a page that was taken back": MAC | {"page": GONE},
    "a sum for no page": MAC | {"page": "other"},
}


@pytest.mark.parametrize("receipt", FORGED.values(), ids=FORGED)
def test_what_its_page_did_not_sign_is_not_kept(
    client: httpx.Client, store: FileStore, receipt: dict[str, str]
) -> None:
    """Not with another key, not for another page, nor by the sums of pages that had no key."""
    assert client.post("/receipts", content=json.dumps(receipt)).status_code == 404
    assert list(store.list("inbox/")) == []


DAMAGED = {
    "no key": (KEY, b""),
    "half a key": (KEY, KEY[:-4]),
    "two keys": (KEY, KEY + KEY),
    "no point": (KEY, base64.b64encode(bytes(65))),
    "beside the curve": (KEY, base64.b64encode(WISH.public[:-1] + b"?")),
    "a point in another form": (KEY, base64.b64encode(b"\2" + WISH.public[1:])),
    "another name": (b'"key":"', b'"receipt_key":"'),
    "a space": (b'{"format"', b'{ "format"'),
    "a later format": (b'sealed/3","', b'sealed/4","'),
    "no block": (b'id="sealed">', b'id="other">'),
    "too far down": (b'id="sealed">', b" " * BEGINNING + b'id="sealed">'),
}


@pytest.mark.parametrize(("shown", "instead"), DAMAGED.values(), ids=DAMAGED)
def test_a_page_whose_key_is_not_where_and_as_it_must_be_is_not_heard(
    client: httpx.Client, store: FileStore, shown: bytes, instead: bytes
) -> None:
    assert LOCKED.count(shown) == 1
    store.put(f"sealed/{RECIPIENT}/{PAGE}.html", LOCKED.replace(shown, instead))
    for receipt in (RECEIPT, MAC | {"page": PAGE}):
        assert client.post("/receipts", content=json.dumps(receipt)).status_code == 404
    assert list(store.list("inbox/")) == []


def test_the_key_stands_where_it_is_looked_for_whatever_the_school_is_called() -> None:
    assert locked(school="Grand <Bend> & “High” " * 100).index(KEY) < BEGINNING / 2


def test_no_more_of_a_page_is_read_than_its_beginning(client: httpx.Client) -> None:
    assert len(LOCKED) > BEGINNING
    part, read = FileStore.part, list[int]()

    def reading(store: FileStore, key: str, start: int, length: int) -> ObjectPart:
        read.append(length)
        return part(store, key, start, length)

    with patch.object(FileStore, "part", reading), patch.object(FileStore, "get", side_effect=AssertionError):
        assert client.post("/receipts", content=json.dumps(RECEIPT)).status_code == 204
    assert read == [BEGINNING]


def test_a_body_without_end_is_not_read_to_its_end(client: httpx.Client) -> None:
    taken: list[int] = []

    def endless() -> Iterator[bytes]:
        for number in range(100_000):
            taken.append(number)
            yield b" " * LONGEST

    with suppress(httpx.WriteError, httpx.ReadError):  # answered before all was sent
        assert client.post("/receipts", content=endless()).status_code == 404
    assert len(taken) < 100_000


def test_who_knows_the_link_of_an_earlier_page_cannot_fill_the_store(client: httpx.Client, store: FileStore) -> None:
    for number in range(200):
        mac = f"{number:064x}"[::-1]
        assert client.post("/receipts", content=json.dumps(MAC | {"mac": mac})).status_code == 204
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
    with patch.object(FileStore, "get", side_effect=error), patch.object(FileStore, "part", side_effect=error):
        answers = [client.get(f"/{RECIPIENT}/{PAGE}") for _ in range(3)]
        answers.append(client.post("/receipts", content=json.dumps(RECEIPT)))
    assert {answer.status_code for answer in answers} == {status}
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
        for path in (f"/{RECIPIENT}/{PAGE}", "/"):
            assert client.get(path).status_code == 404
        assert [client.get(path).status_code for path in ("/reports", "/reports/")] == [200, 200]
