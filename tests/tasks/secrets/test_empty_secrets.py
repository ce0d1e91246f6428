"""One reading of secrets: a variable that is set but empty is refused by each who reads one, though a file has it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from termpost.schemas.base.clock import SystemClock
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.channels import Email
from termpost.schemas.settings.source_settings import SourceSettings
from termpost.tasks.channels.email.relay import relay_of
from termpost.tasks.custody.restore import _keys
from termpost.tasks.extract.access import Access
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.keys import load_keys, make_keys

Reader = Callable[[Path, Mapping[str, str]], object]


def extract(home: Path, environ: Mapping[str, str]) -> object:
    return Access(SourceSettings(), environ, home).secret("sftp-password", "TERMPOST_SECRET_X")


def relay(home: Path, environ: Mapping[str, str]) -> object:
    return relay_of(Email(host="h", sender="a@example.org", user="u"), home, environ).password


def signer(home: Path, environ: Mapping[str, str]) -> object:
    return Home(home, SystemClock(), environ)._secret("signer")


def keys(home: Path, environ: Mapping[str, str]) -> object:
    return load_keys(home / "secrets", environ)


def restore(home: Path, environ: Mapping[str, str]) -> object:
    members = {f"secrets/{name}": (home / "secrets" / name).read_bytes() for name in ("master.key", "log.key")}
    return _keys(Home(home, SystemClock(), environ), members)


@pytest.mark.parametrize("empty", ["", " \n"])
@pytest.mark.parametrize(
    ("read", "variable"),
    [
        (extract, "TERMPOST_SECRET_X"),
        (relay, "TERMPOST_SECRET_SMTP_PASSWORD"),
        (signer, "TERMPOST_SECRET_SIGNER"),
        (keys, "TERMPOST_SECRET_MASTER"),
        (keys, "TERMPOST_SECRET_LOG"),
        (restore, "TERMPOST_SECRET_MASTER"),
    ],
)
def test_an_empty_variable_is_refused_by_each_reader(tmp_path: Path, read: Reader, variable: str, empty: str) -> None:
    make_keys(tmp_path / "secrets")
    for name in ("sftp-password", "smtp-password", "signer.key"):
        (tmp_path / "secrets" / name).write_text("of the file\n")
        (tmp_path / "secrets" / name).chmod(0o600)
    assert read(tmp_path, {})
    with pytest.raises(InputError) as caught:
        read(tmp_path, {variable: empty})
    assert (caught.value.code, caught.value.where) == ("bad-secret", f"environment variable {variable}")
