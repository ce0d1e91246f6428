"""Connects to the school's relay: TLS or nothing, then a login. Errors show here, before anything is sent."""

import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.settings.channels import Email
from termpost.tasks.channels.email.bounded_smtp import BoundedSmtp, BoundedSmtpSsl
from termpost.tasks.secrets.keys import read_secret

SECRET = "smtp-password"  # noqa: S105 - its name
VARIABLE = "TERMPOST_SECRET_SMTP_PASSWORD"
WAIT = 60.0  # seconds for an answer; RFC 5321 4.5.3.2 asks for five minutes, which is long for a relay of one's own
WHERE = "termpost.toml [channels.email]"
SPOKEN = 250  # the answer to EHLO
PERMANENT = 500  # first reply code that says: not like this, whenever


@dataclass(frozen=True)
class Relay:
    """How it is reached."""

    host: str
    port: int
    sender: str  # envelope sender too: where bounces come back to
    implicit_tls: bool = False  # TLS from the first byte; else STARTTLS, without which nothing goes on
    user: str = ""
    password: str | None = None
    ca_file: Path | None = None
    per_minute: int = 0

    def __repr__(self) -> str:
        return f"Relay(port={self.port})"  # it may end in a log, and a password may not


def relay_of(email: Email, home: Path, environ: Mapping[str, str]) -> Relay:
    """From settings and secrets of a home; InputError where the password is missing or its variable empty."""
    password = read_secret(home / "secrets", SECRET, environ, VARIABLE)
    if email.user and password is None:
        raise InputError("no-secret", "the password for the mail relay is missing", f"secrets/{SECRET}",
                         f"write it there, readable by its owner only, or set {VARIABLE}")  # fmt: skip
    return Relay(
        email.host, email.port, email.sender, implicit_tls=email.implicit_tls, user=email.user, password=password,
        ca_file=home / email.ca_file if email.ca_file else None, per_minute=email.per_minute,
    )  # fmt: skip


def connect(relay: Relay, wait: float = WAIT) -> smtplib.SMTP:
    """A connection under TLS with a certificate that was verified, logged in where there is a user.

    InputError for what a person must fix (no TLS, certificate, login); RetryableError where the relay is away or busy.
    Neither repeats what the relay said: a reply may hold anything.
    """
    context = _context(relay.ca_file)
    greeting = relay.sender.rpartition("@")[2]  # not this machine's name, which is nobody's business
    with _said_plainly(entering=False):
        if relay.implicit_tls:
            smtp: smtplib.SMTP = BoundedSmtpSsl(relay.host, relay.port, greeting, timeout=wait, context=context)
        else:
            smtp = BoundedSmtp(relay.host, relay.port, greeting, timeout=wait)
    try:
        with _said_plainly(entering=True):
            if smtp.sock is not None:  # else the final dot, sent alone, waits 40 ms for the one before
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _hello(smtp)
            if not relay.implicit_tls:
                smtp.starttls(context=context)
                _hello(smtp)  # what was said before TLS does not count (RFC 3207, section 4.2)
        if relay.user:
            with _said_plainly(entering=False):
                smtp.login(relay.user, relay.password or "")
    except BaseException:
        smtp.close()
        raise
    return smtp


def _hello(smtp: smtplib.SMTP) -> None:
    code, text = smtp.ehlo()
    if code != SPOKEN:
        raise smtplib.SMTPResponseException(code, text)


@contextmanager
def _said_plainly(*, entering: bool) -> Iterator[None]:
    """Errors of the line as ours; theirs may repeat an address or a password, so none is chained."""
    try:
        yield
    except ssl.SSLError as error:
        raise _about_tls(error) from None
    except smtplib.SMTPNotSupportedError:
        raise _no_tls() if entering else _login() from None
    except smtplib.SMTPResponseException as error:
        raise _about_reply(error, entering=entering) from None
    except smtplib.SMTPServerDisconnected as error:
        raise _away("broke off", error) from None
    except (smtplib.SMTPException, UnicodeError):  # no way of logging in that we know, or a password that is not ASCII
        raise _login() from None
    except OSError as error:  # last, since every error of smtplib is one
        raise _away("does not answer", error) from None


def _about_tls(error: ssl.SSLError) -> Exception:
    if isinstance(error, ssl.SSLCertVerificationError):
        return InputError("relay-certificate", "the mail relay's certificate is not to be trusted", f"{WHERE} host",
                          "give it one for that name; ca_file if its authority is your own")  # fmt: skip
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return _away("broke off", error)
    return InputError("relay-tls", "the mail relay does not speak TLS as it should", f"{WHERE} port",
                      "587 with STARTTLS, or 465 for TLS from the first byte; at least TLS 1.2")  # fmt: skip


def _about_reply(error: smtplib.SMTPResponseException, *, entering: bool) -> Exception:
    if error.smtp_code < PERMANENT:
        return _away("is busy", error)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _login()
    if entering:
        return _no_tls()
    return InputError("relay-refuses", "the mail relay does not serve this machine", f"{WHERE} host",
                      "ask whoever runs it to let this machine send")  # fmt: skip


def _login() -> InputError:
    return InputError("relay-login", "the mail relay refuses user and password", f"{WHERE} user",
                      f"correct user, or secrets/{SECRET}; leave user out where the relay offers no login")  # fmt: skip


def _no_tls() -> InputError:
    return InputError("relay-no-tls", "the mail relay offers no TLS, and nothing is sent without", f"{WHERE} host",
                      "switch STARTTLS on at the relay, or use its port 465")  # fmt: skip


def _context(ca_file: Path | None) -> ssl.SSLContext:
    """Verifies chain and name; a file of the school's own adds to nothing and stands alone."""
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except OSError:  # not there, or no certificates in it
        raise InputError("bad-ca-file", "the file with the relay's authority cannot be read", f"{WHERE} ca_file",
                         "give a PEM file with the certificate of the authority") from None  # fmt: skip


def _away(what: str, error: Exception) -> RetryableError:
    return RetryableError(f"the mail relay {what} ({type(error).__name__})")
