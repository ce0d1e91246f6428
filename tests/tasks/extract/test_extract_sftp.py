"""An extract on an SFTP server: whom we trust, how we log in, and what is refused."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.settings.source_settings import SourceSettings
from termpost.tasks.extract.access import Access, access_by_environment
from termpost.tasks.extract.land import fingerprint
from termpost.tasks.extract.source import open_source

from tests.services.sftp_server import PASSWORD, SftpService, sftp_service

LOGGED_IN = {"TERMPOST_SFTP_PASSWORD": PASSWORD}


@pytest.fixture
def server(folder: Path) -> Iterator[SftpService]:
    """Serves the folder that holds the extract, at /extract."""
    with sftp_service(folder.parent) as service:
        yield service


@pytest.fixture
def home(tmp_path: Path, server: SftpService) -> Path:
    home = tmp_path / "home"
    (home / "secrets").mkdir(parents=True)
    server.known_hosts(home / "known_hosts")
    return home


def access(home: Path | None, environ: dict[str, str] | None = None, **settings: Any) -> Access:
    sftp = SourceSettings.model_validate({"sftp": settings})
    return Access(sftp, LOGGED_IN if environ is None else environ, home, sleep=lambda _: None)


def refused(uri: str, how: Access, code: str) -> InputError:
    with pytest.raises(InputError) as caught:
        open_source(uri, how)
    assert caught.value.code == code
    assert "\n" not in str(caught.value)
    assert PASSWORD not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def id_of(uri: str, how: Access | None = None) -> str:
    return fingerprint(open_source(uri, how)).id


def test_a_folder_and_a_zip_on_a_server_are_the_extract_they_are_here(
    server: SftpService, home: Path, folder: Path, zipped: Callable[..., Path]
) -> None:
    (folder / "private").mkdir()
    (folder / "private" / "photo.jpg").write_text("x")
    zipped()
    local = id_of(str(folder))
    (folder / "linked.csv").symlink_to("users.csv")  # which is refused here, and on a server leads nowhere else
    assert id_of(f"{server.uri}/extract/", access(home)) == local
    (folder / "linked.csv").unlink()
    assert not any("private" in name for name in server.opened)
    (folder / "private" / "photo.jpg").unlink()
    zipped()
    assert id_of(f"{server.uri}/extract.zip", access(home)) == id_of(str(folder))


def test_one_csv_file_and_a_name_with_a_space(server: SftpService, home: Path, tmp_path: Path) -> None:
    (tmp_path / "My Grades.csv").write_text("Student,ID\n")
    (file,) = open_source(f"{server.uri}/My%20Grades.csv", access(home))
    assert file.name == "My Grades.csv"


def test_the_nested_folders_of_the_toolkit(server: SftpService, home: Path, tmp_path: Path) -> None:
    name = "section=1/assignment=2/submissions/2021-07-01-00-00-00.csv"
    (tmp_path / "lms" / name).parent.mkdir(parents=True)
    (tmp_path / "lms" / name).write_text("a\n")
    (file,) = open_source(f"{server.uri}/lms", access(home))
    assert file.name == name


def test_a_host_that_is_not_known_is_not_spoken_to(server: SftpService, home: Path) -> None:
    (home / "known_hosts").write_text("")
    error = refused(f"{server.uri}/extract", access(home), "unknown-host-key")
    assert f"ssh-keyscan -p {server.port} 127.0.0.1" in error.remedy
    assert "verify the fingerprint" in error.remedy
    (home / "known_hosts").unlink()
    assert "ssh-keyscan" in refused(f"{server.uri}/extract", access(home), "no-known-hosts").remedy
    assert server.opened == []


def test_a_host_that_shows_another_key_gets_no_password(
    server: SftpService, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.known_hosts(home / "known_hosts", asyncssh.generate_private_key("ssh-ed25519"))
    asked: list[str] = []
    monkeypatch.setattr("tests.services.sftp_server._Login.validate_password", lambda *_: asked.append("asked"))
    error = refused(f"{server.uri}/extract", access(home), "host-key-changed")
    assert "verify the fingerprint" in error.remedy
    server.known_hosts(home / "known_hosts", asyncssh.generate_private_key("ssh-rsa", key_size=2048))  # another kind
    refused(f"{server.uri}/extract", access(home), "host-key-changed")
    assert asked == []


def test_a_key_file_logs_in(server: SftpService, home: Path, folder: Path) -> None:
    key = home / "secrets" / "sftp-key"
    assert server.user_key
    server.user_key.write_private_key(str(key))
    key.chmod(0o644)
    how = access(home, {}, key_file="secrets/sftp-key")
    refused(f"{server.uri}/extract", how, "unsafe-secret")
    key.chmod(0o600)
    assert id_of(f"{server.uri}/extract", how) == id_of(str(folder))
    key.write_bytes(server.user_key.export_private_key("pkcs8-pem", "locked"))
    refused(f"{server.uri}/extract", how, "bad-key-file")
    key.unlink()
    refused(f"{server.uri}/extract", how, "no-key-file")


def test_a_password_of_the_secrets_logs_in_and_a_wrong_one_does_not(
    server: SftpService, home: Path, folder: Path
) -> None:
    secret = home / "secrets" / "sftp-password"
    secret.write_text(f"{PASSWORD}\n")
    secret.chmod(0o644)
    refused(f"{server.uri}/extract", access(home, {}), "unsafe-secret")
    secret.chmod(0o600)
    assert id_of(f"{server.uri}/extract", access(home, {})) == id_of(str(folder))
    refused(f"{server.uri}/extract", access(home, {"TERMPOST_SFTP_PASSWORD": "wrong"}), "login-refused")
    secret.unlink()
    refused(f"{server.uri}/extract", access(home, {}), "login-refused")


def test_without_a_home_the_environment_says_where_the_known_hosts_are(
    server: SftpService, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    environ = {**LOGGED_IN, "TERMPOST_SOURCE__SFTP__KNOWN_HOSTS": str(server.known_hosts(tmp_path / "mine"))}
    assert id_of(f"{server.uri}/extract", access_by_environment(environ)) == id_of(str(folder))
    refused(f"{server.uri}/extract", access_by_environment(LOGGED_IN), "no-known-hosts")
    (tmp_path / ".ssh").mkdir()
    shutil.copy(tmp_path / "mine", tmp_path / ".ssh" / "known_hosts")
    assert id_of(f"{server.uri}/extract", access_by_environment(LOGGED_IN)) == id_of(str(folder))


def test_what_is_not_there_or_may_not_be_read(server: SftpService, home: Path) -> None:
    refused(f"{server.uri}/nowhere", access(home), "no-extract")
    refused(f"{server.uri}/extract/users.csv/x", access(home), "no-extract")


def test_nobody_listens_and_no_such_host(home: Path) -> None:
    key = (home / "known_hosts").read_text().partition(" ")[2]
    (home / "known_hosts").write_text(f"* {key}")
    assert "connection refused" in str(refused("sftp://u@127.0.0.1:1/x", access(home), "source-unreachable"))
    assert "host is not known" in str(refused("sftp://u@nowhere.invalid/x", access(home), "source-unreachable"))


def test_a_line_that_goes_dead_is_taken_up_again_where_it_stopped(
    server: SftpService, home: Path, folder: Path
) -> None:
    server.drop_reads = [4]
    assert id_of(f"{server.uri}/extract", access(home)) == id_of(str(folder))
    assert server.opened.count("/extract/academicSessions.csv") == 1  # came before the line went dead
    server.drop_reads = list(range(1, 1000))
    with pytest.raises(RetryableError, match="broke off"):
        open_source(f"{server.uri}/extract", access(home))


def test_a_file_that_grows_while_it_is_read_is_refused(server: SftpService, home: Path, folder: Path) -> None:
    def grow() -> None:
        with (folder / "results.csv").open("a") as out:
            out.write("r-new,,,x,y,100,2021-09-10,\n")

    server.before_read = grow
    error = refused(f"{server.uri}/extract", access(home), "source-changed")
    assert error.what.startswith("results.csv changed")


def test_more_than_a_gradebook_is_refused_before_it_is_read(
    server: SftpService, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("termpost.tasks.extract.sftp.download.MOST", 100)
    refused(f"{server.uri}/extract", access(home), "too-large")


def test_folders_without_end_are_given_up(server: SftpService, home: Path, folder: Path) -> None:
    deep = folder
    for _ in range(21):
        deep = deep / "a"
    deep.mkdir(parents=True)
    assert "20 deep" in refused(f"{server.uri}/extract", access(home), "too-many-files").what


def test_a_listing_of_too_many_is_given_up(server: SftpService, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("termpost.tasks.extract.inventory.MOST", 3)
    refused(f"{server.uri}/extract", access(home), "too-many-files")
    assert server.opened == []


def test_a_server_that_takes_too_long_is_given_up(
    server: SftpService, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("termpost.tasks.extract.sftp.download.LONGEST", 0.0)
    with pytest.raises(RetryableError, match="nobody answered"):
        open_source(f"{server.uri}/extract", access(home))
