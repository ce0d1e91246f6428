"""No forged receipt says that a family opened a page, and none pushes out the one that their page sends."""

import base64
import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from playwright.sync_api import Browser
from termpost.schemas.documents.receipt import INBOX, LONGEST
from termpost.tasks.channels.portal.receipts import GROUP, LARGEST, NAMED
from termpost.tasks.distribute.withdraw import released_in, withdraw
from termpost.tasks.store.file.store import FileStore
from termpost.tasks.store.interface import ObjectPart

from tests.attacks.at_the_portal import Portal, at_the_portal, released_at
from tests.command import Command
from tests.portal_server import listening
from tests.school import FATHER, KYLE, MOTHER, OTHER
from tests.signed_receipts import mirrored, signed, summed, wish_to
from tests.snapshots import copy_of, snapshot

NONE = {"opened": 0, "known": 0, "forged": 0, "no-page": 0, "left": 0}


@pytest.fixture(scope="session")
def port() -> int:
    """One that is free; each worker has its own, so that all its tests share a released school."""
    with listening() as at:
        found: int = at.getsockname()[1]
    return found


@pytest.fixture
def portal(
    port: int, browser: Browser, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path,
) -> Iterator[Portal]:  # fmt: skip
    kept = snapshot(tmp_path_factory, f"released-{port}", partial(released_at, port))
    with at_the_portal(copy_of(kept, tmp_path), port, browser, Command(monkeypatch, capsys)) as portal:
        yield portal


def forged_in_every_place(recipient: str, page: str) -> list[dict[str, Any]]:
    """For each first digit of a sum and of a signature, which once chose among sixteen places of a page."""
    about = {"recipient": recipient, "page": page}
    return [
        receipt
        for digit in "0123456789abcdef"
        for receipt in (
            {"format": "termpost.receipt/1", **about, "mac": digit * 64},
            {"format": "termpost.receipt/2", **about, "signature": digit * 128},
        )
    ]


def test_whatever_was_forged_beforehand_the_real_receipt_is_heard(portal: Portal) -> None:
    answers = {portal.post(one) for one in forged_in_every_place(*portal.page_of(MOTHER))}
    assert portal.unlock(MOTHER)[0] == 204
    assert portal.collect()["receipts"] == NONE | {"opened": 1}
    assert portal.opened() == [portal.school.ref(MOTHER)]
    assert answers == {404}


def test_what_the_page_did_not_sign_is_refused_and_leaves_nothing(portal: Portal) -> None:
    mother, father = portal.page_of(MOTHER), portal.page_of(FATHER)
    mine, theirs = portal.wish(FATHER), portal.wish(MOTHER)  # whoever forges has the code of a page of their own
    own = signed(mine.private, *father)
    forged: list[dict[str, Any] | bytes] = [
        signed(mine.private, *mother),
        own | {"recipient": mother[0], "page": mother[1]},
        own | {"page": mother[1]},
        signed(mine.private, *mother) | {"receipt_key": base64.b64encode(mine.public).decode()},
        signed(wish_to("", 8).private, *mother),
        summed(mine.private, *mother),
        summed(theirs.public, *mother),
        summed(bytes(32), *mother),
        json.dumps(own).encode() + b" " * LONGEST,
    ]
    assert {portal.post(one) for one in forged} == {404}

    def endless() -> Iterator[bytes]:
        yield json.dumps(own)[:-1].encode()
        for _ in range(10_000):
            yield b" " * 4096
        yield b"}"

    with suppress(httpx.WriteError, httpx.ReadError):  # answered before all was sent
        assert portal.post(endless()) == 404
    assert portal.waiting() == []
    assert portal.post(own) == 204


def test_the_same_receipt_again_adds_nothing(portal: Portal) -> None:
    status, receipt = portal.unlock(OTHER)
    assert status == 204
    assert [portal.post(one) for one in (receipt, mirrored(receipt))] == [204, 204]
    assert len(portal.waiting()) == 1
    assert portal.collect()["receipts"] == NONE | {"opened": 1}
    assert portal.post(mirrored(receipt)) == 204
    assert portal.collect()["receipts"] == NONE | {"known": 1}
    assert portal.opened() == [portal.school.ref(OTHER)]


def test_a_page_that_was_taken_back_takes_no_receipt(portal: Portal) -> None:
    _, receipt = portal.unlock(OTHER)
    portal.collect()
    home = portal.school.open()
    withdraw(home, "run", "mlopez", released_in([portal.school.state()], {portal.school.ref(KYLE)}), "wrong-mark")
    assert portal.post(receipt) == 404
    assert portal.waiting() == []


@pytest.mark.needs("openssl")
def test_openssl_says_of_what_a_browser_signed_that_the_page_s_key_signed_it(portal: Portal, tmp_path: Path) -> None:
    """With nothing of the house: the key as it stands on the page, the signature as it crossed the network."""
    _, receipt = portal.unlock(MOTHER)
    shown = re.search(rb'"key":"([^"]+)"', portal.locked(MOTHER))
    assert shown
    r, s = (bytes.fromhex(receipt["signature"])[at : at + 32].lstrip(b"\0") for at in (0, 32))
    numbers = [
        b"\0" + one if one[0] & 128 else one for one in (r, s)
    ]  # ASN.1: an integer that begins with 1 is below 0
    body = b"".join(b"\2" + bytes([len(one)]) + one for one in numbers)
    prefix = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")  # RFC 5480, P-256
    files = {
        "key": prefix + base64.b64decode(shown[1]),
        "signature": b"\x30" + bytes([len(body)]) + body,
        "message": "\n".join((receipt["format"], receipt["page"], receipt["recipient"])).encode(),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    checked = subprocess.run(
        ["openssl", "dgst", "-sha256", "-keyform", "DER", "-verify", "key", "-signature", "signature", "message"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert checked.stdout == b"Verified OK\n"
    assert receipt["format"] == "termpost.receipt/2"


def test_what_a_portal_that_was_broken_into_lays_there_is_named_and_the_next_opening_is_heard(portal: Portal) -> None:
    """Until then it keeps the place: whoever has the portal's login could as well keep the receipt back."""
    recipient, page = portal.page_of(MOTHER)
    forged = {"at": "2021-12-17T14:00:00Z", "receipt": signed(bytes(31) + b"\7", recipient, page)}
    place = f"{INBOX}{recipient}/{page}.json"
    portal.school.store.raw.put(place, json.dumps(forged).encode())
    assert portal.unlock(MOTHER)[0] == 204
    said = portal.collect()
    assert said["receipts"] == NONE | {"forged": 1}
    assert said["dropped"] == [{"object": place, "why": "bad-signature", "left": False}]
    assert portal.opened() == []
    assert portal.unlock(MOTHER)[0] == 204
    assert portal.collect()["receipts"] == NONE | {"opened": 1}


def hostile(portal: Portal) -> dict[str, tuple[bytes, str]]:
    """Objects of an inbox that anybody could write to, and why each does not count."""
    own = signed(portal.wish(FATHER).private, *portal.page_of(FATHER))
    large = json.dumps({"at": "2021-12-17T14:00:00Z", "receipt": own}).encode() + b" " * LARGEST
    naive = json.dumps({"at": "2021-12-17T14:00:00", "receipt": own}).encode()
    elsewhere = json.dumps({"at": "2021-12-17T14:00:00Z", "receipt": own | {"page": "elsewhere"}}).encode()
    return {
        "p1/empty.json": (b"", "not-a-receipt"),
        "p1/large.json": (large, "not-a-receipt"),
        "p1/huge.json": (bytes(50_000_000), "not-a-receipt"),
        "p1/deep.json": (b'{"at":' + b"[" * 1500, "not-a-receipt"),
        "p1/bytes.json": (bytes(range(256)), "not-a-receipt"),
        "p1/no-zone.json": (naive, "not-a-receipt"),
        "p1/of-no-page.json": (elsewhere, "bad-signature"),
        "a.json": (b"{}", "bad-name"),
        "p1/a": (b"{}", "bad-name"),
        "a/b/c/d.json": (b"{}", "bad-name"),
        f"p1/{'x' * 200}.json": (b"{}", "bad-name"),
        "p1/\x1b[2J\x1b]0;owned\a.json": (b"{}", "bad-name"),
        "p1/line\nReceipts: 9 opened.json": (b"{}", "bad-name"),
    }


def test_whatever_lies_in_the_inbox_is_named_and_a_real_receipt_among_it_counts(portal: Portal) -> None:
    lying, raw = hostile(portal), portal.school.store.raw
    for name, (data, _) in lying.items():
        raw.put(f"{INBOX}{name}", data)
    portal.unlock(MOTHER)
    said = portal.collect()
    assert said["receipts"] == NONE | {"opened": 1, "forged": len(lying)}
    assert sorted(one["why"] for one in said["dropped"]) == sorted(why for _, why in lying.values())
    assert all(re.fullmatch(r"[ -~]{1,160}", one["object"]) for one in said["dropped"])
    assert portal.waiting() == []


def test_so_many_that_they_are_taken_in_turns_push_nothing_out(portal: Portal) -> None:
    recipient, _ = portal.page_of(MOTHER)
    for number in range(2 * GROUP + 100):
        portal.school.store.raw.put(f"{INBOX}{recipient}/0-{number}.json", b"{}")
    portal.unlock(MOTHER)
    said = portal.collect()
    assert said["receipts"] == NONE | {"opened": 1, "forged": 2 * GROUP + 100}
    assert len(said["dropped"]) == NAMED
    assert portal.waiting() == []


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "-62135596800", 253402300799])
def test_a_time_that_cannot_be_is_read_as_the_nearest_that_can(portal: Portal, at: str | int) -> None:
    recipient, page = portal.page_of(FATHER)
    lying = {"at": at, "receipt": signed(portal.wish(FATHER).private, recipient, page)}
    portal.school.store.raw.put(f"{INBOX}{recipient}/{page}.json", json.dumps(lying).encode())
    assert portal.collect()["receipts"] == NONE | {"opened": 1}
    (entry,) = portal.school.open().log.entries("opened")
    day = datetime.fromisoformat(str(entry.reason).removeprefix("receipt-")).replace(tzinfo=UTC)
    assert datetime(2021, 12, 17, tzinfo=UTC) <= day <= datetime.now(UTC)


def test_what_the_store_does_not_hand_out_stays_and_stops_nothing(portal: Portal) -> None:
    portal.school.store.raw.put(f"{INBOX}p1/locked.json", b"{}")
    portal.unlock(OTHER)
    part = FileStore.part

    def denied(store: FileStore, key: str, start: int, length: int) -> ObjectPart:
        if "locked" in key:
            raise PermissionError(13, "Permission denied")
        return part(store, key, start, length)

    with patch.object(FileStore, "part", denied):
        said = portal.collect()
    assert said["receipts"] == NONE | {"opened": 1, "left": 1}
    assert said["dropped"] == [{"object": f"{INBOX}p1/locked.json", "why": "unreadable", "left": True}]
    assert portal.waiting() == [f"{INBOX}p1/locked.json"]


def test_the_office_reads_what_was_dropped_and_why(portal: Portal) -> None:
    for name in ("\x1b[2J", "[red]x[/link]"):  # what a terminal would do, and what a table would
        portal.school.store.raw.put(f"{INBOX}p1/{name}.json", b"{}")
    said = portal.termpost("deliveries", "collect", "--home", portal.school.home)
    assert said.code == 0
    assert "Receipts: 2 not made by a page of ours." in said.out
    assert "somebody else wrote it there" in " ".join(said.out.split())
    assert "\x1b[2J" not in said.out
    assert "[red]x[/link]" in said.out
