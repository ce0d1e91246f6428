"""What lies around a home: this machine, the Prefect server, the portal's public address."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from termpost.tasks.custody.inventory import remember_backup
from termpost.tasks.home.home import Home
from termpost.tasks.preflight import machine
from termpost.tasks.preflight.machine import audit_machine
from termpost.tasks.preflight.prefect_server import audit_server, runs_finding, worker_finding
from termpost.tasks.preflight.public_address import audit_public_address
from termpost.tasks.runtime.prefect_address import PROFILES, SERVER
from termpost.tasks.store.finding import Finding

from tests.services.smtp_server import authority
from tests.tasks.gradebook import new_home

NOW = datetime(2025, 10, 1, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def states(findings: Iterator[Finding]) -> dict[str, str]:
    said = list(findings)
    assert all(one.remedy for one in said if one.state != "holds")
    assert all(one.is_safe or not one.stops_runs for one in said)  # doctor alone says it
    return {one.control: one.state for one in said}


def test_versions_that_do_not_work_together_are_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert states(audit_machine(home)) == {"disk": "holds", "versions": "holds"}
    numbers = {"sqlalchemy": "2.1.0", "duckdb": "1.5.5", "duckdb-extension-ducklake": "1.4.0"}
    monkeypatch.setattr(machine, "version", lambda name: numbers.get(name, "1.5.5"))
    (found,) = (one for one in audit_machine(home) if one.control == "versions")
    assert found.state == "lacks"
    assert "duckdb-extension-ducklake 1.4.0 beside DuckDB 1.5.5" in found.what
    assert "SQLAlchemy 2.1.0" in found.what


def test_an_old_backup_is_a_warning(home: Home) -> None:
    remember_backup(home, "0" * 64, whole=True)
    assert states(audit_machine(home))["backup"] == "holds"
    days = home.settings.deadlines.backup_days + 1
    later = replace(home, clock=type(home.clock)(home.clock.today() + timedelta(days=days)))  # type: ignore[call-arg]
    assert states(audit_machine(later))["backup"] == "warns"


def test_a_worker_counts_while_it_is_heard_of() -> None:
    assert worker_finding("termpost", [], NOW).state == "lacks"
    old, fresh = NOW - timedelta(minutes=5), NOW - timedelta(seconds=40)
    assert worker_finding("termpost", [old], NOW).state == "lacks"
    assert worker_finding("termpost", [old, fresh], NOW).state == "holds"
    assert [runs_finding(2, runs).state for runs in (0, 1)] == ["lacks", "holds"]


def test_a_server_that_is_away_is_one_line_and_none_is_none(home: Home) -> None:
    assert states(audit_server(replace(home, environ={PROFILES: "/nowhere"}))) == {}
    away = replace(home, environ={SERVER: "http://127.0.0.1:9/api"})
    assert states(audit_server(away)) == {"server": "lacks"}


@contextmanager
def portal(date: datetime, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Answers with this Date, until the end of the block."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002 - its base calls it so
            return date.strftime("%a, %d %b %Y %H:%M:%S GMT")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def at(home: Home, url: str) -> Home:
    return replace(home, environ={"TERMPOST_CHANNELS__PORTAL__BASE_URL": url})


def test_the_portal_is_asked_at_its_public_address(home: Home) -> None:
    assert states(audit_public_address(home)) == {}  # nobody's address
    now = home.clock.now()
    with portal(now) as port:
        assert states(audit_public_address(at(home, f"http://127.0.0.1:{port}"))) == {"portal": "holds"}
    assert states(audit_public_address(at(home, f"http://127.0.0.1:{port}"))) == {"portal": "lacks"}
    with portal(now - timedelta(minutes=9)) as port:
        assert states(audit_public_address(at(home, f"http://127.0.0.1:{port}"))) == {
            "portal": "holds", "clock": "lacks",
        }  # fmt: skip


def test_a_certificate_that_ends_soon_is_a_warning_and_a_strangers_is_unsafe(home: Home, tmp_path: Path) -> None:
    now = home.clock.now()
    for name, days, state in (("long", 60, "holds"), ("soon", 5, "warns")):
        made = authority(tmp_path / name, last_day=now + timedelta(days=days))
        trusted = ssl.create_default_context(cafile=made.ca_file)
        with portal(now, made.context()) as port:
            here = at(home, f"https://localhost:{port}")
            assert states(audit_public_address(here, trusted)) == {"certificate": state, "portal": "holds"}
            assert states(audit_public_address(here)) == {"portal": "lacks"}
