"""Who takes their time at the portal, or sends what is no request."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.attacks.strangers import (
    GET,
    GET_LARGE,
    LARGE,
    PAGE,
    PATIENCE,
    POST,
    answer,
    asked,
    everything,
    home_with_pages,
    is_served,
    seconds_until_closed,
    until,
)  # fmt: skip
from tests.portal_server import PortalProcess, portal_process
from tests.services.smtp_server import authority

IMPATIENT = ("--idle-seconds", 1, "--request-seconds", 1, "--connections", 40)
Tls = tuple[tuple[object, ...], ssl.SSLContext]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return home_with_pages(tmp_path_factory.mktemp("portal"))


@pytest.fixture(scope="module")
def portal(home: Path) -> Iterator[PortalProcess]:
    with portal_process(home, *IMPATIENT) as portal:
        yield portal


@pytest.fixture(scope="module")
def tls(home: Path) -> Tls:
    """Arguments, and who trusts what they name."""
    made = authority(home.parent / "authority")
    return ("--certificate", made.chain, "--key", made.chain), ssl.create_default_context(cafile=made.ca_file)


@pytest.fixture(scope="module")
def over_tls(home: Path, tls: Tls) -> Iterator[PortalProcess]:
    with portal_process(home, *IMPATIENT, *tls[0]) as portal:
        portal.trusting = tls[1]
        yield portal


@pytest.mark.parametrize(
    ("begin", "drip"),
    [
        pytest.param(b"", b"", id="nothing"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: portal\r\nX: ", b"x", id="headers"),
        pytest.param(GET, b"", id="stays"),
        pytest.param(GET + b"GET", b"T", id="second-request"),
        pytest.param(POST + b"Content-Length: 400\r\n\r\n{", b" ", id="body"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", id="chunks"),
        pytest.param(POST + b"Content-Length: 400\r\nExpect: 100-continue\r\n\r\n", b"", id="expects"),
    ],
)
def test_each_part_of_a_request_has_its_time_however_many_bytes_come(
    portal: PortalProcess, begin: bytes, drip: bytes
) -> None:
    with portal.connect() as line:
        line.sendall(begin)
        assert 0.8 < seconds_until_closed(line, drip) < PATIENCE


@pytest.mark.parametrize(
    "begin", [b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", GET], ids=["no", "half", "clear"]
)
def test_a_handshake_has_its_time_too(over_tls: PortalProcess, begin: bytes) -> None:
    with over_tls.connect(in_clear=True) as line:
        line.sendall(begin)
        assert seconds_until_closed(line) < PATIENCE


def test_a_connection_takes_little_memory_under_tls_too(home: Path, tls: Tls) -> None:
    with portal_process(home, *tls[0], "--connections", 500) as portal, ExitStack() as held:
        portal.trusting = tls[1]
        is_served(portal)
        before = portal.memory
        for number in range(300):
            held.enter_context(portal.connect(in_clear=number % 2 == 0))
        is_served(portal)
        assert portal.memory - before < 30


@pytest.mark.parametrize("through", ["portal", "over_tls"])
def test_an_answer_that_nobody_takes_is_not_kept(request: pytest.FixtureRequest, through: str) -> None:
    portal: PortalProcess = request.getfixturevalue(through)
    is_served(portal)
    before = portal.files
    with ExitStack() as held:
        for _ in range(5):
            line = held.enter_context(portal.connect(receive_buffer=4096))
            line.sendall(GET_LARGE)
            assert line.recv(1)
        assert portal.files >= before + 4
        until(lambda: portal.files <= before + 2, portal)  # who asks may still be there


@pytest.mark.parametrize("secure", [False, True])
def test_answers_that_nobody_takes_fill_no_memory(home: Path, tls: Tls, secure: bool) -> None:
    with portal_process(home, *(tls[0] if secure else ())) as portal, ExitStack() as held:
        portal.trusting = tls[1] if secure else None
        for _ in range(60):  # 480 MB
            held.enter_context(portal.connect(receive_buffer=4096)).sendall(GET_LARGE)
        is_served(portal)
        assert portal.memory < 420  # the 32 answers that the store is asked for at once, what waits, and Python


@pytest.mark.parametrize(
    "request_sent",
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: portal\r\nX: " + b"x" * 100_000, id="headers-without-end"),
        pytest.param(b"\x00" * 100, id="no-http"),
        pytest.param(b"GET  /p1/a1\r\n\r\n", id="request-line"),
        pytest.param(POST + b"Content-Length: -1\r\n\r\n", id="negative"),
        pytest.param(POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n", id="two-lengths"),
        pytest.param(POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="two-ends"),
        pytest.param(POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="old-chunks"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", id="chunk-size"),
    ],
)
def test_what_is_no_request_is_refused_and_the_line_closed(portal: PortalProcess, request_sent: bytes) -> None:
    with portal.connect() as line:
        try:
            line.sendall(request_sent)
            said = everything(line)
        except ConnectionError:  # it closed before it had read all of this
            return
        assert said.startswith(b"HTTP/1.1 400")
        assert said.count(b"HTTP/1.1") == 1


def test_what_is_unusual_is_served(portal: PortalProcess) -> None:
    with portal.connect() as line:
        assert asked(line, GET_LARGE).endswith(LARGE)
        line.sendall(GET_LARGE.replace(b"GET", b"HEAD", 1)[:-2] + b"Connection: close\r\n\r\n")
        assert everything(line).endswith(b"\r\n\r\n")
    with portal.connect() as line:
        line.sendall(3 * GET)
        assert [answer(line).endswith(PAGE) for _ in range(3)] == [True] * 3
        assert asked(line).endswith(PAGE)
    with portal.connect() as line:
        assert asked(line, b"GET /p1/a1 HTTP/1.0\r\n\r\n").endswith(PAGE)
        assert line.recv(1) == b""
    with portal.connect() as line:
        for byte in GET:
            line.sendall(bytes([byte]))
        assert answer(line).endswith(PAGE)
