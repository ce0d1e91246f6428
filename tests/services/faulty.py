"""A way to an S3 on which things go wrong: one fault for each request that is planned to have one, then all is well.

Or a storm: from some request on, every one meets the same fault until the storm is over.
"""

import http.client
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.services.gateway import Gateway

FAULTS = ("500", "503", "lost-before", "lost-after", "changed")
READ_ONLY = "read-only"  # whoever writes is refused
TAKEN = b"<Error><Code>PreconditionFailed</Code></Error>"


class Faulty(ThreadingHTTPServer):
    """Forwards requests as they are, host name included, so that their signatures hold.

    Args:
        conditional: refuses a PUT with If-None-Match where there is such an object, as AWS does and Ceph 16 does not.
    """

    daemon_threads = True

    def __init__(self, behind: Gateway, *, conditional: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind, self.conditional = behind, conditional
        self.plan: deque[str] = deque()  # the faults of the next requests; "" is none
        self.storm: tuple[int, str] | None = None  # in how many requests it begins, and the fault
        self.lock = threading.Lock()
        self.seen: list[str] = []  # methods of the requests

    def next_fault(self) -> str:
        with self.lock:
            if self.plan:
                return self.plan.popleft()
            if self.storm is None:
                return ""
            before, fault = self.storm
            self.storm = (before - 1, fault)
            return fault if before <= 0 else ""

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away in the middle is what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Faulty
    protocol_version = "HTTP/1.1"

    def _pass_on(self) -> None:
        server = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server.seen.append(self.command)
        fault = server.next_fault()
        if fault in {"500", "503"}:
            self._answer(int(fault), {}, b"<Error><Code>InternalError</Code></Error>")
            return
        if fault == READ_ONLY and self.command in {"PUT", "POST", "DELETE"}:
            self._answer(403, {}, b"<Error><Code>AccessDenied</Code></Error>")
            return
        if fault == "lost-before":
            self.close_connection = True
            return
        if fault == "changed" and body:
            body = bytes([body[0] ^ 1]) + body[1:]
        with server.lock:
            if server.conditional and self.headers.get("If-None-Match") == "*" and self._is_there():
                self._answer(412, {}, TAKEN)
                return
            status, headers, data = self._forward(body)
        if fault == "lost-after":
            self.close_connection = True
            return
        if fault == "changed" and data and self.command == "GET":
            data = bytes([data[0] ^ 1]) + data[1:]
        self._answer(status, headers, data)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass_on  # noqa: N815 - as http.server names them

    def _is_there(self) -> bool:
        bucket, _, key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        found = self.server.behind.client().list_objects_v2(Bucket=bucket, Prefix=key)
        return any(row["Key"] == key for row in found.get("Contents", []))

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.server.behind.endpoint).netloc, timeout=30)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in {"expect", "connection"}:
                    connection.putheader(name, value)
            connection.endheaders(body or None)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: dict[str, str], data: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in {"connection", "transfer-encoding"} | ({"content-length"} if data else set()):
                self.send_header(name, value)
        if data or not any(name.lower() == "content-length" for name in headers):
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server names it
        """Nothing on standard error."""


@contextmanager
def faulty(behind: Gateway, *, conditional: bool = False) -> Iterator[Faulty]:
    server = Faulty(behind, conditional=conditional)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
