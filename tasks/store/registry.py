"""Which store the settings name, ready to be used."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from termpost.schemas.base.clock import Clock
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.settings import Settings
from termpost.tasks.secrets.keys import read_secret
from termpost.tasks.store.interface import FileStore, Store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from termpost.tasks.store.s3.client import Login

YEAR = timedelta(days=366)  # never a day less than a year
SIGNER = "signer.key"


def open_store(settings: Settings, home: Path, environ: "Mapping[str, str]", clock: Clock) -> Store:
    """Opens `file:…`, relative to the home, or `s3://bucket/prefix`.

    Raises:
        InputError: no credentials, an endpoint without TLS, or a signer's key that is none.
    """
    url = settings.store.url
    if url.startswith("file:"):
        return FileStore((home / url.removeprefix("file:")).resolve())
    from termpost.tasks.store.s3.store import S3Store  # noqa: PLC0415 - boto3 is slow to import

    locked_for = settings.privacy.retention.log_years * YEAR
    return S3Store(settings.store, signer=_signer(home, environ), clock=clock, locked_for=locked_for)


def _signer(home: Path, environ: "Mapping[str, str]") -> "Login | None":
    from termpost.tasks.store.s3.client import Login  # noqa: PLC0415 - boto3 is slow to import

    text = read_secret(home / "secrets", SIGNER, environ.get("TERMPOST_SECRET_SIGNER"))
    if text is None:
        return None
    key, _, secret = text.partition(":")
    if not key or not secret:
        raise InputError("bad-secret", "the signer's key is not ACCESS_KEY_ID:SECRET_ACCESS_KEY", f"secrets/{SIGNER}",
                         "write both on one line, or take the file away")  # fmt: skip
    return Login(key, secret)
