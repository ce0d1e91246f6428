"""What reaching a source away from this machine may need: settings, secrets, a clock, and where to keep what came."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from termpost.schemas.base.clock import Clock, SystemClock
from termpost.schemas.settings.source_settings import SourceSettings, sources_of_environment
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.keys import read_secret
from termpost.tasks.secrets.object_tags import ObjectTags
from termpost.tasks.store.interface import Store


@dataclass(frozen=True)
class Access:
    """With a home: its settings and secrets. Without one: what the environment says."""

    settings: SourceSettings
    environ: Mapping[str, str]
    home: Path | None = None
    clock: Clock = field(default_factory=SystemClock)
    sleep: Callable[[float], None] = time.sleep  # seconds
    elapsed: Callable[[], float] = time.monotonic  # seconds, for how long a token lasts: --as-of stops the clock
    keep: Store | None = None  # finished pages, so that a rerun starts where the last one stopped
    tags: ObjectTags | None = None  # of those pages
    drop: Collection[str] = ()  # columns nobody may keep, so not in those pages either
    zone: ZoneInfo | None = None  # of the school, for instants of which only the day counts

    def secret(self, name: str, variable: str) -> str | None:
        """The text of `secrets/<name>`, or of the variable, which wins; None where there is neither.

        Raises:
            InputError: others may read the file, or the variable is empty.
        """
        return read_secret(self.home / "secrets" if self.home else None, name, self.environ, variable)

    def path(self, setting: str) -> Path:
        """A path of settings, relative to the home where there is one."""
        return (self.home or Path()) / Path(setting).expanduser()


def access_of(home: Home) -> Access:
    """For a flow of this home."""
    return Access(
        home.settings.source, home.environ, home.path, home.clock, keep=home.store, tags=home.tags,
        drop=home.settings.privacy.drop_columns, zone=ZoneInfo(home.calendar.timezone),
    )  # fmt: skip


def access_by_environment(environ: Mapping[str, str]) -> Access:
    """For a command that needs no home."""
    return Access(sources_of_environment(environ), environ)
