"""An SMTP server on loopback with TLS, in a thread: aiosmtpd over mailboxes in memory, with faults on request."""

# ruff: noqa: ARG002, N802 - aiosmtpd gives the hooks their names and arguments

import asyncio
import re
import shutil
import ssl
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

USER, PASSWORD = "reports", "correct-horse-Qzx"
FIRST_DAY, LAST_DAY = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Authority:
    """A certificate authority of its own, and a certificate that it gave to a name."""

    folder: Path

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    @property
    def chain(self) -> Path:
        return self.folder / "server.pem"

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.chain)
        return context


def authority(folder: Path, name: str = "localhost", last_day: datetime = LAST_DAY) -> Authority:
    """Writes both; the certificate is for `name`, and for 127.0.0.1 where that is localhost."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Authority(folder)
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer, subject = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in ("Test authority", name))

    def draft(owner: x509.Name, public: ec.EllipticCurvePublicKey, until: datetime) -> x509.CertificateBuilder:
        start = x509.CertificateBuilder(issuer_name=issuer, subject_name=owner, public_key=public)
        start = start.serial_number(x509.random_serial_number()).not_valid_before(FIRST_DAY).not_valid_after(until)
        own = x509.SubjectKeyIdentifier.from_public_key(public)
        by = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
        return start.add_extension(own, critical=False).add_extension(by, critical=False)

    uses = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    root = draft(issuer, ca_key.public_key(), LAST_DAY + timedelta(days=1))
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    root_cert = root.add_extension(uses, critical=True).sign(ca_key, SHA256())
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == "localhost":
        names.append(x509.IPAddress(ip_address("127.0.0.1")))
    leaf = draft(subject, key.public_key(), last_day).add_extension(x509.SubjectAlternativeName(names), critical=False)
    cert = leaf.sign(ca_key, SHA256())
    made.ca_file.write_bytes(root_cert.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    made.chain.write_bytes(secret + cert.public_bytes(Encoding.PEM))
    return made


@dataclass
class SmtpService:
    """Mailboxes, what was said, and what it should do wrong."""

    port: int = 0
    boxes: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    answers: defaultdict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))  # by step, used up
    always: dict[str, str] = field(default_factory=dict)  # by address: the answer to RCPT
    drop: deque[str] = field(default_factory=deque)  # per message: "", "at-data", "before-storing", "after-storing"
    offers_dsn: bool = True
    options: list[str] = field(default_factory=list)  # of MAIL and RCPT, as the client wrote them
    hellos: int = 0  # two a connection with STARTTLS
    in_clear: list[str] = field(default_factory=list)  # commands that came without TLS
    stored: Callable[[int], None] = lambda _: None  # told how many messages there are, before the client is answered

    def next_answer(self, step: str) -> str:
        return self.answers[step].popleft() if self.answers[step] else ""

    @property
    def received(self) -> int:
        return sum(len(box) for box in self.boxes.values())


def hang_up(server: SMTP) -> None:
    """Without a word, as a line that breaks."""
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


class _Handler:
    def __init__(self, service: SmtpService) -> None:
        self.service = service

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.service.hellos += 1
        return [lines[0], "250-DSN", *lines[1:]] if self.service.offers_dsn else lines

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        refusal = self.service.next_answer("mail")
        if not refusal:
            envelope.mail_from = address
        return refusal or "250 2.1.0 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        refusal = self.service.always.get(address) or self.service.next_answer("rcpt")
        if not refusal:
            envelope.rcpt_tos.append(address)
        return refusal or "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fate = self.service.drop.popleft() if self.service.drop else ""
        refusal = self.service.next_answer("end")
        if fate != "before-storing" and not refusal:
            for address in envelope.rcpt_tos:
                self.service.boxes[address].append(envelope.original_content or b"")
            self.service.stored(self.service.received)
        if fate:
            hang_up(server)
        return refusal or "250 2.0.0 Queued"


class _Server(SMTP):
    service: SmtpService

    def _is_clear(self) -> bool:
        return self.transport is None or self.transport.get_extra_info("sslcontext") is None

    async def smtp_EHLO(self, hostname: str) -> None:
        early = self.service.next_answer("ehlo")
        await (self.push(early) if early else super().smtp_EHLO(hostname))

    async def smtp_STARTTLS(self, arg: str) -> None:
        refusal = self.service.next_answer("starttls")
        await (self.push(refusal) if refusal else super().smtp_STARTTLS(arg))

    async def smtp_MAIL(self, arg: str) -> None:
        if self._is_clear():
            self.service.in_clear.append("MAIL")
        await super().smtp_MAIL(self._without_dsn(arg))

    async def smtp_RCPT(self, arg: str) -> None:
        await super().smtp_RCPT(self._without_dsn(arg))

    async def smtp_DATA(self, arg: str) -> None:
        refusal = self.service.next_answer("data")
        if refusal:
            await self.push(refusal)
        elif self.service.drop and self.service.drop[0] == "at-data":
            self.service.drop.popleft()
            await self.push("354 Go ahead")
            hang_up(self)
        else:
            await super().smtp_DATA(arg)

    def _without_dsn(self, arg: str) -> str:
        """aiosmtpd knows no RFC 3461, so its parameters are noted and taken out."""
        self.service.options.append(arg)
        return re.sub(r" (RET|ENVID|NOTIFY)=\S+", "", arg) if self.service.offers_dsn else arg


def _login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
    wanted = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=given == wanted, handled=False)


@contextmanager
def smtp_service(
    tls: ssl.SSLContext | None, *, implicit: bool = False, wants_login: bool = False, size: int = 33_554_432
) -> Iterator[SmtpService]:
    """Without `tls` it offers none; `implicit` is TLS from the first byte."""
    service = SmtpService()

    class Listening(Controller):
        def _trigger_server(self) -> None:
            assert isinstance(self.server, asyncio.Server)
            self.port = service.port = self.server.sockets[0].getsockname()[1]  # it was asked for any
            super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd is typed in part

        def factory(self) -> SMTP:
            server = _Server(
                _Handler(service), hostname="relay.example.org", tls_context=None if implicit else tls,
                auth_required=wants_login, auth_require_tls=not implicit, authenticator=_login if wants_login else None,
                data_size_limit=size,
            )  # fmt: skip
            server.service = service
            return server

    listening = Listening(_Handler(service), hostname="127.0.0.1", port=0, ssl_context=tls if implicit else None)
    listening.start()
    try:
        yield service
    finally:
        listening.stop()


def use_relay(home: Path, trusted: Authority, port: int) -> None:
    """As a school sets it up."""
    shutil.copy(trusted.ca_file, home / "relay-ca.pem")
    path = home / "termpost.toml"
    text = path.read_text().replace('order = ["portal", "print"]', 'order = ["portal", "email", "print"]')
    text = text.split("\n[channels.email]")[0]
    path.write_text(
        f'{text}\n[channels.email]\nhost = "localhost"\nport = {port}\nca_file = "relay-ca.pem"\n'
        'sender = "reports@grand-bend.example.org"\n'
    )
