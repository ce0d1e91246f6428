"""A small OneRoster 1.1 or 1.2 service on loopback, with a switch for everything that goes wrong in real ones."""

import base64
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

CLIENT, SECRET = "termpost", "s3cret/Qzx with space"
RESET = "reset"  # the connection is cut before an answer
BASE = "/ims/oneroster"

KEYS = {"students": "users", "teachers": "users"}
Answer = tuple[int, object, dict[str, str]]  # status, JSON, headers

Fault = tuple[int, dict[str, str]] | str


@dataclass
class OneRosterService:
    """What it holds, and what it should do wrong."""

    collections: dict[str, list[dict[str, Any]]]
    port: int = 0
    scheme: str = "http"
    faults: list[Fault] = field(default_factory=list)  # given in turn, one a request, before anything else
    token_faults: list[Fault] = field(default_factory=list)
    absent: dict[str, int] = field(default_factory=dict)  # collection → status
    with_total: bool = True
    with_link: bool = False
    most: int = 1000  # a page is never longer
    token_lasts: int = 3600
    token_uses: int = 10**9  # a token is refused after so many
    before_page: Callable[[str, int], None] = lambda _collection, _offset: None
    body: bytes | None = None  # instead of any page
    asked: list[tuple[str, int]] = field(default_factory=list)  # (collection, offset) of each page that was sent
    version: str = "1.2"
    login_in: str = "header"
    wrong_way: int = 401  # what is said where the secret is looked for and not found
    known_scope: str | None = None
    token_paths: list[str] = field(default_factory=list)
    answers: dict[str, Callable[[dict[str, list[str]]], Answer]] = field(default_factory=dict)  # of one collection
    tokens: dict[str, int] = field(default_factory=dict)  # token → uses
    scopes: list[str] = field(default_factory=list)

    @property
    def root(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def uri(self) -> str:
        return self.root + BASE


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for an acknowledgement
    service: OneRosterService

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.service.token_faults:
            return self._fault(self.service.token_faults.pop(0))
        form = parse_qs(body.decode())
        self.service.token_paths.append(self.path)
        refused = self._refusal(form)
        if refused:
            return self._send(*refused)
        return self._token(form)

    def _refusal(self, form: dict[str, list[str]]) -> tuple[int, object] | None:
        """Status and JSON, where no token is given."""
        if "scope" in form and self.service.known_scope not in (None, *form["scope"][0].split()):
            return 400, {"error": "invalid_scope"}
        unknown = {"error": "invalid_client"}
        if self.service.login_in == "body":
            is_known = (form.get("client_id"), form.get("client_secret")) == ([CLIENT], [SECRET])
            return None if is_known else (self.service.wrong_way, unknown)
        if "client_secret" in form:
            return 400, {"error": "invalid_request"}
        login = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        client, _, secret = login.partition(":")
        is_known = (unquote(client), unquote(secret)) == (CLIENT, SECRET)
        return None if is_known and form["grant_type"] == ["client_credentials"] else (401, unknown)

    def _token(self, form: dict[str, list[str]]) -> None:
        self.service.scopes += form.get("scope", [""])
        token = f"token-{len(self.service.tokens)}"
        self.service.tokens[token] = 0
        return self._send(200, {"access_token": token, "token_type": "bearer", "expires_in": self.service.token_lasts})

    def do_GET(self) -> None:
        service, parts = self.service, urlsplit(self.path)
        if service.faults:
            return self._fault(service.faults.pop(0))
        if service.body is not None:
            return self._raw(200, service.body, {"Content-Type": "text/html"})
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if service.tokens.get(token, service.token_uses) >= service.token_uses:
            return self._send(401, {})
        service.tokens[token] += 1
        name = parts.path.rpartition("/")[2]
        kind = "gradebook" if name in ("categories", "lineItems", "results", "scoreScales") else "rostering"
        own = f"{BASE}/v1p1/{name}" if service.version == "1.1" else f"{BASE}/{kind}/v1p2/{name}"
        if parts.path != own or name in service.absent or name not in service.collections:
            return self._send(service.absent.get(name, 404), {})
        query = parse_qs(parts.query)
        if name in service.answers:
            answer = service.answers[name](query)
            service.asked.append((name, int(query.get("offset", ["0"])[0])))
            return self._send(answer[0], answer[1], answer[2])
        limit, offset = min(int(query["limit"][0]), service.most), int(query["offset"][0])
        service.before_page(name, offset)
        every = service.collections[name]
        service.asked.append((name, offset))
        headers = {"X-Total-Count": str(len(every))} if service.with_total else {}
        if service.with_link and offset + limit < len(every):
            following = f"{service.root}{parts.path}?limit={query['limit'][0]}&offset={offset + limit}"
            headers["Link"] = f'<{self.path}>; rel="first", <{following}>; rel="next"'
        elif service.with_link:
            headers["Link"] = f'<{self.path}>; rel="first"'
        return self._send(200, {KEYS.get(name, name): every[offset : offset + limit]}, headers)

    def _fault(self, fault: Fault) -> None:
        if isinstance(fault, str):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return None
        return self._send(fault[0], {}, fault[1])

    def _send(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        self._raw(status, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _raw(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def oneroster_service(
    collections: dict[str, list[dict[str, Any]]], certificate: Path | None = None
) -> Iterator[OneRosterService]:
    """With a certificate (PEM, its key before it) it speaks TLS."""
    service = OneRosterService(collections)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"service": service}))
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # a cut connection is on purpose
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        service.scheme = "https"
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def self_signed(path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + made.public_bytes(Encoding.PEM))
    return path
