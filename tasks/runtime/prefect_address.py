"""Which Prefect server is meant: by the environment, or by the user's own Prefect profile."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from termpost.schemas.base.errors import RetryableError

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient

SERVER: Final = "PREFECT_API_URL"
PROFILES: Final = "PREFECT_PROFILES_PATH"
USUAL: Final = "~/.prefect/profiles.toml"
WAIT: Final = 10.0  # seconds for an answer


def server_address(environ: Mapping[str, str]) -> str:
    """Its address; empty: none. Prefect itself is asked only where there is a profile, since it is slow to import."""
    if (url := environ.get(SERVER)) or not Path(environ.get(PROFILES, USUAL)).expanduser().is_file():
        return url or ""
    from prefect.settings import get_current_settings  # noqa: PLC0415

    return str(get_current_settings().api.url or "")


@contextmanager
def asking(url: str) -> "Iterator[SyncPrefectClient]":
    """A client of that server alone: Prefect's own way to one would start a server where it believes that none is
    configured.

    Raises:
        RetryableError: it does not answer, or refuses.
    """
    import httpx  # noqa: PLC0415 - only where there is a server to ask
    from prefect.client.orchestration import SyncPrefectClient  # noqa: PLC0415 - Prefect is slow to import
    from prefect.exceptions import PrefectHTTPStatusError  # noqa: PLC0415
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_KEY  # noqa: PLC0415

    client = SyncPrefectClient(
        url, auth_string=PREFECT_API_AUTH_STRING.value(), api_key=PREFECT_API_KEY.value(),
        httpx_settings={"timeout": WAIT},
    )  # fmt: skip
    try:
        with client:
            yield client
    except (httpx.HTTPError, httpx.InvalidURL, PrefectHTTPStatusError) as error:
        raise RetryableError(f"the Prefect server does not answer ({type(error).__name__})") from None
