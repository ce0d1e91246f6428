"""An extract in a bucket, of a real S3: what is read, what is refused, and that it cannot change in between."""

import io
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.settings.source_settings import SourceSettings
from termpost.tasks.extract.access import Access, access_by_environment
from termpost.tasks.extract.land import fingerprint, land
from termpost.tasks.extract.landed import landed_files
from termpost.tasks.extract.s3 import _Ranges
from termpost.tasks.extract.source import open_source
from termpost.tasks.store.file.store import FileStore

from tests.services.gateway import Gateway
from tests.services.oneroster_server import oneroster_service, self_signed
from tests.tagged import TAGS


@pytest.fixture
def bucket(s3: Gateway, monkeypatch: pytest.MonkeyPatch) -> str:
    s3.log_in(monkeypatch)
    return s3.bucket()


def upload(s3: Gateway, bucket: str, folder: Path, prefix: str = "") -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            s3.client().put_object(
                Bucket=bucket, Key=prefix + file.relative_to(folder).as_posix(), Body=file.read_bytes()
            )


def refused(uri: str, code: str, access: Access | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        fingerprint(open_source(uri, access))
    assert caught.value.code == code
    assert "\n" not in str(caught.value)
    assert "PIPELINE" not in str(caught.value)
    return caught.value


def id_of(uri: str) -> str:
    return fingerprint(open_source(uri)).id


def test_a_prefix_a_zip_and_the_folder_they_came_from_are_one_extract(
    s3: Gateway, bucket: str, folder: Path, zipped: Callable[..., Path], store: FileStore
) -> None:
    upload(s3, bucket, folder, "exports/fall/")
    s3.client().put_object(Bucket=bucket, Key="exports/fall.zip", Body=zipped().read_bytes())
    local = id_of(str(folder))
    for uri in (f"s3://{bucket}/exports/fall", f"s3://{bucket}/exports/fall/", f"s3://{bucket}/exports/fall.zip"):
        assert id_of(uri) == local
    files = open_source(f"s3://{bucket}/exports/fall.zip")
    extract = land(store, TAGS, files, fingerprint(files), ())
    assert store.get(f"{extract.uri}/results.csv") == (folder / "results.csv").read_bytes()


def test_a_whole_bucket_is_a_folder_and_what_is_no_part_is_left_alone(s3: Gateway, bucket: str, folder: Path) -> None:
    before = id_of(str(folder))
    upload(s3, bucket, folder)
    s3.client().put_object(Bucket=bucket, Key="old/notes.csv", Body=b"x")
    s3.client().put_object(Bucket=bucket, Key="notes.txt", Body=b"x")
    assert id_of(f"s3://{bucket}") == before


def test_a_neighbour_with_a_longer_name_is_no_part_of_the_prefix(s3: Gateway, bucket: str, folder: Path) -> None:
    upload(s3, bucket, folder, "fall/")
    s3.client().put_object(Bucket=bucket, Key="fall-old.csv", Body=b"x")
    assert id_of(f"s3://{bucket}/fall") == id_of(str(folder))


def test_one_csv_file(s3: Gateway, bucket: str) -> None:
    s3.client().put_object(Bucket=bucket, Key="canvas/Grades-History.csv", Body=b"Student,ID\n")
    (file,) = open_source(f"s3://{bucket}/canvas/Grades-History.csv")
    assert file.name == "Grades-History.csv"
    with file.open() as source:
        assert source.read() == b"Student,ID\n"


def test_a_large_zip_is_read_in_ranges_and_its_list_without_the_rest(
    s3: Gateway, bucket: str, zipped: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    import random

    noise = random.Random(7).randbytes(3 * 2**20)  # noqa: S311 - what no zip can shrink
    s3.client().put_object(Bucket=bucket, Key="a.zip", Body=zipped({"notes.bin": noise}).read_bytes())
    asked: list[int] = []
    monkeypatch.setattr("termpost.tasks.extract.s3.RANGE", 2**18)
    whole = _Ranges.readinto

    def counted(self: _Ranges, buffer: memoryview) -> int:
        asked.append(whole(self, buffer))
        return asked[-1]

    monkeypatch.setattr(_Ranges, "readinto", counted)
    files = open_source(f"s3://{bucket}/a.zip")
    assert sum(asked) < 2**20
    assert fingerprint(files).id


def test_an_object_that_changes_while_it_is_read_is_refused(s3: Gateway, bucket: str, folder: Path) -> None:
    upload(s3, bucket, folder)
    files = open_source(f"s3://{bucket}")
    data = (folder / "results.csv").read_bytes()
    s3.client().put_object(Bucket=bucket, Key="results.csv", Body=data.replace(b"9", b"8"))
    with pytest.raises(InputError) as caught:
        fingerprint(files)
    assert caught.value.code == "source-changed"
    assert "changed while it was read" in str(caught.value)


def test_a_zip_that_is_replaced_between_two_looks_lands_as_it_was_weighed(
    s3: Gateway, bucket: str, zipped: Callable[..., Path], store: FileStore
) -> None:
    s3.client().put_object(Bucket=bucket, Key="a.zip", Body=zipped().read_bytes())
    files = open_source(f"s3://{bucket}/a.zip")
    weighed = fingerprint(files)
    before = {file.name: file.head for file in files}["lineItems.csv"]
    s3.client().put_object(Bucket=bucket, Key="a.zip", Body=zipped({"x.csv": b"x"}).read_bytes())
    land(store, TAGS, files, weighed, ())
    landed = landed_files(store, TAGS, f"landing/{weighed.id}")
    assert landed.keys() == {file.name for file in files}
    assert store.get(landed["lineItems.csv"].key).startswith(before)


def test_what_is_not_there_is_said_exactly(s3: Gateway, bucket: str) -> None:
    s3.client().put_object(Bucket=bucket, Key="other.txt", Body=b"x")
    assert "there is no such bucket" in str(refused("s3://no-such-bucket-here/a.zip", "no-such-bucket"))
    refused("s3://no-such-bucket-here/a/", "no-such-bucket")
    assert "there is no such object" in str(refused(f"s3://{bucket}/a.zip", "no-such-key"))
    assert "must end so" in str(refused(f"s3://{bucket}/a", "no-extract"))
    refused(f"s3://{bucket}", "no-csv")


def test_a_stranger_is_not_let_in(s3: Gateway, bucket: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(s3, bucket, folder)
    s3.log_in(monkeypatch, "stranger")
    assert "s3:GetObject" in refused(f"s3://{bucket}", "access-denied").remedy
    refused(f"s3://{bucket}/users.csv", "access-denied")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    assert "secret key is wrong" in str(refused(f"s3://{bucket}", "access-denied"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "NOBODY")
    refused(f"s3://{bucket}", "access-denied")


def test_the_endpoint_of_settings_wins(s3: Gateway, bucket: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(s3, bucket, folder)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    access = access_by_environment({"TERMPOST_SOURCE__S3__ENDPOINT_URL": s3.endpoint})
    assert fingerprint(open_source(f"s3://{bucket}", access)).id == id_of(str(folder))


def _at(endpoint: str) -> Access:
    return Access(SourceSettings.model_validate({"s3": {"endpoint_url": endpoint}}), {}, sleep=lambda _: None)


@pytest.fixture
def logged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    Gateway("http://127.0.0.1:1").log_in(monkeypatch)
    monkeypatch.setattr("time.sleep", lambda _: None)  # botocore's own patience


def test_nobody_listens(logged_in: None) -> None:
    assert "connection refused" in str(refused("s3://bucket/a.zip", "source-unreachable", _at("http://127.0.0.1:1")))


def test_a_store_that_cannot_prove_who_it_is(logged_in: None, tmp_path: Path) -> None:
    with oneroster_service({}, self_signed(tmp_path / "server.pem")) as secure:
        refused("s3://bucket/a.zip", "tls-failed", _at(secure.root))


def test_without_credentials(logged_in: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert "AWS_PROFILE" in refused("s3://bucket/a.zip", "no-credentials").remedy


def test_an_endpoint_of_the_environment_must_be_secure_too(logged_in: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://s3.example.org")
    refused("s3://bucket/a.zip", "not-secure")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nonsense")
    refused("s3://bucket/a.zip", "s3-refused")


class _TornBody:
    def __init__(self, data: bytes) -> None:
        self.data = data

    def read(self, amount: int) -> bytes:
        return self.data[:amount]

    def close(self) -> None:
        pass


def test_a_body_that_breaks_off_is_asked_for_again_and_given_up_in_the_end(
    logged_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault injected: a gateway does not lose half of an answer on request."""
    data, sent = b"Student,ID\n" * 100, [1100, 0, 40, 1100]  # the first look tells what it is
    waits: list[float] = []

    class Client:
        class meta:  # noqa: N801 - botocore's name
            endpoint_url = "http://127.0.0.1:1"

        def get_object(self, **asked: Any) -> dict[str, Any]:
            size = sent.pop(0) if "Range" in asked and sent else 0
            return {"ETag": '"e"', "ContentLength": len(data), "Body": _TornBody(data[:size])}

    monkeypatch.setattr("termpost.tasks.extract.s3._client", lambda _access: Client())
    access = Access(SourceSettings(), {}, sleep=waits.append)
    (file,) = open_source("s3://bucket/grades.csv", access)
    with file.open() as source:
        assert source.read() == data
    assert len(waits) == 2
    assert waits[0] < waits[1]
    with pytest.raises(RetryableError), file.open() as source:
        source.read()
    assert len(waits) == 6  # five attempts, four waits


@pytest.mark.parametrize("on_page", [[], [{"Key": "x/a.csv", "ETag": '"e"', "Size": 1}] * 1000])
def test_a_listing_that_does_not_end_is_given_up(
    on_page: list[dict[str, Any]], logged_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Client:
        class meta:  # noqa: N801 - botocore's name
            endpoint_url = "http://127.0.0.1:1"

        def get_paginator(self, _operation: str) -> Any:
            return self

        def paginate(self, **_asked: Any) -> Any:
            return itertools.repeat({"Contents": on_page})

    monkeypatch.setattr("termpost.tasks.extract.s3._client", lambda _access: Client())
    refused("s3://bucket/x", "too-many-files")


def test_a_seekable_object_behaves_like_a_file() -> None:
    data = bytes(range(100))
    ranges = io.BufferedReader(_Ranges(lambda first, last: data[first : last + 1], len(data)), 8)
    assert ranges.read(5) == data[:5]
    assert ranges.seek(-3, io.SEEK_END) == 97
    assert ranges.read() == data[97:]
    assert ranges.read() == b""
    assert (ranges.seek(10), ranges.seek(5, io.SEEK_CUR), ranges.tell()) == (10, 15, 15)
    assert ranges.read(100) == data[15:]
    with pytest.raises(OSError, match="before the beginning"):
        ranges.seek(-1)
