"""The portal of a home on loopback, as `termpost serve` runs it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import httpx
import uvicorn
from starlette.applications import Starlette


@contextmanager
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as found:
        yield found


@contextmanager
def serving(app: Starlette, at: socket.socket) -> Iterator[None]:
    """Requests wait in the socket until the server takes them, so nobody waits for its start."""
    server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="warning", lifespan="off"))
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
