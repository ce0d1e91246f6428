"""Law 6: each way to falsify a log is found, by the quick check and by the full one."""

import hashlib
import json

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.entry import Logged
from termpost.tasks.log.segments import ChainPlace, canonical, head_key, segment_key, write_head, write_segment
from termpost.tasks.log.verify import ChainVerdict, verify

from tests.tasks.log.log_home import KEY, NOON, LogHome, report_made
from tests.tasks.log.tampering import COUNT, TAMPERINGS, Tampering, cut_to, fork, write_log

ALL = pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda one: one.name)


@pytest.fixture
def written(home: LogHome) -> LogHome:
    write_log(home)
    return home


def check(home: LogHome, *published: str, anchored: bool = False, full: bool = False) -> ChainVerdict:
    return verify(
        home.store, KEY.public_key(), home.anchor if anchored else None, full, published=published,
        objects=lambda _: True, patience=0,
    )  # fmt: skip


@pytest.mark.parametrize("full", [False, True])
@ALL
def test_each_tampering_shows(written: LogHome, tampering: Tampering, full: bool) -> None:
    head = written.store.get(head_key(COUNT)).decode()
    before = written.files()
    assert check(written, head, anchored=True, full=full).ok
    tampering.do(written)
    assert written.files() != before
    assert check(written, full=full).ok is (tampering.verify == "witness")
    for kept in (head, json.loads(head)["sha256"]):
        assert not check(written, kept, full=full).ok
    assert not check(written, anchored=True, full=full).ok


@ALL
def test_the_quick_and_the_full_check_say_the_same(written: LogHome, tampering: Tampering) -> None:
    tampering.do(written)
    assert check(written, anchored=True) == check(written, anchored=True, full=True)


@pytest.mark.parametrize(("more", "reason", "at"), [(1, "truncated", 4), (2, "mismatch", 4), (5, "mismatch", 4)])
def test_what_is_said_of_a_fork(written: LogHome, more: int, reason: str, at: int) -> None:
    head = written.store.get(head_key(COUNT)).decode()
    fork(2, more)(written)
    by_anchor, by_head, by_sum = (
        check(written, anchored=True), check(written, head), check(written, json.loads(head)["sha256"]),
    )  # fmt: skip
    assert by_anchor.reason == ("truncated" if reason == "truncated" else "anchor-mismatch")
    assert by_head.reason == ("truncated" if reason == "truncated" else "published-mismatch")
    assert {by_anchor.broken_at, by_head.broken_at} == {segment_key(at)}
    assert (by_sum.reason, by_sum.broken_at) == ("published-absent", None)  # a sum alone does not say which segment


def test_a_head_from_before_the_fork_contradicts_neither_continuation(written: LogHome) -> None:
    head = written.store.get(head_key(2)).decode()
    assert check(written, head).ok
    fork(2, 3)(written)
    assert check(written, head, json.loads(head)["sha256"]).ok


def test_each_published_head_counts_not_only_the_last(written: LogHome) -> None:
    heads = [written.store.get(head_key(number)).decode() for number in range(1, COUNT + 1)]
    assert check(written, *heads).ok
    cut_to(3)(written)
    assert check(written, *heads[:3]).ok
    for given in (heads, heads[::-1]):
        verdict = check(written, *given)
        assert (verdict.reason, verdict.broken_at, verdict.segments) == ("truncated", segment_key(4), 3)


@pytest.mark.parametrize("change", [{"entries": 4}, {"segment": 2}, {"sha256": "0" * 64}, {"signature": "AAAA"}])
def test_a_published_head_that_the_key_did_not_sign_is_no_witness(written: LogHome, change: dict[str, object]) -> None:
    head = json.loads(written.store.get(head_key(1)))
    verdict = check(written, canonical(head | change).decode())
    assert (verdict.ok, verdict.reason, verdict.broken_at) == (False, "published-invalid", None)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "0" * 63, "G" * 64, '{"segment":1}', "a head", r'"\ud800"'])
def test_what_is_no_head_is_an_error_of_whoever_gave_it(written: LogHome, text: str) -> None:
    with pytest.raises(InputError) as caught:
        check(written, text)
    assert (caught.value.code, caught.value.where) == ("bad-head", "--head")


@pytest.mark.parametrize("change", [{"seq": 7}, {"kind": "forgotten"}])
def test_the_full_check_reads_the_rows_that_the_quick_one_leaves_to_the_signature(
    home: LogHome, change: dict[str, object]
) -> None:
    """Nobody without the key can write such a row: what is left is a fault of the writer that has it."""
    rows = [Logged(**dict(report_made(n)), seq=n, at=NOON, run="run-1") for n in (1, 2, 3)]
    for place in range(3):
        wrong = [row.model_copy(update=change if n == place else {}) for n, row in enumerate(rows)]
        data = write_segment(ChainPlace(), wrong, NOON, KEY)
        head = write_head(ChainPlace(1, 3, hashlib.sha256(data).hexdigest()), KEY)
        home.store.put(segment_key(1), data)
        home.store.put(head_key(1), head)
        for published in ([], [head.decode()]):
            assert not check(home, *published, full=True).ok
            assert check(home, *published).ok is (place == 1)
