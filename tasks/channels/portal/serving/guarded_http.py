"""HTTP/1.1 of uvicorn, that says in which phase its connection is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import h11
from termpost.tasks.channels.portal.serving.connections import ConnectionPhase, PortalConnections
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

PIECE = 64 * 1024  # bytes: an answer is handed on in pieces, since each layer below would copy all of it


class GuardedHttp(H11Protocol):
    """One connection. It is in `connections` from before its TLS handshake until it is lost."""

    def __init__(self, config: Config, state: ServerState, connections: PortalConnections) -> None:
        super().__init__(config, state, {}, asyncio.get_running_loop())
        self._guarded = connections
        self._early = b""
        self._held = 0  # bytes of an answer that are not yet handed on
        self._whole: Callable[..., Awaitable[None]] = self.app
        self.app = self._in_pieces
        self.raw: asyncio.Transport | None = None  # below TLS
        self.beginning: asyncio.Task[None] | None = None

    @property
    def is_ours(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def is_closing(self) -> bool:
        return self.transport is not None and self.transport.is_closing()

    def unsent(self) -> int:
        # above TLS one sees only what is not yet encrypted
        lines = {self.transport, self.raw} - {None}
        return self._held + sum(line.get_write_buffer_size() for line in lines if line)

    def abort(self) -> None:
        line = self.raw or self.transport
        if line is not None:
            line.abort()
        if self.beginning is not None:
            self.beginning.cancel()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        if self not in self._guarded:  # closed meanwhile
            transport.abort()
            return
        super().connection_made(transport)
        self._guarded.enter(self, ConnectionPhase.IDLE)
        early, self._early = self._early, b""
        if early:
            self.data_received(early)

    def data_received(self, data: bytes) -> None:
        if self.transport is None:
            self._early += data  # came with the end of the handshake
            return
        super().data_received(data)
        self._tell()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._unset_keepalive_if_required()  # ours; its timer would hold on to whoever is gone
        if self in self._guarded:
            self._guarded.enter(self, ConnectionPhase.ANSWER)  # until its peer has taken it
            self._tell()

    def connection_lost(self, exc: Exception | None) -> None:
        self._guarded.leave(self)
        if self.transport is not None:
            super().connection_lost(exc)
        self._unset_keepalive_if_required()

    async def _in_pieces(self, scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        """The application, whose answers wait here while their reader takes nothing."""

        async def send_pieces(message: dict[str, Any]) -> None:
            body = message.get("body", b"")
            self._held = len(body)
            self._guarded.relieve()
            while self._held > PIECE:
                start = len(body) - self._held
                self._held -= PIECE
                await send(message | {"body": body[start : start + PIECE], "more_body": True})
            rest, self._held = body[len(body) - self._held :], 0
            await send(message | {"body": rest} if body else message)

        await self._whole(scope, receive, send_pieces)

    def _tell(self) -> None:
        self._guarded.stay(self, self._phase())

    def _phase(self) -> ConnectionPhase:
        theirs: Any = self.conn.their_state
        if theirs is h11.SEND_BODY and not self.is_closing:
            return ConnectionPhase.BODY
        if self.is_ours or self.is_closing or self.unsent():
            return ConnectionPhase.ANSWER
        return ConnectionPhase.HEADERS if self.conn.trailing_data[0] else ConnectionPhase.IDLE
