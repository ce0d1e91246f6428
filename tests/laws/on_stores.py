"""One small school on the embedded store or on a real S3, and what it must look like when all was done once."""

import re
from collections import Counter

import pytest
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.log.verify import verify
from termpost.tasks.store.s3.store import S3Store

from tests.school import FANNIE, KYLE, LISA, School
from tests.services.gateway import Gateway

LACKS = '["public-access", "encryption", "conditional-write", "least-privilege"]'  # what Ceph 16 does not keep
DELIVERIES = 8  # four reports to three recipients, each by two channels


def move_to_s3(school: School, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, endpoint: str = "") -> None:
    """Its store becomes a fresh bucket, with what the log says already; `endpoint`: where things may go wrong."""
    before = school.open().store
    store = gateway.store(monkeypatch, "district")
    lines = (f'url = "{store.url}"', f'endpoint_url = "{endpoint or gateway.endpoint}"', f"accept = {LACKS}",
             'accept_reason = "a gateway on loopback"', "")  # fmt: skip
    settings = school.home / "termpost.toml"
    said = "[store]\n" + "\n".join(lines) + "\n"
    settings.write_text(re.sub(r"\[store\]\n.*?\n\n", said, settings.read_text(), flags=re.DOTALL))
    moved = school.open().store
    assert isinstance(moved.raw, S3Store)
    for key in before.list(""):
        moved.raw.put(key, before.raw.get(key))


def assert_made_once(school: School) -> None:
    made = school.entries("report_made")
    assert Counter((e.object, e.version) for e in made).most_common(1)[0][1] == 1
    assert {e.version for e in made} == {1}
    assert {e.student for e in made} == {school.ref(student) for student in (LISA, FANNIE, KYLE)}


def assert_delivered_once(school: School) -> None:
    arrived = Counter(e.delivery for e in school.entries("sent", "delivered"))
    assert len(arrived) == DELIVERIES
    assert set(arrived.values()) == {1}
    assert set(Counter((e.report, e.version) for e in school.entries("released")).values()) == {1}


def assert_whole(school: School) -> None:
    """Every object is as the log says, and nothing lies about that it does not know."""
    home = school.open()
    verdict = verify(home.store, home.keys.log_key.public_key(), home.anchor, full=True,
                     objects=object_is_as_logged(home), patience=0)  # fmt: skip
    assert verdict.ok, verdict
    assert [key for key in home.store.list("outgoing/") if not key.endswith(".json")] == []
    shown = {key for prefix in ("sealed/", "print/", "door/") for key in home.store.list(prefix)}
    assert shown == {e.object for e in school.entries("sealed")}
