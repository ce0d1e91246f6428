"""A provider of text messages on loopback: takes requests, answers as it is told, or not at all."""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class HookService:
    """What came, and what is answered: a status, or `hang-up`; 202 where nothing is said."""

    port: int = 0
    paths: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    answers: deque[int | str] = field(default_factory=deque)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"


@contextmanager
def hook_service() -> Iterator[HookService]:
    service = HookService()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            service.paths.append(self.path)
            if self.headers["Authorization"]:  # a ping has neither
                service.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                service.secrets.append(self.headers["Authorization"])
            answer = service.answers.popleft() if service.answers else 202
            if isinstance(answer, str):
                self.connection.close()
                return
            self.send_response(answer)
            if answer in (301, 307):
                self.send_header("Location", service.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
