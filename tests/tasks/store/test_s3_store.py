"""The S3 store where things go wrong, and who may do what; on a real gateway, with faults put on the way to it."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.log.entry import Entry
from termpost.schemas.settings.settings import StoreSettings
from termpost.tasks.log.anchor import Anchor
from termpost.tasks.log.log import Log
from termpost.tasks.log.verify import verify
from termpost.tasks.store.s3.client import Login
from termpost.tasks.store.s3.store import S3Store

from tests.services.faulty import FAULTS, Faulty, faulty
from tests.services.gateway import Gateway

KEPT = timedelta(days=366)
NOW = datetime(2021, 12, 17, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The back-off of botocore, without its seconds."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)


@pytest.fixture(params=[False, True], ids=["first-wins", "conditional"])
def way(request: pytest.FixtureRequest, s3: Gateway) -> Iterator[Faulty]:
    """To a store that ignores conditions, and to one that keeps them as AWS does."""
    with faulty(s3, conditional=request.param) as running:
        yield running


@pytest.fixture
def store(way: Faulty, s3: Gateway, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    settings = s3.store(monkeypatch)
    accept = () if way.conditional else ("conditional-write",)
    return S3Store(settings.model_copy(update={"endpoint_url": way.endpoint, "accept": accept}))


def versions_of(store: S3Store, s3: Gateway, key: str) -> list[bytes]:
    found = s3.client().list_object_versions(Bucket=store.bucket, Prefix=key).get("Versions", [])
    return [
        s3.client().get_object(Bucket=store.bucket, Key=key, VersionId=row["VersionId"])["Body"].read() for row in found
    ]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("key", ["reports/a.pdf", "log/00000001.ndjson"])
def test_a_put_survives_one_fault_anywhere_and_is_there_once(
    store: S3Store, way: Faulty, s3: Gateway, fault: str, key: str
) -> None:
    once = key.startswith("log/")
    store.put("other", b"1")
    way.seen.clear()
    store.put(key, b"probe", once=once)  # how many requests it takes without a fault
    requests = len(way.seen)
    store.delete(key)
    for at in range(requests):
        way.plan.extend([*[""] * at, fault])
        try:
            store.put(key, b"what was made", once=once)
        except RetryableError:  # a body that was changed is said, and nothing of it stays
            assert fault == "changed"
            store.put(key, b"what was made", once=once)
        way.plan.clear()
        assert store.get(key) == b"what was made"
        assert set(versions_of(store, s3, key)) == {b"what was made"}
        if once:
            assert len(versions_of(store, s3, key)) == 1
            with pytest.raises(FileExistsError):
                store.put(key, b"another", once=True)
        store.delete(key)
    assert versions_of(store, s3, key) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_reading_survives_one_fault(store: S3Store, way: Faulty, fault: str) -> None:
    put = store.put("reports/a.pdf", b"what was made")
    if fault != "changed":
        way.plan.append(fault)
        assert list(store.list("reports/")) == ["reports/a.pdf"]
    way.plan.append(fault)
    assert store.get("reports/a.pdf") == b"what was made"
    way.plan.extend(["", fault])
    assert store.head("reports/a.pdf") == put


def test_a_store_that_does_not_come_back_is_said_in_one_line_without_a_secret(store: S3Store, way: Faulty) -> None:
    for verb in (lambda: store.put("a", b"1"), lambda: store.get("a"), lambda: list(store.list(""))):
        way.plan.extend(["503"] * 40)
        with pytest.raises(RetryableError) as caught:
            verb()
        way.plan.clear()
        assert "\n" not in str(caught.value)
        assert "PIPELINE" not in str(caught.value)


def test_bytes_that_were_changed_in_the_store_are_not_handed_on(store: S3Store, s3: Gateway) -> None:
    store.put("reports/a.pdf", b"one")
    kept = s3.client().head_object(Bucket=store.bucket, Key="reports/a.pdf")["Metadata"]
    s3.client().put_object(Bucket=store.bucket, Key="reports/a.pdf", Body=b"two", Metadata=kept)
    with pytest.raises(RetryableError):
        store.get("reports/a.pdf")


def test_what_was_deleted_or_forgotten_is_in_no_version(store: S3Store, s3: Gateway) -> None:
    for data in (b"one", b"two", b"three"):
        store.put("sealed/x.html", data)
    assert len(versions_of(store, s3, "sealed/x.html")) == 3
    store.forget_older("sealed/x.html")
    assert versions_of(store, s3, "sealed/x.html") == [b"three"]
    s3.client().delete_object(Bucket=store.bucket, Key="sealed/x.html")  # leaves a mark, and the version under it
    assert list(store.rewritten("sealed/")) == ["sealed/x.html"]
    store.delete("sealed/x.html")
    found = s3.client().list_object_versions(Bucket=store.bucket, Prefix="sealed/")
    assert not found.get("Versions")
    assert not found.get("DeleteMarkers")


def test_the_log_is_locked_and_a_second_version_shows(
    way: Faulty, s3: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = () if way.conditional else ("conditional-write",)
    settings = s3.store(monkeypatch).model_copy(update={"endpoint_url": way.endpoint, "accept": accept})
    store = S3Store(settings, clock=FixedClock(datetime.now(UTC)), locked_for=KEPT)
    store.put("log/00000001.ndjson", b"first", once=True)
    store.put("reports/a", b"1", once=True)
    with pytest.raises(InputError) as refused:
        store.delete("log/00000001.ndjson")
    assert refused.value.code == "not-deleted"
    assert store.get("log/00000001.ndjson") == b"first"
    store.delete("reports/a")
    assert list(store.rewritten("log/")) == []
    s3.client().put_object(Bucket=store.bucket, Key="log/00000001.ndjson", Body=b"second")  # locked is the version only
    assert list(store.rewritten("log/")) == ["log/00000001.ndjson"]
    if not way.conditional:
        assert store.get("log/00000001.ndjson") == b"first"


def test_a_log_that_a_second_version_hides_does_not_verify(
    s3: Gateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store, key = S3Store(s3.store(monkeypatch)), Ed25519PrivateKey.generate()
    log = Log(store, key, Anchor(tmp_path / "anchor", bytes(32)), FixedClock(NOW))
    for cycle in ("fall", "spring"):
        log.append("run", [Entry(kind="checked", cycle=cycle)])
    public = key.public_key()
    assert verify(store, public, None, patience=0).ok
    segment = store.get("log/00000001.ndjson")
    s3.client().put_object(Bucket=store.bucket, Key="log/00000001.ndjson", Body=segment)  # even the same bytes
    verdict = verify(store, public, None, patience=0)
    assert (verdict.ok, verdict.reason, verdict.broken_at) == (False, "rewritten", "log/00000001.ndjson")


def test_a_store_without_conditions_and_without_versions_cannot_be_written_once(
    s3: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = s3.store(monkeypatch).model_copy(update={"url": f"s3://{s3.bucket()}"})
    with pytest.raises(InputError) as refused:
        S3Store(settings).put("log/00000001.ndjson", b"1", once=True)
    assert refused.value.code == "no-write-once"


def test_a_stranger_can_neither_list_read_overwrite_nor_delete(s3: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = s3.store(monkeypatch)
    S3Store(settings).put("reports/a.pdf", b"one")
    s3.log_in(monkeypatch, "stranger")
    other = S3Store(settings)
    for verb in (
        lambda: other.put("reports/a.pdf", b"two"), lambda: other.put("log/00000001.ndjson", b"two", once=True),
        lambda: other.get("reports/a.pdf"), lambda: other.head("reports/a.pdf"), lambda: list(other.list("")),
        lambda: other.delete("reports/a.pdf"), lambda: other.forget_older("reports/a.pdf"),
        lambda: list(other.rewritten("log/")),
    ):  # fmt: skip
        with pytest.raises(InputError) as refused:
            verb()
        assert refused.value.code in {"access-denied", "s3-refused"}
    assert httpx.get(f"{s3.endpoint}/{other.bucket}/reports/a.pdf").status_code == httpx.codes.FORBIDDEN
    s3.log_in(monkeypatch)
    assert versions_of(S3Store(settings), s3, "reports/a.pdf") == [b"one"]


def test_objects_are_encrypted_with_the_key_of_the_settings(s3: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    store = S3Store(s3.store(monkeypatch, kms_key_id="test-key-1"))
    put = store.put("reports/a.pdf", b"one")
    said = s3.client().head_object(Bucket=store.bucket, Key="reports/a.pdf")
    assert (said["ServerSideEncryption"], said["SSEKMSKeyId"]) == ("aws:kms", "test-key-1")
    assert store.get("reports/a.pdf") == b"one"
    assert store.head("reports/a.pdf") == put


@pytest.fixture
def signed(s3: Gateway, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    """Links are signed by a second user, who may read sealed/ and nothing else."""
    settings = s3.store(monkeypatch)
    store = S3Store(settings, signer=Login("STRANGER", "STRANGERSECRET"))
    allowed = {
        "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/stranger"]}, "Action": ["s3:GetObject"],
        "Resource": [f"arn:aws:s3:::{store.bucket}/sealed/*"],
    }  # fmt: skip
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    s3.client().put_bucket_policy(Bucket=store.bucket, Policy=policy)
    return store


def test_a_signed_link_opens_one_sealed_page_and_its_signer_can_do_nothing_else(signed: S3Store, s3: Gateway) -> None:
    signed.put("sealed/x.html", b"page")
    signed.put("reports/a.pdf", b"report")
    link = signed.sign("sealed/x.html", timedelta(days=7))
    assert httpx.get(link).content == b"page"
    assert "X-Amz-Expires=604800" in link
    for broken in (
        signed.sign("reports/a.pdf", timedelta(days=1)),  # what the signer may not read
        link.replace("x.html", "y.html"),
        link.replace("X-Amz-Expires=604800", "X-Amz-Expires=604900"),
        re.sub("X-Amz-Signature=.", "X-Amz-Signature=0", link) + "0",
    ):
        assert httpx.get(broken).status_code == httpx.codes.FORBIDDEN
    signer: Any = s3.client("stranger")
    verbs: list[Callable[[], object]] = [
        lambda: signer.put_object(Bucket=signed.bucket, Key="sealed/x.html", Body=b"2"),
        lambda: signer.delete_object(Bucket=signed.bucket, Key="sealed/x.html"),
        lambda: signer.list_objects_v2(Bucket=signed.bucket),
        lambda: signer.get_object(Bucket=signed.bucket, Key="reports/a.pdf"),
    ]
    for verb in verbs:
        with pytest.raises(signer.exceptions.ClientError):
            verb()


@pytest.mark.parametrize("lifetime", [timedelta(days=7, seconds=1), timedelta(0), timedelta(seconds=-1)])
def test_a_link_lives_seven_days_at_most(signed: S3Store, lifetime: timedelta) -> None:
    with pytest.raises(InputError) as refused:
        signed.sign("sealed/x.html", lifetime)
    assert refused.value.code == "bad-lifetime"


def test_without_a_signer_no_link_is_signed(s3: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError) as refused:
        S3Store(s3.store(monkeypatch)).sign("sealed/x.html", timedelta(days=1))
    assert refused.value.code == "no-signed-urls"


def test_plain_http_is_for_loopback_only() -> None:
    settings = StoreSettings(url="s3://bucket/x").model_copy(update={"endpoint_url": "http://s3.example.org"})
    with pytest.raises(InputError) as refused:
        S3Store(settings)
    assert refused.value.code == "not-secure"
