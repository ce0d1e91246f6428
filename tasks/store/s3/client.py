"""Credentials and the boto3 client of an S3 store: made once a process, though every task opens the store anew."""

import os
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from botocore.config import Config
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.settings import StoreSettings

if TYPE_CHECKING:
    from boto3 import Session
    from mypy_boto3_s3 import S3Client

ATTEMPTS = 5  # at one call, with back-off between them


@dataclass(frozen=True)
class Login:
    """Access key id and secret of who signs URLs, and may do nothing but read sealed/."""

    key: str
    secret: str = field(repr=False)


def read_login(text: str | None) -> Login | None:
    """The login that `ACCESS_KEY_ID:SECRET_ACCESS_KEY` says; None where there is no text.

    Raises:
        InputError: `bad-secret`.
    """
    if text is None:
        return None
    key, _, secret = text.partition(":")
    if not key or not secret:
        raise InputError("bad-secret", "the signer's key is not ACCESS_KEY_ID:SECRET_ACCESS_KEY", "secrets/signer.key",
                         "write both on one line, or take the file away")  # fmt: skip
    return Login(key, secret)


def session_of(settings: StoreSettings, login: Login | None = None) -> "Session":
    """By the usual AWS environment or profile, or by one login."""
    return _session(settings.region, login, _aws())


def _aws() -> tuple[tuple[str, str], ...]:
    """Whatever of the environment decides who we are to an S3, and where it is."""
    return tuple(sorted((name, value) for name, value in os.environ.items() if name.startswith("AWS_")))


# Making a session and a client takes as long as some thirty puts, and every task of a flow opens the store anew. Both
# may be used by several threads, and a session renews credentials that end.
@lru_cache(maxsize=8)
def _session(region: str | None, login: Login | None, aws: tuple[tuple[str, str], ...]) -> "Session":  # noqa: ARG001 - of another environment it is another session
    import boto3  # noqa: PLC0415 - slow to import

    return boto3.Session(
        region_name=region, aws_access_key_id=login.key if login else None,
        aws_secret_access_key=login.secret if login else None,
    )  # fmt: skip


def connect(settings: StoreSettings, session: "Session") -> "S3Client":
    """A client of the session, for the endpoint of the settings."""
    return _client(settings.endpoint_url, session, _aws())


@lru_cache(maxsize=8)
def _client(endpoint: str | None, session: "Session", aws: tuple[tuple[str, str], ...]) -> "S3Client":  # noqa: ARG001 - as above
    config = Config(
        signature_version="s3v4", retries={"mode": "standard", "total_max_attempts": ATTEMPTS}, connect_timeout=10,
        read_timeout=60, max_pool_connections=64, request_checksum_calculation="when_required",
        s3={"addressing_style": "path" if endpoint else "auto"},
    )  # fmt: skip
    return session.client("s3", endpoint_url=endpoint, config=config)
