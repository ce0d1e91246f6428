"""What a broken log looks like to `verify`: every way to falsify it that the store would let through."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from termpost.schemas.log.entry import Logged
from termpost.tasks.log.anchor import sealed_files
from termpost.tasks.log.segments import ChainPlace, canonical, read_head, read_segment, write_head, write_segment
from termpost.tasks.log.verify import ChainVerdict, verify

from tests.some_now import some_now
from tests.tasks.log.log_home import KEY, NOON, LogHome, report_made

SEGMENTS = ["log/00000001.ndjson", "log/00000002.ndjson", "log/00000003.ndjson"]
HEADS = ["log/heads/00000001.json", "log/heads/00000002.json", "log/heads/00000003.json"]


@pytest.fixture
def written(home: LogHome) -> LogHome:
    log = home.open()
    for number in range(3):
        log.append("run-1", [report_made(2 * number), report_made(2 * number + 1)])
    return home


def test_a_whole_log_is_ok_and_counted(written: LogHome) -> None:
    head = hashlib.sha256(written.store.get(SEGMENTS[2])).hexdigest()
    assert written.verify() == ChainVerdict(True, 3, 6, head, None, None)
    assert written.verify(anchored=False).ok


def test_an_empty_log_is_ok(home: LogHome) -> None:
    assert home.verify() == ChainVerdict(True, 0, 0, None, None, None)


@pytest.mark.parametrize("key", some_now([*SEGMENTS, *HEADS], 3))
def test_any_changed_byte_shows(written: LogHome, key: str) -> None:
    data = written.store.get(key)
    for at in range(len(data)):
        bit = (0x01, 0x20)[at % 2]
        written.file(key).write_bytes(data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :])
        assert not written.verify(anchored=False).ok, (at, bit)
    written.file(key).write_bytes(data)
    assert written.verify().ok


@pytest.mark.parametrize("key", [*SEGMENTS, *HEADS])
@pytest.mark.parametrize("addition", [b"\n", b" ", b"{}\n"])
def test_bytes_put_after_the_end_show(written: LogHome, key: str, addition: bytes) -> None:
    written.file(key).write_bytes(written.store.get(key) + addition)
    assert not written.verify(anchored=False).ok


def test_another_spelling_of_a_signature_shows(written: LogHome) -> None:
    data = written.store.get(HEADS[0])
    at = data.index(b'=="}') - 1  # its last four bits say nothing
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = alphabet[alphabet.index(data[at]) ^ 1]
    twin = data[:at] + bytes([other]) + data[at + 1 :]
    signatures = [base64.b64decode(json.loads(spelling)["signature"]) for spelling in (data, twin)]
    assert signatures[0] == signatures[1]
    written.file(HEADS[0]).write_bytes(twin)
    assert written.verify().reason == "malformed"


@pytest.mark.parametrize("key", [*SEGMENTS, *HEADS])
def test_a_deleted_file_shows_without_the_anchor(written: LogHome, key: str) -> None:
    written.file(key).unlink()
    verdict = written.verify(anchored=False)
    assert not verdict.ok
    assert verdict.broken_at == f"log/{key[-15:-7] if key.endswith('ndjson') else key[-13:-5]}.ndjson"
    assert verdict.reason == ("segment-missing" if key in SEGMENTS else "head-missing")


@pytest.mark.parametrize("pair", [SEGMENTS[:2], SEGMENTS[1:], HEADS[:2], HEADS[1:], [SEGMENTS[0], SEGMENTS[2]]])
def test_two_swapped_files_show(written: LogHome, pair: list[str]) -> None:
    one, other = (written.store.get(key) for key in pair)
    written.file(pair[0]).write_bytes(other)
    written.file(pair[1]).write_bytes(one)
    assert not written.verify(anchored=False).ok


def _lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    def apply(data: bytes) -> bytes:
        header, *rows = data.splitlines(keepends=True)
        return b"".join([header, *change(rows)])

    return apply


@pytest.mark.parametrize("change", [
    _lines(lambda rows: rows[:1]),
    _lines(lambda rows: rows[::-1]),
    _lines(lambda rows: [*rows, rows[-1]]),
    _lines(lambda rows: [rows[0], rows[0]]),
    _lines(lambda rows: [rows[0].replace(b'"s2"', b'"s9"'), *rows[1:]]),
], ids=["dropped", "reordered", "inserted", "overwritten", "rewritten"])  # fmt: skip
def test_changed_lines_show(written: LogHome, change: Callable[[bytes], bytes]) -> None:
    data = written.store.get(SEGMENTS[1])
    assert change(data) != data
    written.file(SEGMENTS[1]).write_bytes(change(data))
    verdict = written.verify(anchored=False)
    assert (verdict.ok, verdict.segments, verdict.broken_at, verdict.reason) == (False, 1, SEGMENTS[1], "wrong-body")


def test_a_rewritten_entry_with_the_chain_computed_again_fails_by_signature(written: LogHome) -> None:
    """The forger has everything but the key: hashes, numbers and counts are all right again."""
    forger, place = Ed25519PrivateKey.from_private_bytes(bytes(32)), ChainPlace()
    rows = {key: read(written, key) for key in SEGMENTS}
    for number, key in enumerate(SEGMENTS):
        entries = [Logged.model_validate(row | {"student": "s9"}) for row in rows[key]]
        data = write_segment(place, entries, NOON, forger)
        place, _ = read_segment(data, place, forger.public_key())
        written.file(key).write_bytes(data)
        written.file(HEADS[number]).write_bytes(write_head(place, forger))
        written.file(f"log/checkpoints/{number + 1:08d}.txt").unlink()
    assert verify(written.store, forger.public_key(), None).ok  # so only the signature tells
    verdict = written.verify(anchored=False)
    assert (verdict.broken_at, verdict.reason) == (SEGMENTS[0], "bad-signature")


def read(home: LogHome, key: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in home.store.get(key).splitlines()[1:]]


def signed(header: dict[str, object]) -> bytes:
    rest = {key: value for key, value in header.items() if key != "signature"}
    return canonical(rest | {"signature": base64.b64encode(KEY.sign(canonical(rest))).decode()})


def cut(home: LogHome, first: int) -> None:
    for number in range(first, 4):
        home.store.delete(SEGMENTS[number - 1])
        home.store.delete(HEADS[number - 1])
        home.store.delete(f"log/checkpoints/{number:08d}.txt")


@pytest.mark.parametrize("first", [1, 2, 3])
def test_a_cut_tail_shows_against_the_anchor_only(written: LogHome, first: int) -> None:
    cut(written, first)
    assert written.verify(anchored=False).ok  # why heads are published
    verdict = written.verify()
    assert (verdict.ok, verdict.broken_at, verdict.reason) == (False, f"log/{first:08d}.ndjson", "truncated")


def test_an_anchor_that_lags_behind_is_no_fault(written: LogHome) -> None:
    """Another machine wrote since."""
    for number, head in enumerate(HEADS, 1):
        files = sealed_files(written.anchor.key, read_head(written.store.get(head), number, KEY.public_key()))
        written.remember(dict(zip((written.anchor.file, written.anchor.count), files, strict=True)))
        assert written.verify().ok
    written.forget()
    assert written.verify().ok


def test_a_log_that_went_another_way_from_the_anchor_shows(written: LogHome) -> None:
    cut(written, 3)
    kept = written.remembered()
    written.forget()
    written.open().append("run-2", [report_made(70), report_made(71)])  # another machine, without the anchor
    assert written.verify().ok
    written.remember(kept)
    assert (written.verify().broken_at, written.verify().reason) == (SEGMENTS[2], "anchor-mismatch")


def test_a_changed_anchor_shows(written: LogHome) -> None:
    written.anchor.file.write_bytes(written.anchor.file.read_bytes().replace(b'"segment":3', b'"segment":2'))
    assert (written.verify().ok, written.verify().reason) == (False, "anchor-invalid")


@pytest.mark.parametrize("key", [
    "log/notes.txt", "log/00000001.ndjson.bak", "log/4.ndjson", "log/heads/x", "log/deeper/00000001.ndjson",
    "log/\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661.ndjson",
])  # fmt: skip
def test_an_alien_file_shows(written: LogHome, key: str) -> None:
    written.store.put(key, b"")
    assert (written.verify().ok, written.verify().reason) == (False, "alien-file")


@pytest.mark.parametrize("key", ["log/00000004.ndjson", "log/heads/00000004.json", "log/00000009.ndjson"])
def test_a_file_past_the_end_shows(written: LogHome, key: str) -> None:
    written.store.put(key, written.store.get(SEGMENTS[2]))
    assert (written.verify().ok, written.verify().segments) == (False, 3)


def sign_anew(home: LogHome, change: Callable[[Logged], Logged]) -> ChainVerdict:
    """A third segment that a faulty writer, with the key, made."""
    cut(home, 3)
    place = ChainPlace()
    for key in SEGMENTS[:2]:
        place, _ = read_segment(home.store.get(key), place, KEY.public_key())
    entry = change(Logged(**dict(report_made(9)), seq=5, at=NOON, run="run-1"))
    data = write_segment(place, [entry], NOON, KEY)
    home.store.put(SEGMENTS[2], data)
    home.store.put(HEADS[2], write_head(ChainPlace(3, 5, hashlib.sha256(data).hexdigest()), KEY))
    return home.verify(anchored=False)


def _with(entry: Logged, **changed: object) -> Logged:
    return entry.model_copy(update=changed)


def test_a_faulty_writer_with_the_key_shows_by_number_and_kind(written: LogHome) -> None:
    assert sign_anew(written, lambda entry: entry).ok
    for seq in (4, 6):
        assert sign_anew(written, partial(_with, seq=seq)).reason == "wrong-seq"
    assert sign_anew(written, partial(_with, kind="forgotten")).reason == "unknown-kind"


@pytest.mark.parametrize("key", [*Logged.model_fields, "colour"])
def test_a_row_may_lack_what_was_added_since_but_not_what_makes_it_an_entry(written: LogHome, key: str) -> None:
    """A log outlives the version that began it: its first segments know fewer keys."""

    rows = read(written, SEGMENTS[2])
    for row in rows:
        row.pop(key, None) if key != "colour" else row.update(colour="blue")
    body = b"".join(canonical(row) + b"\n" for row in rows)
    header = json.loads(written.store.get(SEGMENTS[2]).split(b"\n")[0])
    data = signed(header | {"body": hashlib.sha256(body).hexdigest()}) + b"\n" + body
    written.file(SEGMENTS[2]).write_bytes(data)
    written.file(HEADS[2]).write_bytes(write_head(ChainPlace(3, 6, hashlib.sha256(data).hexdigest()), KEY))
    written.forget()
    verdict = written.verify(anchored=False)
    assert verdict.ok is (key not in {"seq", "at", "kind", "actor", "run", "colour"})
    if verdict.ok:
        assert len(list(written.open().entries())) == 6


@pytest.mark.parametrize(("change", "reason"), [
    ({"segment": 4}, "wrong-number"), ({"previous": "0" * 64}, "wrong-previous"), ({"format": "x/1"}, "malformed"),
    ({"body": "0" * 64}, "wrong-body"), ({"more": 1}, "malformed"),
])  # fmt: skip
def test_a_header_that_does_not_fit_shows_though_signed(
    written: LogHome, change: dict[str, object], reason: str
) -> None:
    first, rest = written.store.get(SEGMENTS[2]).split(b"\n", 1)
    written.file(SEGMENTS[2]).write_bytes(signed(json.loads(first) | change) + b"\n" + rest)
    assert written.verify(anchored=False).reason == reason


@pytest.mark.parametrize(
    "change",
    [partial(replace, entries=7), partial(replace, segment=4), partial(replace, sha256="0" * 64)],
    ids=["entries", "segment", "sha256"],
)
def test_a_head_that_does_not_fit_shows_though_signed(
    written: LogHome, change: Callable[[ChainPlace], ChainPlace]
) -> None:
    place, data = ChainPlace(), b""
    for key in SEGMENTS:
        data = written.store.get(key)
        place, _ = read_segment(data, place, KEY.public_key())
    written.file(HEADS[2]).write_bytes(write_head(change(place), KEY))
    assert written.verify(anchored=False).reason == "head-mismatch"
