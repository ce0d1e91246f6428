"""Law 8 for the log: killed anywhere, the same append again ends with every entry once."""

import os
from functools import partial

import pytest
from termpost.schemas.log.entry import Logged

from tests.some_now import some_now
from tests.tasks.log.log_home import FaultyStore, LogHome, die, in_process, report_made

WORK = [[report_made(1), report_made(2)], [report_made(3)], [report_made(2), report_made(4)]]


def run_all(home: LogHome, store: FaultyStore | None = None) -> None:
    log = home.open(store)
    for batch in WORK:
        log.append("run-1", batch)


def counted(home: LogHome) -> int:
    store = FaultyStore(home.root / "counted", -1, 0, die)
    log = LogHome(home.root / "elsewhere").open(store)
    for batch in WORK:
        log.append("run-1", batch)
    return store.calls


def facts(entries: list[Logged]) -> list[tuple[int, str | None]]:
    return [(entry.seq, entry.report) for entry in entries]


@pytest.mark.parametrize("when", [0, pytest.param(1, marks=pytest.mark.soak)])
def test_killed_at_any_call_of_the_store_a_rerun_finishes(home: LogHome, when: int) -> None:
    calls = counted(home)
    assert calls > 12
    for nth in range(calls):
        killed = LogHome(home.root / f"{when}-{nth}")
        store = FaultyStore(killed.root / "vault", nth, when, die)
        assert in_process(partial(run_all, killed, store)) == 9, nth
        verdict = killed.verify()
        assert verdict.ok or verdict.reason == "head-missing", nth
        run_all(killed)
        assert facts(list(killed.open().entries())) == [(1, "r1"), (2, "r2"), (3, "r3"), (4, "r4")], nth
        assert killed.verify().ok, nth
        before = killed.files()
        run_all(killed)
        assert killed.files() == before


@pytest.mark.parametrize("call", some_now(["fsync", "link", "mkdir", "open"], 4))
def test_killed_within_a_put_or_the_anchor_a_rerun_finishes(home: LogHome, call: str) -> None:
    real, struck = getattr(os, call), True
    nth = 0
    while struck:
        killed, seen = LogHome(home.root / f"{call}-{nth}"), iter(range(10_000))

        def work(killed: LogHome = killed, seen: object = seen, nth: int = nth) -> None:
            def dying(*args: object, **kwargs: object) -> object:
                if next(seen) == nth:  # type: ignore[call-overload]
                    die()
                return real(*args, **kwargs)

            setattr(os, call, dying)
            run_all(killed)

        struck = in_process(work) == 9
        run_all(killed)
        assert facts(list(killed.open().entries())) == [(1, "r1"), (2, "r2"), (3, "r3"), (4, "r4")], nth
        assert killed.verify().ok, nth
        nth += 1
    assert nth > 1


def test_a_head_that_a_dying_writer_left_out_is_written_on_opening_with_the_same_bytes(home: LogHome) -> None:
    home.open().append("run-1", WORK[0])
    head = home.store.get("log/heads/00000001.json")
    home.store.delete("log/heads/00000001.json")
    home.forget()
    assert home.verify().reason == "head-missing"
    home.open()
    assert home.store.get("log/heads/00000001.json") == head


def test_a_head_that_another_writer_left_out_is_written_before_the_next_segment(home: LogHome) -> None:
    log = home.open()
    log.append("run-1", WORK[0])
    store = FaultyStore(home.root / "vault", 3, 1, die)  # get 1, get head 1, get 2; put 2
    other = partial(lambda: home.open(store).append("run-2", WORK[1]))
    assert in_process(other) == 9
    assert "log/00000002.ndjson" not in home.files() or "log/heads/00000002.json" not in home.files()
    log.append("run-1", WORK[1])
    log.append("run-1", WORK[2])
    assert home.verify().ok
