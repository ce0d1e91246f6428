"""What secrets a home has, told apart by fingerprints that give nothing away."""

import hmac
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel, ValidationError
from termpost.schemas.base.errors import InputError
from termpost.tasks.home.home import Home
from termpost.tasks.runtime.atomic_files import write_durably
from termpost.tasks.secrets.keys import LOG, MASTER, Keys, variable

CATALOGUE = "catalogue.sqlite"  # as it is called in a backup
PEOPLE = "people.sqlite"
LAST_BACKUP = "last-backup.json"
PASSING = (".lock", "-journal", "-wal", "-shm")  # endings of what is there only while somebody writes


@dataclass(frozen=True)
class Secret:
    """One file of secrets, or what stands in its place."""

    name: str
    source: Literal["file", "environment", "empty variable", "missing"]
    mode: str | None  # octal
    fingerprint: str | None  # 64 bits, hex; None where master secret or log key is missing, or its variable empty


class LastBackup(BaseModel):
    """What is remembered of the last backup, of the keys or of the whole home: when it was made, of which secrets."""

    format: Literal["termpost.last-backup/1"] = "termpost.last-backup/1"
    at: datetime
    sha256: str  # of the file
    master: str  # fingerprints
    log: str
    home_at: datetime | None = None  # when the last one of the whole home was made


def fingerprints(keys: Keys) -> tuple[str, str]:
    """Of master secret and log key. The first is derived from 32 random bytes and cut short: it confirms no guess."""
    return keys.derive_from_master("fingerprint")[:8].hex(), _short(public_bytes(keys))


def public_bytes(keys: Keys) -> bytes:
    return keys.log_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def public_pem(keys: Keys) -> str:
    """The log's public key, as auditors need it (docs/log.md)."""
    return keys.log_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _short(public: bytes) -> str:
    return public[:8].hex()


def secret_files(home: Home) -> Iterator[str]:
    """Names under secrets/, in order: whatever lies there for longer than a write takes."""
    folder = home.path / "secrets"
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(PASSING):
            name = path.relative_to(folder).as_posix()
            if name != LAST_BACKUP:
                yield name


def list_secrets(home: Home) -> list[Secret]:
    """Every secret of the home, also one that is missing."""
    keys = _keys(home)
    names = dict.fromkeys((MASTER, LOG, PEOPLE, "staff.json", *secret_files(home)))
    found = [_secret(home, keys, name, home.path / "secrets" / name) for name in names]
    return [*found, _secret(home, keys, "catalogue", home.lake.catalogue)]


def _keys(home: Home) -> Keys | None:
    """None where one is missing, or its variable is set but empty."""
    if any(_is_empty(home, name) for name in (MASTER, LOG)):
        return None
    try:
        return home.keys
    except InputError as error:
        if error.code != "no-secret":
            raise
        return None


def _is_empty(home: Home, name: str) -> bool:
    given = home.environ.get(variable(name))
    return given is not None and not given.strip()


def _secret(home: Home, keys: Keys | None, name: str, path: Path) -> Secret:
    in_environment = name in (MASTER, LOG) and variable(name) in home.environ
    if in_environment and _is_empty(home, name):  # whoever reads it is refused, also where a file has the secret
        return Secret(name, "empty variable", None, None)
    if not in_environment and not path.is_file():
        return Secret(name, "missing", None, None)
    mark = None
    if keys is not None:
        own = dict(zip((MASTER, LOG), fingerprints(keys), strict=True))
        mark = own.get(name) or _sealed_sum(keys, path)
    if in_environment:
        return Secret(name, "environment", None, mark)
    return Secret(name, "file", f"{stat.S_IMODE(path.stat().st_mode):04o}", mark)


def _sealed_sum(keys: Keys, path: Path) -> str:
    """Under a key of the home, so that nobody else can try out what a file may say."""
    return hmac.digest(keys.derive_from_master("fingerprint/files"), path.read_bytes(), "sha256")[:8].hex()


def remember_backup(home: Home, sha256: str, *, whole: bool) -> None:
    (master, log), before = fingerprints(home.keys), last_backup(home)
    at = home.clock.today()
    home_at = at if whole else before and before.home_at
    last = LastBackup(at=at, sha256=sha256, master=master, log=log, home_at=home_at)
    write_durably(home.path / "secrets" / LAST_BACKUP, last.model_dump_json(indent=1).encode() + b"\n")


def last_backup(home: Home) -> LastBackup | None:
    """None before the first, and where the file cannot be read: it only reminds."""
    try:
        return LastBackup.model_validate_json((home.path / "secrets" / LAST_BACKUP).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def backup_wanted(home: Home) -> str:
    """Why a backup should be made now; empty where nothing says so."""
    last = last_backup(home)
    if last is None:
        return "no backup of them was ever made here (termpost backup)"
    keys = _keys(home)
    if keys is not None and (last.master, last.log) != fingerprints(keys):
        return "the last backup is of other keys: make a new one (termpost backup)"
    if last.home_at is None:
        return "no backup of the whole home was ever made here, only of its keys (termpost backup)"
    return ""
