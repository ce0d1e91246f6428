"""The portal on a real S3, as a login that may read pages by name and lay receipts down, and nothing else."""

import json

import httpx
import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.documents.receipt import INBOX, Arrived
from termpost.schemas.settings.settings import Institution, Settings
from termpost.tasks.channels.portal.app import portal
from termpost.tasks.store.s3.store import S3Store

from tests.portal_server import asking
from tests.services.gateway import Gateway
from tests.tasks.channels.portal.test_portal import NOW, PAGE, RECEIPT, RECIPIENT

MAY = [  # as the role of deploy/storage.yaml; on this gateway an object is its writer's, also in another's bucket
    ("stranger", "s3:GetObject", "sealed/*"), ("stranger", "s3:PutObject", "inbox/*"),
    ("pipeline", "s3:GetObject", "inbox/*"),
]  # fmt: skip


def test_it_works_with_what_its_role_may_do(
    s3: Gateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = s3.store(monkeypatch, accept=(), accept_reason="")  # as on AWS, where nothing need be accepted
    owner = S3Store(settings)
    owner.put(f"sealed/{RECIPIENT}/{PAGE}.html", b"<!doctype html>locked")
    owner.put("reports/s1/one.html", b"a report in clear")
    allowed = [
        {"Effect": "Allow", "Principal": {"AWS": [f"arn:aws:iam:::user/{who}"]}, "Action": action,
         "Resource": f"arn:aws:s3:::{owner.bucket}/{where}"}
        for who, action, where in MAY
    ]  # fmt: skip
    s3.client().put_bucket_policy(
        Bucket=owner.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": allowed})
    )
    s3.log_in(monkeypatch, "stranger")
    store = S3Store(settings)
    with asking(portal(Settings(institution=Institution(name="School")), store, FixedClock(NOW))) as client:
        assert client.get(f"/{RECIPIENT}/{PAGE}").content == b"<!doctype html>locked"
        assert client.get(f"/{RECIPIENT}/other").status_code == httpx.codes.NOT_FOUND
        assert client.post("/receipts", content=json.dumps(RECEIPT)).status_code == httpx.codes.NO_CONTENT
    (key,) = owner.list(INBOX)
    assert Arrived.model_validate_json(owner.get(key)).receipt.model_dump() == RECEIPT
    assert len([record for record in caplog.records if record.name == "termpost.portal"]) == 1  # of the absent page
