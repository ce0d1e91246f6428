"""The portal of a home on loopback, as `termpost serve` runs it."""

import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import httpx
from starlette.applications import Starlette
from termpost.tasks.channels.portal.serving.connections import ConnectionLimits
from termpost.tasks.channels.portal.serving.server import PortalServer


@contextmanager
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as found:
        yield found


@contextmanager
def serving(app: Starlette, at: socket.socket) -> Iterator[None]:
    """Requests wait in the socket until the server takes them, so nobody waits for its start."""
    server = PortalServer(app, ConnectionLimits())
    thread = Thread(target=server.run, kwargs={"sockets": [at]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def asking(app: Starlette) -> Iterator[httpx.Client]:
    with (
        listening() as at,
        serving(app, at),
        httpx.Client(base_url=f"http://127.0.0.1:{at.getsockname()[1]}") as client,
    ):
        yield client


@dataclass
class PortalProcess:
    """`termpost serve` as it runs."""

    port: int
    process: "subprocess.Popen[str]"
    log: Path  # its standard error
    said: list[str] = field(default_factory=list)  # the first line; all of it once it has ended
    trusting: ssl.SSLContext | None = None  # who speaks TLS to it

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def memory(self) -> int:
        """MB that it holds."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) // 1024

    @property
    def files(self) -> int:
        """How many it has open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    @property
    def seconds(self) -> float:
        """That it has computed."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def connect(self, *, in_clear: bool = False, receive_buffer: int = 0) -> socket.socket:
        line = socket.socket()
        line.settimeout(20)
        if receive_buffer:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        line.connect(("127.0.0.1", self.port))
        if self.trusting is None or in_clear:
            return line
        return self.trusting.wrap_socket(line, server_hostname="localhost")


@contextmanager
def portal_process(home: Path, *arguments: object) -> Iterator[PortalProcess]:
    """Runs it until the end of the block, then ends it by SIGTERM."""
    with listening() as at:
        port = at.getsockname()[1]
    program = [sys.executable, "-c", "from termpost.flows.cli import main; main()", "serve", "--port", str(port)]
    log = home.parent / f"portal-{port}.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [*program, "--home", str(home), *map(str, arguments)], stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        assert process.stdout
        portal = PortalProcess(port, process, log, [process.stdout.readline()])
        try:
            yield portal
        finally:
            process.terminate()
            portal.said += [process.communicate(timeout=30)[0], log.read_text()]
