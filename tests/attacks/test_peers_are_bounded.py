"""Whoever answers us, a relay or a service, has so many bytes and so much time for an answer."""

import gc
import gzip
import socket
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import IO

import pytest
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.tasks.channels.email import bounded_smtp
from termpost.tasks.channels.email.relay import Relay, connect
from termpost.tasks.extract.access import access_by_environment
from termpost.tasks.extract.archive import zip_files
from termpost.tasks.extract.oneroster import http
from termpost.tasks.extract.oneroster.http import Connection

IMPATIENT = replace(access_by_environment({}), sleep=lambda _: None)
MANY = 64 * 2**20  # bytes, far more than anybody should take


@contextmanager
def peer(begin: bytes, again: bytes, most: int = MANY, pause: float = 0) -> Iterator[tuple[int, list[int]]]:
    """A server that says `begin`, and then `again` while it is taken, every `pause` seconds: its port, and how many
    bytes went."""
    sent: list[int] = []
    gone = Event()
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            with suppress(OSError):
                line, _ = server.accept()
                server.close()  # who tries again is refused at once
                with closing(line):
                    line.settimeout(20)
                    line.sendall(begin)
                    total = len(begin)
                    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    while total < most and not gone.wait(pause):
                        line.sendall(again)
                        total += len(again)
                        sent[:] = [total]
                    sent[:] = [total]

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], sent
        if pause:
            gone.set()
    thread.join(30)


@pytest.mark.parametrize("greeting", [b"220-relay.example.org\r\n", b"220 ready\r\n250-STARTTLS\r\n"])
def test_a_relay_that_never_ends_its_reply(greeting: bytes) -> None:
    with peer(greeting, b"250-" + b"x" * 500 + b"\r\n") as (port, sent):
        with pytest.raises((InputError, RetryableError)) as caught:
            connect(Relay("127.0.0.1", port, "office@example.org"))
        assert "\n" not in str(caught.value)
    assert sum(sent) < MANY // 4  # what it took, and what the line holds


def test_a_relay_has_so_much_time_for_a_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_smtp, "LONGEST_REPLY", -1.0)  # it is over before the first byte
    with peer(b"220 ready\r\n", b"", 0) as (port, _), pytest.raises(RetryableError):
        connect(Relay("127.0.0.1", port, "office@example.org"))


def test_a_page_that_unpacks_to_far_more_than_a_page() -> None:
    packed = gzip.compress(bytes(2 * MANY), compresslevel=9)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    with peer(head, packed, len(head) + 1) as (port, _), closing(Connection(IMPATIENT)) as line:
        with pytest.raises(InputError) as caught:
            line.ask("GET", f"http://127.0.0.1:{port}/orgs", "orgs")
        assert caught.value.code == "too-large"


def test_an_answer_has_so_much_time_to_be_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LONGEST", -1.0)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
    with peer(head, b"x", 60) as (port, _), closing(Connection(IMPATIENT)) as line:
        with pytest.raises(InputError) as caught:
            line.ask("GET", f"http://127.0.0.1:{port}/orgs", "orgs")
        assert caught.value.code == "too-slow"


def test_the_list_of_a_zip_is_read_once_however_many_files_it_has(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as made:
        for number in range(300):
            made.writestr(f"section={number}/assignments/2021-07-01-00-00-00.csv", "SourceSystemIdentifier\n1\n")
        made.writestr("users/2021-07-01-00-00-00.csv", "SourceSystemIdentifier\n1\n")
    opened = []

    def opener() -> IO[bytes]:
        opened.append((tmp_path / "many.zip").open("rb"))
        return opened[-1]

    files = zip_files(opener, "many.zip")
    assert len({file.head for file in files}) == 1
    assert len(opened) == 1
    del files
    gc.collect()
    assert opened[0].closed
