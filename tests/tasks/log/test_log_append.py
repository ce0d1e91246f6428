"""What an append writes, and what it leaves out."""

import fcntl
import hashlib
import json
import stat
from datetime import UTC, datetime
from threading import Thread
from typing import get_args

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import RetryableError
from termpost.schemas.log.entry import IDENTITY, KINDS, REPEATABLE, Entry, EntryKind
from termpost.tasks.log.anchor import Anchor, RememberedEnd, advance, read_end
from termpost.tasks.log.log import Log
from termpost.tasks.log.segments import read_head

from tests.tasks.log.log_home import KEY, NOON, FaultyStore, LogHome, report_made


def test_an_append_is_one_segment_and_one_head_written_to_the_format(home: LogHome) -> None:
    began = datetime.now(UTC)
    home.open().append("run-1", [report_made(1), report_made(2)])
    assert list(home.files()) == ["log/00000001.ndjson", "log/checkpoints/00000001.txt", "log/heads/00000001.json"]
    header, *rows = [json.loads(line) for line in home.store.get("log/00000001.ndjson").splitlines()]
    assert set(header) == {"format", "segment", "previous", "body", "at", "signature"}
    assert (header["format"], header["segment"], header["previous"]) == ("termpost.log/5", 1, "0" * 64)
    assert began <= datetime.fromisoformat(header["at"]) <= datetime.now(UTC)  # the machine's, whatever was told
    assert rows[1] == {  # what says nothing is absent
        "seq": 2, "at": header["at"], "as_of": "2021-12-17T12:00:00.000250Z", "kind": "report_made",
        "actor": "pipeline", "report": "r2",
        "version": 1, "student": "s2", "object": "reports/2.pdf", "digest": f"{2:064x}", "run": "run-1",
        "cycle": "2021-fall-final"}  # fmt: skip
    line = home.store.get("log/00000001.ndjson").splitlines()[1]
    assert line == json.dumps(rows[0], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_segments_chain_by_the_sha256_of_the_whole_previous_file(home: LogHome) -> None:
    log = home.open()
    for number in range(3):
        log.append("run-1", [report_made(number)])
    for number in (2, 3):
        before = home.store.get(f"log/{number - 1:08d}.ndjson")
        header = json.loads(home.store.get(f"log/{number:08d}.ndjson").splitlines()[0])
        assert header["previous"] == hashlib.sha256(before).hexdigest()
    assert [entry.seq for entry in log.entries()] == [1, 2, 3]


def test_what_was_appended_is_what_comes_back(home: LogHome) -> None:
    fact = Entry(kind="sent", actor="registrar-1", delivery="d", channel="email", count=2, reason='é\u2028\x7f\n"')
    new = home.open().append("run-1", [fact])
    assert list(home.open().entries()) == new
    assert new[0].model_dump(include=set(Entry.model_fields)) == fact.model_dump()
    assert (new[0].seq, new[0].as_of, new[0].run) == (1, NOON, "run-1")


def test_entries_longer_than_what_is_parsed_at_once_come_back(home: LogHome) -> None:
    facts = [Entry(kind="incident", reason=letter * 150_000) for letter in "abcde"]
    new = home.open().append("run-1", facts)
    assert list(home.open().entries()) == new
    assert home.verify().entries == 5


def test_those_of_some_kinds_come_alone_and_in_order(home: LogHome) -> None:
    facts = [Entry(kind="incident", reason="a"), Entry(kind="refused", reason="b"), Entry(kind="stopped", reason="c")]
    home.open().append("run-1", facts)
    home.open().append("run-2", [Entry(kind="incident", reason="d")])
    assert [e.reason for e in home.open().entries("incident", "stopped")] == ["a", "c", "d"]
    assert [e.seq for e in home.open().entries("incident", "stopped")] == [1, 3, 4]
    assert list(home.open().entries("rehearsed")) == []


def test_head_is_that_of_the_last_segment(home: LogHome) -> None:
    log = home.open()
    assert log.head() is None
    log.append("run-1", [report_made(1), report_made(2)])
    log.append("run-1", [report_made(3)])
    head = log.head()
    assert head is not None
    assert (head.segment, head.entries) == (2, 3)
    assert head.sha256 == hashlib.sha256(home.store.get("log/00000002.ndjson")).hexdigest()
    assert json.loads(home.store.get("log/heads/00000002.json"))["signature"] == head.signature


def test_a_rerun_under_another_run_actor_and_day_writes_nothing(home: LogHome) -> None:
    facts = [report_made(n) for n in range(5)]
    home.open().append("run-1", facts)
    before = home.files()
    later = Log(home.store, KEY, home.anchor, FixedClock(NOON.replace(year=2022)))
    assert later.append("run-2", [fact.model_copy(update={"actor": "office-1"}) for fact in facts]) == []
    assert home.files() == before


def test_only_what_is_new_of_a_batch_is_written_and_a_fact_named_twice_once(home: LogHome) -> None:
    log = home.open()
    log.append("run-1", [report_made(1)])
    new = log.append("run-2", [report_made(1), report_made(2), report_made(2), report_made(3)])
    assert [(entry.seq, entry.report) for entry in new] == [(2, "r2"), (3, "r3")]


def test_an_empty_append_writes_nothing(home: LogHome) -> None:
    assert home.open().append("run-1", []) == []
    assert home.files() == {}


@pytest.mark.parametrize("kind", get_args(EntryKind))
def test_an_act_is_written_each_time_and_a_fact_once(home: LogHome, kind: EntryKind) -> None:
    log = home.open()
    for _ in range(2):
        log.append("run-1", [Entry(kind=kind, cycle="c")])
    assert len(list(log.entries())) == (2 if kind in REPEATABLE else 1)


def test_every_repeatable_kind_is_a_kind() -> None:
    assert set(KINDS) > REPEATABLE


def test_a_second_approver_of_the_same_bytes_is_written(home: LogHome) -> None:
    log = home.open()
    for staff in ("head-1", "registrar-1"):
        log.append("run-1", [Entry(kind="approved", actor=staff, cycle="c", digest="d")])
    assert [entry.actor for entry in log.entries()] == ["head-1", "registrar-1"]


def test_a_student_may_be_held_again_and_a_delivery_fail_again_by_saying_which_time_it_is(home: LogHome) -> None:
    log = home.open()
    held = Entry(kind="held", cycle="c", student="s", reason="quarantined-row", count=1)
    resolved = Entry(kind="hold_resolved", actor="office-1", cycle="c", student="s", reason="accept")
    failed = Entry(kind="failed", cycle="c", delivery="d", reason="mailbox-full", count=1)
    story = [held, resolved, held.model_copy(update={"count": 2}), failed, failed.model_copy(update={"count": 2})]
    for fact in story:
        assert len(log.append("run-1", [fact])) == 1
    assert log.append("run-2", [fact for fact in story if fact is not resolved]) == []


def test_every_part_of_the_identity_makes_another_fact(home: LogHome) -> None:
    log = home.open()
    log.append("run-1", [Entry(kind="sealed")])
    other = {"cycle": "x", "report": "x", "version": 1, "student": "x", "class_id": "x", "recipient": "x",
             "channel": "x", "delivery": "x", "object": "x", "digest": "x", "reason": "x", "count": 1,
             "extract": "x", "finding": "x", "query": "x", "via": "x", "role": "x", "cause": "x", "line_item_id": "x",
             "part_id": "x", "on_behalf_of": "x", "due": "2021-12-17", "since": "2021-12-17", "slot": "x",
             "case": "x"}  # fmt: skip
    assert {"kind", *other} == set(IDENTITY)
    for name, value in other.items():
        assert len(log.append("run-1", [Entry.model_validate({"kind": "sealed", name: value})])) == 1, name


def test_another_writers_facts_are_known_to_this_one(home: LogHome) -> None:
    first, second = home.open(), home.open()
    first.append("run-1", [report_made(1)])
    assert [entry.seq for entry in second.append("run-2", [report_made(1), report_made(2)])] == [2]
    assert first.append("run-1", [report_made(2)]) == []
    assert home.verify().ok


def test_threads_may_share_a_log(home: LogHome) -> None:
    log = home.open()
    threads = [Thread(target=log.append, args=(f"run-{n}", [report_made(n), report_made(99)])) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(entry.report or "" for entry in log.entries()) == sorted(["r99", *(f"r{n}" for n in range(8))])
    assert home.verify().ok


def test_an_answer_lost_after_the_write_loses_and_doubles_nothing(home: LogHome) -> None:
    def lose() -> None:
        raise RetryableError("timed out")

    for nth in range(12):
        store = FaultyStore(home.root / "vault", nth, 1, lose)
        try:
            home.open(store).append("run-1", [report_made(n) for n in range(nth + 1)])
        except RetryableError:
            home.open().append("run-1", [report_made(n) for n in range(nth + 1)])
    assert [entry.report for entry in home.open().entries()] == [f"r{n}" for n in range(12)]
    assert home.verify().ok


def test_a_store_that_repeats_a_put_after_a_lost_answer_writes_an_act_once(home: LogHome) -> None:
    class Repeating(type(home.store)):  # type: ignore[misc]
        def put(self, key: str, data: bytes, *, once: bool = False) -> object:
            super().put(key, data, once=once)
            return super().put(key, data, once=once)

    new = home.open(Repeating(home.root / "vault")).append("run-1", [Entry(kind="refused", reason="wrong-code")])
    assert len(new) == 1
    assert len(list(home.open().entries())) == 1


def test_the_anchor_follows_the_last_head_for_its_owner_only(home: LogHome) -> None:
    log = home.open()
    for number in (1, 2):
        log.append("run-1", [report_made(number)])
        end = read_end(home.anchor, KEY.public_key())
        assert end == RememberedEnd("sealed", read_head(home.store.get(f"log/heads/{number:08d}.json"), number,
                                                        KEY.public_key()), number)  # fmt: skip
    for file in (home.anchor.file, home.anchor.count):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.anchor.file.parent.stat().st_mode) == 0o700


def test_a_slower_writer_does_not_put_the_anchor_back(home: LogHome) -> None:
    log = home.open()
    log.append("run-1", [report_made(1)])
    log.append("run-1", [report_made(2)])
    kept = home.remembered()
    advance(home.anchor, read_head(home.store.get("log/heads/00000001.json"), 1, KEY.public_key()), KEY.public_key())
    assert home.remembered() == kept


def test_no_other_writer_comes_between_reading_the_anchor_and_writing_it(
    home: LogHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def read(anchor: Anchor, public_key: Ed25519PublicKey) -> RememberedEnd:
        path = anchor.file
        with path.with_name(path.name + ".lock").open() as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        tried.append(anchor)
        return read_end(anchor, public_key)

    monkeypatch.setattr("termpost.tasks.log.anchor.read_end", read)
    home.open().append("run-1", [report_made(1)])
    assert tried == [home.anchor, home.anchor]  # before the first segment, and after it
