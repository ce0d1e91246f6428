"""An address that settings may name: https, or plain http on loopback."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator
from termpost.schemas.base.setting_error import wrong

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_secure(url: str) -> bool:
    """Whether nobody on the way can read or change what goes there."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def _secure_url(url: str) -> str:
    if not is_secure(url):
        raise wrong("the address is not secure", "give an https:// address; plain http is for loopback only")
    return url.rstrip("/")


SecureUrl = Annotated[str, AfterValidator(_secure_url)]
