"""Whether families reach the portal at the address that letters name, for how long its certificate holds, and whether
its clock is ours."""

import ssl
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from termpost.schemas.base.counted import counted
from termpost.tasks.home.home import Home
from termpost.tasks.store.finding import Finding, found

WAIT: Final = 10.0  # seconds
SOON: Final = 21  # days in which a certificate is renewed by most
APART: Final = timedelta(minutes=5)
RESERVED: Final = ("example", "example.org", "example.com", "example.net", "invalid", "test")  # RFC 2606: nobody's
SERVER_FAULT: Final = 500


def audit_public_address(home: Home, context: ssl.SSLContext | None = None) -> Iterator[Finding]:
    """Nothing where there is no portal, or its address is still that of the starter file."""
    portal = home.settings.channels.portal
    if portal is None:
        return
    parts = urlsplit(portal.base_url)
    host = parts.hostname or ""
    if any(host == name or host.endswith(f".{name}") for name in RESERVED):
        return
    connection: HTTPConnection = HTTPConnection(host, parts.port, timeout=WAIT)
    if parts.scheme == "https":
        connection = HTTPSConnection(host, parts.port, timeout=WAIT, context=context or ssl.create_default_context())
    with closing(connection):
        yield from _asked(connection, f"{parts.path.rstrip('/')}/", home.clock.now())


def _asked(connection: HTTPConnection, path: str, now: datetime) -> Iterator[Finding]:
    remedy = "start it (termpost serve), or correct [channels.portal] base_url and the way to it"
    try:
        connection.connect()
        if isinstance(connection.sock, ssl.SSLSocket):  # asked before the answer, after which it may be closed
            yield from _certificate(connection.sock, now)
        connection.request("GET", path)
        answer = connection.getresponse()
    except ssl.SSLCertVerificationError as error:
        yield _lacks("portal", f"the portal's certificate does not hold ({error.verify_message})", "renew it")
        return
    except (OSError, HTTPException) as error:
        yield _lacks("portal", f"the portal does not answer at its public address ({type(error).__name__})", remedy)
        return
    yield found(
        "portal", holds=answer.status < SERVER_FAULT, good="the portal answers at its public address",
        bad=f"the portal answers {answer.status} at its public address", remedy=remedy, stops_runs=False,
    )  # fmt: skip
    yield from _clock(answer.getheader("Date"), now)


def _certificate(at: ssl.SSLSocket, now: datetime) -> Iterator[Finding]:
    ends = str((at.getpeercert() or {}).get("notAfter", ""))
    if not ends:
        return
    days = (datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) - now).days
    said = f"the portal's certificate holds for {counted(days, 'day')} more"
    if days > SOON:
        yield Finding("certificate", "holds", said)
    else:
        yield Finding("certificate", "warns", said, "renew it, and see why that does not happen by itself",
                      stops_runs=False)  # fmt: skip


def _clock(date: str | None, now: datetime) -> Iterator[Finding]:
    try:
        theirs = parsedate_to_datetime(date or "")
    except ValueError:
        return
    apart = abs(theirs - now) if theirs.tzinfo else timedelta(0)
    if apart > APART:
        minutes = counted(round(apart.total_seconds() / 60), "minute")
        yield _lacks("clock", f"this machine and the portal's are {minutes} apart", "set both clocks (NTP)")


def _lacks(control: str, what: str, remedy: str) -> Finding:
    return Finding(control, "lacks", what, remedy, stops_runs=False)
