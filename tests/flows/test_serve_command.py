"""`serve` as whoever runs the portal types it: a process of its own, with the settings and the store and no secret."""

import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from termpost.flows.commands.families import serve as serve_command
from termpost.tasks.store.file.store import FileStore

from tests.command import Command
from tests.portal_server import listening
from tests.school import new_home
from tests.services.smtp_server import authority


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = new_home(tmp_path / "home")
    FileStore(home / "vault").put("sealed/p1/a1.html", b"<!doctype html>locked")
    return home


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def _free() -> int:
    with listening() as at:
        port: int = at.getsockname()[1]
    return port


@contextmanager
def portal(home: Path, *arguments: str) -> Iterator[tuple[str, list[str]]]:
    """Address, and what it printed; the second has all of it once the process has ended."""
    port, said = _free(), list[str]()
    program = [sys.executable, "-c", "from termpost.flows.cli import main; main()", "serve", "--port", str(port)]
    with subprocess.Popen(
        [*program, "--home", str(home), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        said.append(process.stdout.readline())
        try:
            yield f"127.0.0.1:{port}", said
        finally:
            process.terminate()
            said += process.communicate(timeout=30)


def test_it_shows_pages_without_a_secret_and_writes_no_link_down(home: Path) -> None:
    shutil.rmtree(home / "secrets")
    with portal(home) as (place, said):
        assert httpx.get(f"http://{place}/p1/a1").content == b"<!doctype html>locked"
        assert httpx.get(f"http://{place}/p1/a2").status_code == 404
    assert f"http://{place}" in said[0]
    assert "https://portal.grand-bend.example" in said[0]
    assert "p1" not in "".join(said)


def test_with_a_certificate_it_speaks_tls(home: Path, tmp_path: Path) -> None:
    made = authority(tmp_path / "authority")
    with portal(home, "--certificate", str(made.chain), "--key", str(made.chain)) as (place, said):
        trusting = ssl.create_default_context(cafile=made.ca_file)
        answer = httpx.get(f"https://{place}/p1/a1", verify=trusting)
        assert answer.content == b"<!doctype html>locked"
        assert "max-age" in answer.headers["strict-transport-security"]
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(f"http://{place}/p1/a1")
    assert f"https://{place}" in said[0]


def test_a_network_gets_tls_or_nothing(command: Command, home: Path, tmp_path: Path) -> None:
    said = command("serve", "--host", "0.0.0.0", "--home", home)  # noqa: S104 - refused
    assert said.code == 1
    assert "in clear" in said.complaint
    assert "--certificate" in said.complaint
    assert command("serve", "--certificate", tmp_path / "no.pem", "--home", home).code == 2
    said = command("serve", "--certificate", tmp_path / "no.pem", "--key", tmp_path / "no.key", "--home", home)
    assert (said.code, "no such file" in said.complaint) == (1, True)
    bad = tmp_path / "bad.pem"
    bad.write_text("nothing")
    said = command("serve", "--port", _free(), "--certificate", bad, "--key", bad, "--home", home)
    assert (said.code, "belong together" in said.complaint) == (1, True)


def test_what_is_in_the_way_is_one_line(command: Command, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as at:
        said = command("serve", "--port", at.getsockname()[1], "--home", home)
    assert (said.code, "cannot be listened at" in said.complaint) == (1, True)
    assert "while attempting" not in said.complaint
    said = command("serve", "--host", "localhost.invalid", "--certificate", __file__, "--key", __file__, "--home", home)
    assert (said.code, "cannot be listened at" in said.complaint) == (1, True)
    monkeypatch.setattr(serve_command, "_listening", lambda *_: socket.socket())
    path = home / "termpost.toml"
    without = path.read_text().replace('order = ["portal", "print"]', 'order = ["print"]').splitlines()
    path.write_text("\n".join(line for line in without if "channels.portal" not in line and "base_url" not in line))
    said = command("serve", "--home", home)
    assert (said.code, "has no portal" in said.complaint) == (1, True)
