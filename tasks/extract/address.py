"""Where an extract lies: what a user typed, taken apart, with nothing secret in it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.secure_url import is_secure

Scheme = Literal["", "s3", "sftp", "https"]
URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
LIKE_A_LOGIN = re.compile(r"[^/\\]*:[^/\\]*@")  # user:password@host, with or without a scheme
WHERE_SECRETS_GO = {
    "s3": "give AWS credentials through the environment or a profile",
    "sftp": "put a password into secrets/sftp-password or TERMPOST_SFTP_PASSWORD, or use a key",
    "https": "put the client's secret into secrets/oneroster-client-secret or TERMPOST_ONEROSTER_CLIENT_SECRET",
}
KNOWN = "name a folder, a zip, a CSV file, s3://bucket/key, sftp://user@host/path or a OneRoster service at https://"


@dataclass(frozen=True)
class Address:
    """`shown` is for people: no login, no query."""

    scheme: Scheme
    shown: str
    host: str = ""  # or bucket
    port: int | None = None
    user: str = ""
    path: str = ""  # a local path; an S3 key without its first slash; the path on the server; the whole base URL


def read_address(uri: str) -> Address:
    """Takes EXTRACT apart. Called before anyone keeps what the user typed, Prefect first of all (law 9).

    Raises:
        InputError: a password or a token stands in it, the scheme is not known, or it names nothing.
    """
    found = URL.match(uri)
    if found is None:
        if LIKE_A_LOGIN.match(uri) and not Path(uri).exists():
            raise InputError("secret-in-address", "a login stands in it", "EXTRACT", "write sftp://user@host/path")
        return Address("", uri, path=uri)
    if not uri.isprintable():
        raise InputError("bad-address", "a control character stands in it", "EXTRACT", "type it again")
    match found.group(1).lower():
        case "s3":
            return _s3(uri[found.end() :])
        case "sftp":
            return _sftp(uri)
        case "https" | "http":
            return _service(uri)
    raise InputError("unknown-scheme", "this kind of address is not known", "EXTRACT", KNOWN)


def _s3(rest: str) -> Address:
    bucket, _, key = rest.partition("/")
    if "?" in rest or "@" in bucket:
        raise _secret("s3")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket):
        raise InputError(
            "bad-address", "this names no bucket", "EXTRACT", "write s3://bucket/key or s3://bucket/prefix/"
        )
    return Address("s3", f"s3://{bucket}/{key}", host=bucket, path=key)


def _split(uri: str, form: str) -> tuple[str, int | None, str, str]:
    """Host, port, login and path."""
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:  # its message may repeat the login
        host, port = None, None
    if not host:
        raise InputError("bad-address", "this is no address of a server", "EXTRACT", f"write {form}") from None
    return host, port, parts.netloc.rpartition("@")[0], parts.path


def _sftp(uri: str) -> Address:
    if "?" in uri or "#" in uri or set(":@") & set(login_in(uri)):  # in a path, @ is written %40
        raise _secret("sftp")
    host, port, user, path = _split(uri, "sftp://user@host/path")
    if not user or not path.strip("/"):
        raise InputError("bad-address", "the address names no user or no path", f"sftp://{host}",
                         "write sftp://user@host/path")  # fmt: skip
    return Address("sftp", f"sftp://{host}{f':{port}' if port else ''}{path}", host, port, unquote(user), unquote(path))


def _service(uri: str) -> Address:
    if "?" in uri or "#" in uri or "@" in uri:
        raise _secret("https")
    host, _, _, _ = _split(uri, "https://host/ims/oneroster")
    if not is_secure(uri):
        raise InputError("not-secure", "marks would cross the network in clear", f"http://{host}",
                         "give the https:// address; plain http is for loopback only")  # fmt: skip
    base = uri.rstrip("/")
    return Address("https", base, host=host, path=base)


def login_in(uri: str) -> str:
    """What stands before the last @, wherever that is: a password may hold any character, a slash too."""
    return uri.partition("://")[2].rpartition("@")[0]


def _secret(scheme: str) -> InputError:
    return InputError("secret-in-address", "a password, a token or a query stands in the address", "EXTRACT",
                      f"leave it out; {WHERE_SECRETS_GO[scheme]}")  # fmt: skip
