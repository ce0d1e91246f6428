"""Several processes write one log at once: the chain never forks and no entry is lost or doubled."""

from collections import Counter
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier

from termpost.schemas.log.entry import Entry

from tests.tasks.log.log_home import LogHome, report_made

WRITERS, APPENDS = 4, 12


def write(home: LogHome, start: Barrier, writer: int) -> None:
    log = home.open()
    start.wait()
    for n in range(APPENDS):
        own = report_made(1000 * (writer + 1) + n)
        act = Entry(kind="refused", actor=f"office-{writer}", reason="wrong-code", count=n)
        log.append(f"run-{writer}", [own, report_made(n), act])  # report_made(n): all of them know this fact


def check(home: LogHome, start: Barrier) -> None:
    from termpost.tasks.log.verify import verify

    from tests.tasks.log.log_home import KEY

    start.wait()
    segments = 0
    while segments < WRITERS * APPENDS // 2:
        verdict = verify(home.store, KEY.public_key(), home.anchor, patience=20)
        assert verdict.ok, verdict
        assert verdict.segments >= segments
        segments = verdict.segments


def test_writers_in_processes_take_turns_while_a_reader_checks(home: LogHome) -> None:
    context = get_context("spawn")  # a fork would inherit the threads of whatever flow this process ran before
    start = context.Barrier(WRITERS + 1)
    processes = [context.Process(target=write, args=(home, start, writer)) for writer in range(WRITERS)]
    processes.append(context.Process(target=check, args=(home, start)))
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0] * len(processes)

    verdict = home.verify()
    entries = list(home.open().entries())
    assert verdict.ok
    assert verdict.segments == WRITERS * APPENDS  # every append had something of its own, and none was split
    assert [entry.seq for entry in entries] == list(range(1, verdict.entries + 1))
    reports = Counter(entry.report for entry in entries if entry.kind == "report_made")
    assert set(reports.values()) == {1}
    assert len(reports) == WRITERS * APPENDS + APPENDS
    refused = Counter((entry.actor, entry.count) for entry in entries if entry.kind == "refused")
    assert len(refused) == refused.total() == WRITERS * APPENDS
