"""Asking a OneRoster service: patient where it is busy, exact about what is wrong where it is not."""

import json
import socket
import ssl
import time
from dataclasses import dataclass
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.tasks.extract.access import Access
from termpost.tasks.runtime.retry import retried

ATTEMPTS = 6
FIRST_WAIT, LONGEST_WAIT = 1.0, 120.0  # seconds
LARGEST = 64 * 2**20  # bytes of one answer, unpacked; a page of 10,000 objects has some ten million
LONGEST = 900.0  # seconds until an answer is whole
TIMEOUT = httpx.Timeout(60.0, connect=20.0)
BUSY = 500  # from this status on, and on 429, the service may answer later


@dataclass(frozen=True)
class HttpAnswer:
    """A whole answer, whatever its status."""

    status: int
    headers: httpx.Headers
    body: bytes

    def json(self) -> Any:
        """Its JSON with every number exact; ValueError where it is none."""
        try:
            return json.loads(self.body, parse_float=Decimal)
        except RecursionError:
            raise ValueError("too deeply nested") from None


class Connection:
    """One connection; `shown` is what an error says of where."""

    def __init__(self, access: Access) -> None:
        self.access = access
        # no redirect is followed: what is sent along is for this address only
        self.client = httpx.Client(timeout=TIMEOUT, follow_redirects=False, headers={"Accept": "application/json"})

    def close(self) -> None:
        self.client.close()

    def ask(self, method: str, url: str, shown: str, **sent: Any) -> HttpAnswer:
        """Sends, and again after a wait where the service is busy or the line breaks.

        Raises:
            InputError: host unknown, refused, no TLS, or an answer out of all proportion.
            RetryableError: still busy after the last attempt.
        """

        def once() -> HttpAnswer:
            answer = self._once(method, url, shown, sent)
            if _is_busy(answer.status):
                wait = _retry_after(answer.headers)
                asked = f", which asks to wait {wait:.0f} seconds" if wait > LONGEST_WAIT else ""
                raise _BusyError(f"the service is busy or broken, HTTP {answer.status}{asked} ({shown})", wait)
            return answer

        try:
            return retried(once, attempts=ATTEMPTS, first_wait=FIRST_WAIT, longest_wait=LONGEST_WAIT,
                           may_pass=_may_pass, asked_wait=_asked_wait, sleep=self.access.sleep)  # fmt: skip
        except httpx.TransportError as error:
            raise _unreachable(error, shown) from None

    def _once(self, method: str, url: str, shown: str, sent: dict[str, Any]) -> HttpAnswer:
        end = time.monotonic() + LONGEST
        with self.client.stream(method, url, **sent) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if time.monotonic() > end:  # each piece may come in time, and the answer never
                    raise InputError("too-slow", f"an answer was not whole after {LONGEST / 60:.0f} minutes", shown,
                                     "ask who runs the service what holds it up")  # fmt: skip
                if len(body) > LARGEST:
                    raise InputError("too-large", "one page is far larger than a page", shown,
                                     "check that the address is that of a OneRoster service")  # fmt: skip
            return HttpAnswer(response.status_code, response.headers, bytes(body))


class _BusyError(RetryableError):
    """An answer that says: not now."""

    def __init__(self, said: str, asked_wait: float) -> None:
        super().__init__(said)
        self.asked_wait = asked_wait  # seconds


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, _BusyError):
        return error.asked_wait <= LONGEST_WAIT
    return isinstance(error, httpx.TransportError) and not _hopeless(error)


def _asked_wait(error: BaseException) -> float:
    return error.asked_wait if isinstance(error, _BusyError) else 0.0


def _is_busy(status: int) -> bool:
    return status == HTTPStatus.TOO_MANY_REQUESTS or (status >= BUSY and status != HTTPStatus.NOT_IMPLEMENTED)


def _retry_after(headers: httpx.Headers) -> float:
    """Seconds (RFC 9110, 10.2.3), 0 where it says nothing; a date counts from the service's own clock."""
    said = headers.get("Retry-After", "")
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        return (parsedate_to_datetime(said) - parsedate_to_datetime(headers.get("Date", ""))).total_seconds()
    except (ValueError, TypeError):  # no date, or one without a zone
        return 0.0


def _reasons(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _hopeless(error: Exception) -> bool:
    """A wrong certificate or a name nobody knows stays so."""
    return any(
        isinstance(reason, ssl.SSLCertVerificationError | socket.gaierror) for reason in _reasons(error)
    ) or isinstance(error, httpx.UnsupportedProtocol | httpx.ProxyError)


def _unreachable(error: Exception, shown: str) -> Exception:
    for reason in _reasons(error):
        match reason:
            case ssl.SSLError():
                return InputError("tls-failed", "the service cannot prove who it is (TLS)", shown,
                                  "check address and certificate; never switch the check off")  # fmt: skip
            case socket.gaierror():
                return InputError("source-unreachable", "the host is not known", shown, "check its name")
            case ConnectionRefusedError():
                return InputError("source-unreachable", "connection refused", shown, "check host and port")
    return RetryableError(f"the connection broke off or nobody answered ({shown})")
