"""Access to a made-up OneRoster service."""

from datetime import UTC, datetime
from typing import Any

from termpost.schemas.base.clock import FixedClock
from termpost.schemas.settings.source_settings import SourceSettings
from termpost.tasks.extract.access import Access

from tests.services.oneroster_server import SECRET, OneRosterService
from tests.tagged import TAGS

NOW = datetime(2021, 12, 17, 14, tzinfo=UTC)


class Waits(list[float]):
    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def access(service: OneRosterService, **more: Any) -> Access:
    settings = {"token_url": f"{service.root}/token", "client_id": "termpost"}
    return Access(
        SourceSettings.model_validate({"oneroster": {**settings, **more.pop("settings", {})}}),
        {"TERMPOST_ONEROSTER_CLIENT_SECRET": SECRET, **more.pop("environ", {})},
        **{"clock": FixedClock(NOW), "sleep": Waits(), "tags": TAGS, **more},
    )
