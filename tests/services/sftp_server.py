"""An SFTP server on loopback, in a thread: asyncssh's own, over a folder, with faults on request."""

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "exports", "correct-horse-Qzx"


@dataclass
class SftpService:
    """Where it listens, and what it should do wrong."""

    folder: Path
    host_key: asyncssh.SSHKey
    port: int = 0
    user_key: asyncssh.SSHKey | None = None
    drop_reads: list[int] = field(default_factory=list)  # numbers of the reads at which the line goes dead
    before_read: Callable[[], None] = lambda: None
    opened: list[str] = field(default_factory=list)
    reads: int = 0

    @property
    def uri(self) -> str:
        return f"sftp://{USER}@127.0.0.1:{self.port}"

    def known_hosts(self, path: Path, key: asyncssh.SSHKey | None = None) -> Path:
        line = (key or self.host_key).export_public_key().decode()
        path.write_text(f"[127.0.0.1]:{self.port} {line}")
        return path


class _Login(asyncssh.SSHServer):
    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


def _files(service: SftpService) -> Any:
    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
            super().__init__(channel, chroot=os.fsencode(service.folder))
            self.line = channel

        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            service.opened.append(path.decode())
            return super().open(path, pflags, attrs)

        def read(self, file_obj: object, offset: int, size: int) -> bytes:
            service.reads += 1
            if service.reads in service.drop_reads:
                self.line.get_connection().abort()
            service.before_read()
            return super().read(file_obj, offset, size)  # type: ignore[return-value]

    return Files


@contextmanager
def sftp_service(folder: Path) -> Iterator[SftpService]:
    service = SftpService(folder, asyncssh.generate_private_key("ssh-ed25519"))
    service.user_key = asyncssh.generate_private_key("ssh-ed25519")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        allowed = asyncssh.import_authorized_keys(service.user_key.export_public_key().decode())  # type: ignore[union-attr]
        return await asyncssh.listen(
            "127.0.0.1", 0, server_factory=_Login, server_host_keys=[service.host_key],
            authorized_client_keys=allowed, sftp_factory=_files(service),
        )  # fmt: skip

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    service.port = server.get_port()
    try:
        yield service
    finally:

        async def close() -> None:
            server.close()
            await server.wait_closed()

        asyncio.run_coroutine_threadsafe(close(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
