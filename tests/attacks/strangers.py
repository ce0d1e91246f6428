"""Strangers at the portal, and the one question that counts: is a family served meanwhile?"""

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from termpost.tasks.store.file.store import FileStore

from tests.portal_server import PortalProcess
from tests.school import new_home

ANSWERS = 1.0  # seconds: within so many, whatever others do
PATIENCE = 20  # seconds, for what must happen soon on a machine that does much else
PAGE, LARGE = b"<!doctype html>locked", bytes(8_000_000)
GET = b"GET /p1/a1 HTTP/1.1\r\nHost: portal\r\n\r\n"
GET_LARGE, GET_HANGS = GET.replace(b"a1", b"large"), GET.replace(b"a1", b"hangs")
POST = b"POST /receipts HTTP/1.1\r\nHost: portal\r\n"
HANGS = "vault/sealed/p1/hangs.html"
RESET = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # struct linger: on, for no time


def home_with_pages(folder: Path) -> Path:
    """A home with a page, a large one, and one at which the store hangs until somebody writes into it."""
    home = new_home(folder / "home")
    store = FileStore(home / "vault")
    store.put("sealed/p1/a1.html", PAGE)
    store.put("sealed/p1/large.html", LARGE)
    os.mkfifo(home / HANGS, 0o600)
    return home


def asked(line: socket.socket, request: bytes = GET) -> bytes:
    """The whole answer, or what came of it before the portal hung up."""
    line.sendall(request)
    return answer(line)


def answer(line: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got:
        if not (more := line.recv(1)):
            return got
        got += more
    lengths = [row for row in got.lower().split(b"\r\n") if row.startswith(b"content-length:")]
    left = int(lengths[0].split(b":")[1]) if lengths else 0
    while left and (more := line.recv(min(left, 65536))):
        got += more
        left -= len(more)
    return got


def everything(line: socket.socket) -> bytes:
    """What is said until the line is closed."""
    got = b""
    while more := line.recv(65536):
        got += more
    return got


def starved(portal: PortalProcess) -> float:
    """Seconds in which the portal, or who asks here, was ready and the machine had no core for it."""
    queues = Path(f"/proc/{portal.process.pid}/schedstat"), Path("/proc/thread-self/schedstat")
    return sum(int(queue.read_text().split()[1]) for queue in queues if queue.exists()) / 1e9


def is_served(portal: PortalProcess, request: bytes = GET, begins: bytes = b"HTTP/1.1 200") -> float:
    """Seconds in which a newcomer is answered, but for those that the machine was busy with others."""
    begun = time.monotonic() - starved(portal)
    with portal.connect() as line:
        assert asked(line, request).startswith(begins)
    took = time.monotonic() - starved(portal) - begun
    assert took < ANSWERS
    return took


def seconds_until_closed(line: socket.socket, drip: bytes = b"") -> float:
    """How long the portal bears with somebody who sends `drip` now and then."""
    begun = time.monotonic()
    line.settimeout(0.1)
    with suppress(ConnectionError):
        while time.monotonic() - begun < PATIENCE:
            with suppress(TimeoutError):
                if not line.recv(65536):
                    break
            if drip:
                line.sendall(drip)
    return time.monotonic() - begun


def until(condition: Callable[[], bool], portal: PortalProcess) -> None:
    """Asks for a page until it is so, which takes the time that waiting would."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        is_served(portal)


def break_off(portal: PortalProcess, request: bytes) -> None:
    """Begins a request and resets the connection."""
    with portal.connect() as line:
        line.sendall(request)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
