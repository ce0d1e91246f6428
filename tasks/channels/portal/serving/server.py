"""The server of the portal: uvicorn, which speaks HTTP, behind our own door (docs/decisions/0021)."""

import asyncio
import logging
import resource
import socket
import ssl
from asyncio.sslproto import SSLProtocol
from contextlib import suppress

from starlette.types import ASGIApp
from termpost.tasks.channels.portal.serving.connections import ConnectionLimits, ConnectionPhase, PortalConnections
from termpost.tasks.channels.portal.serving.guarded_http import GuardedHttp
from uvicorn import Config, Server

LOGGER = logging.getLogger("termpost.portal")
PENDING = 1024  # connections that the system holds until they are taken
OTHER_FILES = 128  # of the process: the store's, the log
LONGEST_HEADERS = 16 * 1024  # bytes
SEND_BUFFER = 128 * 1024  # bytes that the system holds for a peer that reads slowly
AGAIN = 0.1  # seconds until the next try to take a connection
TLS_BUFFER = 16 * 1024  # bytes, a record; asyncio keeps 256 KiB for each connection, 250 MB for a thousand
CLOSING = 5  # seconds for a peer to say that TLS ends
ENDING = 2  # seconds in which what is being answered may end


class PortalServer(Server):
    """Serves an application on a socket that listens, until a signal or `should_exit` ends it."""

    def __init__(self, app: ASGIApp, limits: ConnectionLimits, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(
            # no access log: a link is a key to a locked page, and who fetched it when is nobody's business
            Config(app, http="h11", ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
                   proxy_headers=False, h11_max_incomplete_event_size=LONGEST_HEADERS, timeout_graceful_shutdown=ENDING)
        )  # fmt: skip
        self._limits, self._tls = limits, tls

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        loop = asyncio.get_running_loop()
        self.servers = []  # of asyncio: none, since it takes connections without asking us
        self._connections = PortalConnections(self._limits, loop.time)
        if self._tls is not None:
            SSLProtocol.max_size = TLS_BUFFER
        self._accepting = [loop.create_task(self._accept(listening)) for listening in sockets or []]
        self.started = True

    async def on_tick(self, counter: int) -> bool:
        for task in self._accepting:
            if task.done():  # it never ends by itself: a portal that takes nobody must not look alive
                task.result()
        self._connections.sweep()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for task in self._accepting:
            task.cancel()
        await asyncio.gather(*self._accepting, return_exceptions=True)
        self._connections.end_waiting()
        await super().shutdown(sockets)

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        listening.setblocking(False)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)  # whoever it accepts inherits it
        listening.listen(PENDING)
        while True:
            try:
                line, _ = await loop.sock_accept(listening)
            except OSError as error:
                LOGGER.warning("no connection can be taken: %s", error.strerror)
                self._connections.give_files_back()
                await asyncio.sleep(AGAIN)
                continue
            if self._connections.make_room():
                self._begin(line)
            else:
                LOGGER.warning("all connections are being answered: somebody was turned away")
                line.close()
            await asyncio.sleep(0)  # many may be waiting, and so are those who are here

    def _begin(self, line: socket.socket) -> None:
        connection = GuardedHttp(self.config, self.server_state, self._connections)
        self._connections.enter(connection, ConnectionPhase.HANDSHAKE if self._tls else ConnectionPhase.IDLE)
        connection.beginning = asyncio.get_running_loop().create_task(self._connect(connection, line))

    async def _connect(self, connection: GuardedHttp, line: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        line.setblocking(False)
        try:
            if self._tls is None:
                await loop.connect_accepted_socket(lambda: connection, line)
                return
            connection.raw, _ = await loop.connect_accepted_socket(_Silent, line)
            secure = await loop.start_tls(connection.raw, connection, self._tls, server_side=True,
                                          ssl_handshake_timeout=self._limits.request_seconds,
                                          ssl_shutdown_timeout=CLOSING)  # fmt: skip
        except OSError:  # no TLS, or gone
            self._connections.leave(connection)
        else:
            if secure is not None:
                connection.connection_made(secure)


class _Silent(asyncio.Protocol):
    """Until TLS has begun nothing is read."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            transport.pause_reading()


def fitting(connections: int) -> int:
    """So many connections, or as many as this process may have files; its soft limit is raised as far as needed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return connections if soft == resource.RLIM_INFINITY else max(1, min(connections, soft - OTHER_FILES))
