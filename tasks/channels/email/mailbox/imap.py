"""A mailbox on the school's own server, by IMAP under TLS (RFC 9051, RFC 8314): every answer has a bound."""

import imaplib
import io
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.settings.sections.feedback_settings import IMAPS, FeedbackSettings, ImapPlace
from termpost.tasks.channels.email.mailbox.lying_mail import LARGEST_HEAD, LARGEST_MAIL, MOST, LyingMail
from termpost.tasks.secrets.keys import read_secret

SECRET = "imap-password"  # noqa: S105 - its name
VARIABLE = "TERMPOST_SECRET_IMAP_PASSWORD"
WHERE: Final = "termpost.toml [feedback] mailbox"
WAIT: Final = 30.0  # seconds for an answer
LONGEST: Final = 300.0  # seconds for all of it; the next run goes on
ROOM: Final = 1_048_576  # bytes that one answer may have besides a mail
WINDOW: Final = 5_000  # mails that one search looks at
TAKEN, LEFT = "TermpostTaken", "TermpostLeft"  # keywords, where the server keeps any
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,18})\b")
_CAME = re.compile(rb'INTERNALDATE "([ \d]\d-[A-Za-z]{3}-\d{4} \d\d:\d\d:\d\d [+-]\d{4})"')


class _Answers(io.RawIOBase):
    """What the server sends, within the room of one answer and the time of the whole connection."""

    def __init__(self, line: socket.socket, seconds: float) -> None:
        self._line, self._end = line, time.monotonic() + seconds
        self.begin(ROOM)

    def begin(self, room: int) -> None:
        self._left = room

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what io passes is one
        left = self._end - time.monotonic()
        if self._left <= 0 or left <= 0:
            raise TimeoutError("an answer without end")
        self._line.settimeout(min(WAIT, left))
        count = self._line.recv_into(buffer)
        self._left -= count
        return count


class BoundedImap(imaplib.IMAP4_SSL):
    """imaplib bounds a line and nothing else."""

    answers: _Answers

    def __init__(self, host: str, port: int, context: ssl.SSLContext, longest: float = LONGEST) -> None:
        self._longest = longest
        super().__init__(host, port, ssl_context=context, timeout=WAIT)

    def open(self, host: str = "", port: int | None = IMAPS, timeout: float | None = None) -> None:
        super().open(host, port, timeout)
        self.answers = _Answers(self.sock, self._longest)
        self.file = io.BufferedReader(self.answers)

    def read(self, size: int) -> bytes:
        """Raises abort where the server announces more than anything may have that is asked for."""
        if size > LARGEST_MAIL + ROOM:
            raise self.abort("an answer that is too large")
        return bytes(self.file.read(size))

    def ask(self, command: str, *words: str, room: int = ROOM) -> list[Any]:
        """A command by UID; what it answers. Raises error where it is refused."""
        self.answers.begin(room)
        state, data = self.uid(command, *words)
        if state != "OK":
            raise self.error("refused")
        return list(data)


class ImapMailbox:
    """The selected folder. A name is a UID."""

    def __init__(self, imap: BoundedImap, count: int, *, keeps_keywords: bool) -> None:
        self._imap, self._count, self._keeps_keywords = imap, count, keeps_keywords

    def lying(self) -> Iterator[LyingMail]:
        """Errors: RetryableError where the server is away, or takes too long."""
        left = MOST
        with _said_plainly():
            for first in range(1, self._count + 1, WINDOW):
                uids = self._search(first, min(first + WINDOW - 1, self._count))
                for uid in uids[:left]:
                    found = self._head(uid)
                    if found:
                        yield found
                left -= len(uids)
                if left <= 0:
                    return

    def mark(self, names: Sequence[str], *, taken: bool) -> None:
        """One by one, so that no line is long. Errors: RetryableError."""
        word = TAKEN if taken else LEFT
        flags = f"({word} \\Seen)" if taken else f"({word})"
        if not self._keeps_keywords:
            flags = "(\\Seen)" if taken else "(\\Flagged)"
        with _said_plainly():
            for name in names:
                self._imap.ask("STORE", name, "+FLAGS.SILENT", flags)

    def _search(self, first: int, last: int) -> list[str]:
        unseen = f"UNKEYWORD {TAKEN} UNKEYWORD {LEFT}" if self._keeps_keywords else "UNSEEN UNFLAGGED"
        (found,) = self._imap.ask("SEARCH", f"{first}:{last} UNDELETED {unseen}")
        return [uid.decode() for uid in (found or b"").split()]

    def _head(self, uid: str) -> LyingMail | None:
        try:
            data = self._imap.ask("FETCH", uid, f"(RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER]<0.{LARGEST_HEAD}>)")
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:  # one that the server cannot give; whatever lies behind it is read all the same
            return LyingMail(uid, 0, b"", lambda: b"")
        around, literals = _parts(data)
        size = _SIZE.search(around)
        if size is None or not literals:  # taken away meanwhile
            return None
        return LyingMail(uid, int(size[1]), literals[0], lambda: self._whole(uid), _came(around))

    def _whole(self, uid: str) -> bytes:
        with _said_plainly():
            room = LARGEST_MAIL + ROOM
            try:
                answer = self._imap.ask("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST_MAIL + 1}>)", room=room)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:  # as above
                return b""
            _, literals = _parts(answer)
        return literals[0] if literals else b""


def _came(around: bytes) -> datetime | None:
    """When the server took it in (RFC 9051, 2.3.3): its own word, which nobody who writes a mail can give."""
    found = _CAME.search(around)
    try:
        return datetime.strptime(found[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z") if found else None
    except ValueError:
        return None


def _parts(data: Sequence[Any]) -> tuple[bytes, list[bytes]]:
    """What stands around the literals of an answer, and the literals."""
    pairs = [one for one in data if isinstance(one, tuple)]
    rest = [one for one in data if isinstance(one, bytes)]
    return b" ".join([*(pair[0] for pair in pairs), *rest]), [pair[1] for pair in pairs]


@contextmanager
def opened_mailbox(
    place: ImapPlace, settings: FeedbackSettings, home: Path, environ: Mapping[str, str], longest: float = LONGEST
) -> Iterator[ImapMailbox]:
    """Logged in over TLS with a certificate that was verified.

    Raises:
        InputError: what a person must fix: the password, the certificate, the folder.
        RetryableError: the server is away.
    """
    password = read_secret(home / "secrets", SECRET, environ, VARIABLE)
    if password is None:
        raise InputError("no-secret", "the password of the mailbox is missing", f"secrets/{SECRET}",
                         f"write it there, readable by its owner only, or set {VARIABLE}")  # fmt: skip
    context = _context(home / settings.mailbox_ca_file if settings.mailbox_ca_file else None)
    with _said_plainly():
        imap = BoundedImap(place.host, place.port, context, longest)
    try:
        with _said_plainly():
            _log_in(imap, place.user, password)
            mailbox = _select(imap, place.folder)
        yield mailbox
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            imap.logout()


def _log_in(imap: BoundedImap, user: str, password: str) -> None:
    try:
        imap.login(user, password)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, UnicodeError):
        raise InputError("mailbox-login", "the mail server refuses user and password", WHERE,
                         f"correct the user, or secrets/{SECRET}") from None  # fmt: skip


def _select(imap: BoundedImap, folder: str) -> ImapMailbox:
    imap.answers.begin(ROOM)
    state, found = imap.select(f'"{folder}"')
    if state != "OK":
        raise InputError("no-mailbox", "there is no such folder in the mailbox", WHERE,
                         "correct what stands after the host")  # fmt: skip
    count = found[0] or b"0"
    _, flags = imap.response("PERMANENTFLAGS")
    keeps = any(b"\\*" in one for one in flags if isinstance(one, bytes))
    return ImapMailbox(imap, int(count) if count.isdigit() else 0, keeps_keywords=keeps)


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Errors of the line as ours; theirs may repeat what the server said, so none is chained."""
    try:
        yield
    except ssl.SSLCertVerificationError:
        what, remedy = "certificate is not to be trusted", "mailbox_ca_file if its authority is your own"
        raise InputError("mailbox-certificate", f"the mail server's {what}", WHERE,
                         f"give it one for that name; {remedy}") from None  # fmt: skip
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        raise RetryableError(f"the mailbox does not answer as it should ({type(error).__name__})") from None


def _context(ca_file: Path | None) -> ssl.SSLContext:
    """Verifies chain and name."""
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError:
        raise InputError("bad-ca-file", "the file with the mail server's authority cannot be read",
                         "termpost.toml [feedback] mailbox_ca_file",
                         "give a PEM file with the certificate of the authority") from None  # fmt: skip
