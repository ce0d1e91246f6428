"""Debian's Dovecot on loopback under TLS, one a worker: every name is a user with one password and an empty mailbox."""

import imaplib
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from tests.services.smtp_server import Authority

PASSWORD = "correct-horse-Imap"  # noqa: S105 - of a server that lives as long as the tests
PATIENCE = 30  # seconds
_numbers = count(1)
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = required
ssl_cert = <{chain}
ssl_key = <{chain}
disable_plaintext_auth = yes
auth_failure_delay = 0
default_vsz_limit = 0
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={user} home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class ImapService:
    """A test takes a user of its own."""

    port: int
    trusted: Authority

    def user(self) -> "ImapUser":
        return ImapUser(self, f"office{next(_numbers)}-{os.getpid()}")


@dataclass(frozen=True)
class ImapUser:
    """One mailbox, seen as a person sees it: by IMAP."""

    service: ImapService
    name: str

    @property
    def url(self) -> str:
        return f"imaps://{self.name}@localhost:{self.service.port}/INBOX"

    @contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4_SSL]:
        context = ssl.create_default_context(cafile=str(self.service.trusted.ca_file))
        with imaplib.IMAP4_SSL("localhost", self.service.port, ssl_context=context) as imap:
            imap.login(self.name, PASSWORD)
            imap.select("INBOX")
            yield imap

    def put(self, *mails: bytes, came: datetime | None = None) -> None:
        """As the server took them in, at that instant or now."""
        with self.opened() as imap:
            for mail in mails:
                state, _ = imap.append("INBOX", "", imaplib.Time2Internaldate(came) if came else "", mail)
                assert state == "OK"

    def flags(self) -> list[set[str]]:
        """Of each mail, in the order of arrival; without what the server adds by itself."""
        with self.opened() as imap:
            _, found = imap.fetch("1:*", "(FLAGS)")
            return [{flag.decode() for flag in imaplib.ParseFlags(one)} - {"\\Recent"}
                    for one in found if isinstance(one, bytes)]  # fmt: skip


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def imap_service(trusted: Authority) -> Iterator[ImapService]:
    """Its folder is one that the mail user may enter, which those of pytest are not."""
    folder = Path(tempfile.mkdtemp(prefix="imap-"))
    folder.chmod(0o755)
    (folder / "mail").mkdir(mode=0o777)
    (folder / "mail").chmod(0o777)
    port, user = _free_port(), pwd.getpwnam("nobody")
    config = folder / "dovecot.conf"
    said = {"folder": folder, "chain": trusted.chain, "password": PASSWORD, "user": user.pw_uid, "port": port}
    config.write_text(CONFIG.format(**said))
    running = subprocess.Popen(["dovecot", "-F", "-c", config], start_new_session=True)
    try:
        _wait_for(port, running, folder)
        yield ImapService(port, trusted)
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, running: subprocess.Popen[bytes], folder: Path) -> None:
    patience = time.monotonic() + PATIENCE
    while time.monotonic() < patience and running.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError((folder / "log").read_text() if (folder / "log").exists() else "dovecot did not come up")
