"""Strangers come in thousands to stop the portal: it answers within a second, in little memory, in few words."""

import faulthandler
import resource
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector

import pytest

from tests.attacks.strangers import (
    ANSWERS,
    GET,
    GET_HANGS,
    GET_LARGE,
    HANGS,
    PAGE,
    PATIENCE,
    POST,
    answer,
    asked,
    break_off,
    home_with_pages,
    is_served,
    starved,
)
from tests.portal_server import PortalProcess, portal_process

MEMORY = 300  # MB
LOG = 1_000_000  # bytes
WRONG = GET.replace(b"a1", b"../a1")
AWAY, ABSENT = b"HTTP/1.1 503", b"HTTP/1.1 404"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return home_with_pages(tmp_path)


@contextmanager
def idle(portal: PortalProcess, count: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as held:
        yield [held.enter_context(portal.connect()) for _ in range(count)]


def is_open(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        return line.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def release_store(home: Path, readers: int) -> None:
    """What hangs is answered: each reader of the pipe gets its end."""
    for _ in range(readers):
        (home / HANGS).write_bytes(b"at last")


def test_the_longest_idle_makes_room_and_who_is_being_answered_stays(home: Path) -> None:
    with portal_process(home, "--connections", 20) as portal, portal.connect() as answered:
        answered.sendall(GET_HANGS)
        with portal.connect() as busy, idle(portal, 15) as first:
            is_served(portal)  # so all before it are there
            assert asked(busy).endswith(PAGE)
            with idle(portal, 10) as later:
                is_served(portal)
                assert [is_open(line) for line in first[:7] + first[-5:]] == [False] * 7 + [True] * 5
                assert all(is_open(line) for line in later)
                assert asked(busy).endswith(PAGE)  # idle, and not as long as others
                release_store(home, 1)
                assert answer(answered).endswith(b"at last")


def test_a_store_that_hangs_stops_nothing_else(home: Path) -> None:
    with portal_process(home) as portal, ExitStack() as held:
        hung = [held.enter_context(portal.connect()) for _ in range(40)]  # more than the store is asked at once
        for line in hung:
            line.sendall(GET_HANGS)
        is_served(portal, GET, AWAY)
        is_served(portal, WRONG, ABSENT)
        ended = time.monotonic()
        portal.process.terminate()
        portal.process.wait(PATIENCE)
        assert time.monotonic() - ended < 6
    assert "p1" not in "".join(portal.said)
    assert len(portal.said[-1].splitlines()) < 5


def test_files_that_run_out_are_no_reason_to_spin_or_to_stop(home: Path) -> None:
    with portal_process(home) as portal:
        is_served(portal)
        _, hard = resource.prlimit(portal.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(portal.process.pid, resource.RLIMIT_NOFILE, (portal.files + 30, hard))
        with idle(portal, 80):
            is_served(portal)
            computed = portal.seconds
            with portal.connect() as waiting:
                waiting.settimeout(1)
                with pytest.raises(TimeoutError):
                    waiting.recv(1)
            assert portal.seconds - computed < 0.5
            is_served(portal)
    assert portal.said[-1].count("no connection can be taken: Too many open files") == 1


@pytest.mark.soak
def test_fewer_files_are_fewer_connections_and_it_says_so(home: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with portal_process(home, "--connections", 100_000) as portal, idle(portal, 50):
        is_served(portal)
        assert resource.prlimit(portal.process.pid, resource.RLIMIT_NOFILE)[0] > soft or soft == hard
    if hard < 100_000:
        assert "connections at once, not 100000" in portal.said[-1]


@pytest.mark.parametrize("count", [50, pytest.param(1000, marks=pytest.mark.soak)])
def test_who_breaks_off_is_not_spoken_of(home: Path, count: int) -> None:
    with portal_process(home, "--connections", 100) as portal:
        for number in range(count):
            break_off(portal, POST + b"Content-Length: 400\r\n\r\n{" if number % 2 else GET_LARGE)
        is_served(portal)
        with portal.connect() as unread, portal.connect() as body, idle(portal, 20):
            unread.sendall(GET_LARGE)
            assert unread.recv(1)
            body.sendall(POST + b"Content-Length: 400\r\n\r\n{")
            ended = time.monotonic()
            portal.process.terminate()
            portal.process.wait(PATIENCE)
            assert time.monotonic() - ended < 6
    assert "Traceback" not in portal.said[-1]
    assert len(portal.said[-1].splitlines()) < 5


@dataclass(frozen=True)
class Siege:
    """How many come, and for how long they stay."""

    arguments: tuple[object, ...]
    idle: int
    posts: int
    requests: int
    seconds: float = 0


class Crowd:
    """Connections that say nothing; whoever is sent away comes again, so many at a time."""

    def __init__(self, portal: PortalProcess, count: int) -> None:
        self._portal, self._held, self._missing = portal, DefaultSelector(), count
        self.sent_away = 0
        for _ in range(0, count, 100):
            self.stay(0)

    def stay(self, seconds: float, at_once: int = 100) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            for key, _ in self._held.select(left):
                line = key.fileobj
                assert isinstance(line, socket.socket)
                with suppress(ConnectionError):
                    assert line.recv(1) == b""
                self._held.unregister(line)
                line.close()
                self._missing += 1
                self.sent_away += 1
        for _ in range(min(self._missing, at_once)):
            self._held.register(self._portal.connect(), EVENT_READ)
            self._missing -= 1

    def go(self) -> None:
        for key in list(self._held.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._held.close()


def ask_often(portal: PortalProcess, count: int) -> tuple[float, int]:
    """The longest wait for an answer, and how often a line was closed while nothing was asked on it."""
    longest, again, line = 0.0, 0, portal.connect()
    for number in range(count):
        request, wanted = ((GET, b"200"), (WRONG, b"404"))[number % 2]
        begun = time.monotonic() - starved(portal)
        try:
            said = asked(line, request)
        except ConnectionError:
            said = b""
        if not said or number % 100 == 99:  # a browser comes again too
            again += not said
            line.close()
            line = portal.connect()
            said = said or asked(line, request)
        assert said[9:12] == wanted
        longest = max(longest, time.monotonic() - starved(portal) - begun)
    line.close()
    return longest, again


SIEGES = [
    Siege(("--connections", 100), idle=150, posts=50, requests=400),
    pytest.param(Siege((), idle=5000, posts=1000, requests=20_000, seconds=600), marks=pytest.mark.soak),
    pytest.param(
        Siege(("--connections", 6000, "--idle-seconds", 900), idle=5000, posts=1000, requests=20_000, seconds=600),
        marks=pytest.mark.soak,
    ),
]


@pytest.mark.parametrize("siege", SIEGES, ids=["short", "whole", "all-are-let-in"])
def test_it_answers_within_a_second_whoever_besieges_it(
    home: Path, siege: Siege, record_property: Callable[[str, object], None]
) -> None:
    if siege.seconds:
        faulthandler.cancel_dump_traceback_later()  # a test of ten minutes does not hang yet
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    begun, waits, memory = time.monotonic(), [0.0], 0
    try:
        with portal_process(home, *siege.arguments) as portal, ThreadPoolExecutor(4) as others:
            crowd = Crowd(portal, siege.idle)
            asking = [others.submit(ask_often, portal, siege.requests // 4) for _ in range(4)]
            for _ in range(siege.posts):
                break_off(portal, POST + b"Content-Length: 400\r\n\r\n{")
            while not all(one.done() for one in asking) or time.monotonic() < begun + siege.seconds:
                crowd.stay(0.25)
                waits += [is_served(portal), is_served(portal, WRONG, ABSENT)]
                memory = max(memory, portal.memory)
            often = [one.result() for one in asking]
            memory = max(memory, portal.memory)
            crowd.go()
            is_served(portal)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    record_property("longest wait", max(waits))
    record_property("longest wait of many", max(longest for longest, _ in often))
    record_property("lines closed between requests", sum(again for _, again in often))
    record_property("memory", memory)
    record_property("log", len(portal.said[-1]))
    record_property("sent away", crowd.sent_away)
    assert max(longest for longest, _ in often) < ANSWERS
    assert memory < MEMORY
    assert len(portal.said[-1]) < LOG
    assert "Traceback" not in portal.said[-1]
