"""`serve` as whoever runs the portal types it: a process of its own, with the settings and the store and no secret."""

import shutil
import socket
import ssl
from pathlib import Path

import httpx
import pytest
from termpost.flows.commands.families import serve as serve_command
from termpost.tasks.store.file.store import FileStore

from tests.command import Command
from tests.portal_server import listening, portal_process
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


def test_it_shows_pages_without_a_secret_and_writes_no_link_down(home: Path) -> None:
    shutil.rmtree(home / "secrets")
    with portal_process(home) as portal:
        assert httpx.get(f"http://{portal.place}/p1/a1").content == b"<!doctype html>locked"
        assert httpx.get(f"http://{portal.place}/p1/a2").status_code == 404
    assert f"http://{portal.place}" in portal.said[0]
    assert "https://portal.grand-bend.example" in portal.said[0]
    assert "p1" not in "".join(portal.said)


def test_with_a_certificate_it_speaks_tls(home: Path, tmp_path: Path) -> None:
    made = authority(tmp_path / "authority")
    with portal_process(home, "--certificate", made.chain, "--key", made.chain) as portal:
        trusting = ssl.create_default_context(cafile=made.ca_file)
        answer = httpx.get(f"https://{portal.place}/p1/a1", verify=trusting)
        assert answer.content == b"<!doctype html>locked"
        assert "max-age" in answer.headers["strict-transport-security"]
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(f"http://{portal.place}/p1/a1")
    assert f"https://{portal.place}" in portal.said[0]


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
