"""The portal on a real S3, as a login that may read pages by name and lay receipts down, and nothing else."""

import json
import re
from pathlib import Path

import httpx
import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.documents.receipt import INBOX, Arrived
from termpost.schemas.settings.settings import Institution, Settings
from termpost.tasks.channels.portal.app import portal
from termpost.tasks.channels.portal.receipts import ingest_receipts
from termpost.tasks.store.s3.store import S3Store

from tests.laws.on_stores import move_to_s3
from tests.portal_server import asking
from tests.school import new_school
from tests.services.gateway import Gateway
from tests.tasks.channels.portal.test_portal import ANOTHERS, LOCKED, NOW, PAGE, RECEIPT, RECIPIENT

MAY = [  # as the role of deploy/storage.yaml; on this gateway an object is its writer's, also in another's bucket
    ("stranger", "s3:GetObject", "sealed/*"), ("stranger", "s3:PutObject", "inbox/*"),
    ("pipeline", "s3:GetObject", "inbox/*"),
]  # fmt: skip


def test_it_works_with_what_its_role_may_do(
    s3: Gateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = s3.store(monkeypatch, accept=(), accept_reason="")  # as on AWS, where nothing need be accepted
    owner = S3Store(settings)
    owner.put(f"sealed/{RECIPIENT}/{PAGE}.html", LOCKED)
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
        assert client.get(f"/{RECIPIENT}/{PAGE}").content == LOCKED
        assert client.get(f"/{RECIPIENT}/other").status_code == httpx.codes.NOT_FOUND
        for forged in (ANOTHERS, RECEIPT | {"page": "other"}):
            assert client.post("/receipts", content=json.dumps(forged)).status_code == httpx.codes.NOT_FOUND
        assert client.post("/receipts", content=json.dumps(RECEIPT)).status_code == httpx.codes.NO_CONTENT
    (key,) = owner.list(INBOX)
    assert Arrived.model_validate_json(owner.get(key)).receipt.model_dump() == RECEIPT
    assert len([record for record in caplog.records if record.name == "termpost.portal"]) == 1  # of the absent page


def test_what_somebody_with_its_login_lays_into_the_inbox_stops_no_collection(
    s3: Gateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    school = new_school(tmp_path / "home")
    move_to_s3(school, s3, monkeypatch)
    home, owner = school.open(), school.store.raw
    assert isinstance(owner, S3Store)
    lies = {"ContentType": "text/html", "Metadata": {"sha256": "0" * 64}}
    names = {
        "": "bad-name", "p1/../log/1": "bad-name", "..": "bad-name", "p1\\b": "bad-name", f"p1/{'x' * 900}": "bad-name",
        "p1/é\u202e\x1b[2J.json": "bad-name", "p1/false-sum.json": "not-a-receipt",
    }  # fmt: skip
    for name in names:
        s3.client().put_object(Bucket=owner.bucket, Key=f"{owner.prefix}{INBOX}{name}", Body=b"{}", **lies)
    found = ingest_receipts(home, "run")
    left = list(owner.list(INBOX))
    assert found.counts == {"forged": len(names), "left": len(left)}
    assert sorted(one.why for one in found.dropped) == sorted(names.values())
    # what could lead out of the store; and what this gateway cannot write into its own answers
    assert {name.removeprefix(INBOX) for name in left} == {"..", "p1/../log/1", "p1\\b", "p1/é\u202e\x1b[2J.json"}
    assert sum(one.is_left for one in found.dropped) == len(left)
    assert all(re.fullmatch(r"[ -~]{1,160}", one.object) for one in found.dropped)
