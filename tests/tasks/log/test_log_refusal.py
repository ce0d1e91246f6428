"""A log that does not hold is not written on, and nothing false gets a signature of ours."""

import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import InputError
from termpost.tasks.log.log import Log

from tests.tasks.log.log_home import NOON, LogHome, report_made


def cut_last(home: LogHome) -> Log:
    log = home.open()
    for number in range(3):
        log.append("run-1", [report_made(number)])
    for key in ("log/00000003.ndjson", "log/heads/00000003.json", "log/checkpoints/00000003.txt"):
        home.store.delete(key)
    return log


def test_a_log_cut_short_is_not_written_on(home: LogHome) -> None:
    cut_last(home)
    before = home.files()
    with pytest.raises(InputError) as caught:
        home.open()
    assert caught.value.code == "log-broken"
    assert home.files() == before


def test_a_log_cut_short_under_a_running_writer_keeps_the_hole(home: LogHome) -> None:
    log = cut_last(home)
    log.append("run-2", [report_made(7)])
    assert (home.verify(anchored=False).broken_at, home.verify().reason) == ("log/00000003.ndjson", "segment-missing")


@pytest.mark.parametrize("anchored", [True, False])
def test_a_hole_in_the_chain_is_not_filled(home: LogHome, anchored: bool) -> None:
    log = home.open()
    for number in range(3):
        log.append("run-1", [report_made(number)])
    home.store.delete("log/00000002.ndjson")
    if not anchored:
        home.forget()
    with pytest.raises(InputError):
        home.open()
    assert "log/00000002.ndjson" not in home.files()


def test_a_segment_that_no_writer_of_ours_made_gets_no_head(home: LogHome) -> None:
    home.open().append("run-1", [report_made(1)])
    first = home.store.get("log/00000001.ndjson")
    forged = json.loads(first.splitlines()[0]) | {"segment": 2, "previous": hashlib.sha256(first).hexdigest()}
    line = json.dumps(forged, sort_keys=True, separators=(",", ":")).encode()
    home.store.put(
        "log/00000002.ndjson", b"\n".join([line, *first.splitlines()[1:], b""]).replace(b'"seq":1', b'"seq":2')
    )
    with pytest.raises(InputError):
        home.open()
    assert "log/heads/00000002.json" not in home.files()


def test_a_changed_last_segment_without_its_head_is_not_signed_again(home: LogHome) -> None:
    home.open().append("run-1", [report_made(1)])
    home.file("log/heads/00000001.json").unlink()
    home.forget()
    path = home.file("log/00000001.ndjson")
    path.write_bytes(path.read_bytes().replace(b'"s1"', b'"s2"'))
    with pytest.raises(InputError):
        home.open()
    assert "log/heads/00000001.json" not in home.files()


def test_another_key_cannot_write_on(home: LogHome) -> None:
    home.open().append("run-1", [report_made(1)])
    with pytest.raises(InputError):
        Log(home.store, Ed25519PrivateKey.from_private_bytes(bytes(32)), home.anchor, FixedClock(NOON))


def test_a_changed_head_is_noticed_on_opening(home: LogHome) -> None:
    home.open().append("run-1", [report_made(1)])
    path = home.file("log/heads/00000001.json")
    path.write_bytes(path.read_bytes().replace(b'"entries":1', b'"entries":2'))
    home.forget()
    with pytest.raises(InputError):
        home.open()


def test_a_log_that_went_another_way_from_the_anchor_is_not_written_on(home: LogHome) -> None:
    """A store put back from a copy and written on by a machine without the anchor."""
    cut_last(home)
    kept = home.remembered()
    home.forget()
    home.open().append("run-2", [report_made(7)])
    home.remember(kept)
    with pytest.raises(InputError):
        home.open()
