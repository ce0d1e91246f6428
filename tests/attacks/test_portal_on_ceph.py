"""The portal with a user of its own on a real gateway, with the rights that docs/storage.md gives it and no others."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from termpost.schemas.base.clock import SystemClock
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.settings import StoreSettings
from termpost.tasks.channels.portal.take_receipt import beginning_of
from termpost.tasks.store.interface import StoreContext
from termpost.tasks.store.registry import open_store

from tests.services.gateway import Gateway

pytestmark = pytest.mark.needs("radosgw")
BEHIND = ("sealed/p1/a.html", "door/one.json", "verify/one", "slots/one", "inbox/slots/one.json")
HIDDEN = ("inbox/messages/f/0.json", "inbox/receipts/p1/a.json", "notes/q1/query.sealed", "log/1", "reports/r1.pdf")
ALLOWED = {"s3:GetObject": ("sealed/*", "door/*", "verify/*", "slots/*", "inbox/slots/*"), "s3:PutObject": ("inbox/*",)}


def portal_bucket(gateway: Gateway) -> str:
    bucket = gateway.bucket(versioned=True)
    who = {"AWS": ["arn:aws:iam:::user/stranger"]}
    said = [
        {"Effect": "Allow", "Principal": who, "Action": [action],
         "Resource": [f"arn:aws:s3:::{bucket}/{place}" for place in places]}
        for action, places in ALLOWED.items()
    ]  # fmt: skip
    client = gateway.client()
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": said}))
    for key in (*BEHIND, *HIDDEN):
        client.put_object(Bucket=bucket, Key=key, Body=b"there")
    return bucket


def may(gateway: Gateway, action: str, **what: object) -> bool:
    try:
        getattr(gateway.client("stranger"), action)(**what)
    except ClientError as error:
        return bool(error.response["Error"]["Code"] != "AccessDenied")  # what else goes wrong is no denial
    return True


def test_whoever_breaks_into_its_machine_reads_no_message_lists_nothing_and_puts_nothing_up(s3: Gateway) -> None:
    gateway, bucket = s3, portal_bucket(s3)
    assert [key for key in (*BEHIND, *HIDDEN) if may(gateway, "get_object", Bucket=bucket, Key=key)] == [*BEHIND]
    written = [key for key in (*BEHIND, *HIDDEN) if may(gateway, "put_object", Bucket=bucket, Key=key, Body=b"other")]
    assert written == [key for key in (*BEHIND, *HIDDEN) if key.startswith("inbox/")]
    for action in ("list_objects_v2", "list_object_versions", "delete_bucket_policy"):
        assert not may(gateway, action, Bucket=bucket)
    assert not may(gateway, "delete_object", Bucket=bucket, Key=HIDDEN[0])


def test_where_the_store_ignores_conditions_it_takes_nothing_rather_than_lay_one_message_over_another(
    s3: Gateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gateway, bucket = s3, portal_bucket(s3)
    gateway.log_in(monkeypatch, "stranger")
    accepted = StoreSettings(
        url=f"s3://{bucket}", endpoint_url=gateway.endpoint, region="us-east-1", accept=("conditional-write",),
        accept_reason="this gateway ignores If-None-Match",
    )  # fmt: skip
    store = open_store(StoreContext(accepted, tmp_path, SystemClock(), lambda _: None, timedelta(days=1)))
    for key in ("inbox/messages/f/0.json", "inbox/messages/f/1.json"):
        with pytest.raises(InputError) as refused:
            store.put(key, b"a message", once=True)
        assert refused.value.code == "access-denied"
    lying = gateway.client().list_object_versions(Bucket=bucket, Prefix="inbox/messages/")["Versions"]
    assert [(one["Key"], one["Size"]) for one in lying] == [("inbox/messages/f/0.json", len(b"there"))]
    assert beginning_of(store, "door/absent.json", 10) is None
