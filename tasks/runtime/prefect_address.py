"""Which Prefect server is meant: by the environment, or by the user's own Prefect profile."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

SERVER: Final = "PREFECT_API_URL"
PROFILES: Final = "PREFECT_PROFILES_PATH"
USUAL: Final = "~/.prefect/profiles.toml"


def server_address(environ: Mapping[str, str]) -> str:
    """Its address; empty: none. Prefect itself is asked only where there is a profile, since it is slow to import."""
    if (url := environ.get(SERVER)) or not Path(environ.get(PROFILES, USUAL)).expanduser().is_file():
        return url or ""
    from prefect.settings import get_current_settings  # noqa: PLC0415

    return str(get_current_settings().api.url or "")
