"""SMTP with a relay that may answer without end: so many bytes and so much time for one reply, and no more."""

import io
import smtplib
import socket
import time
from typing import Final

LARGEST_REPLY: Final = 65_536  # bytes; a greeting or the list of EHLO has some hundred
LONGEST_REPLY: Final = 300.0  # seconds, as RFC 5321, 4.5.3.2 has it for most


class _Replies(io.RawIOBase):
    """What the relay sends, within the budget of one reply."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._wait = line.gettimeout()
        self.begin()

    def begin(self) -> None:
        self._left, self._end = LARGEST_REPLY, time.monotonic() + LONGEST_REPLY

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what io passes is one
        left = self._end - time.monotonic()
        if self._left <= 0 or left <= 0:
            raise smtplib.SMTPServerDisconnected("a reply without end")
        self._line.settimeout(left if self._wait is None else min(self._wait, left))
        try:
            count = self._line.recv_into(buffer)
        finally:
            self._line.settimeout(self._wait)
        self._left -= count
        return count


class BoundedSmtp(smtplib.SMTP):
    """Each reply has a budget; smtplib itself bounds a line."""

    replies: _Replies | None = None

    def getreply(self) -> tuple[int, bytes]:
        """Raises SMTPServerDisconnected where the reply has no end."""
        if self.file is None and self.sock is not None:  # a new line, also the one that TLS was laid over
            self.replies = _Replies(self.sock)
            self.file = io.BufferedReader(self.replies)
        elif self.replies is not None:
            self.replies.begin()
        return super().getreply()


class BoundedSmtpSsl(BoundedSmtp, smtplib.SMTP_SSL):
    """TLS from the first byte."""
