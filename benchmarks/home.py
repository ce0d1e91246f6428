"""A home with the settings of the sample and secrets of its own, for a benchmark."""

from datetime import datetime
from pathlib import Path

from termpost.schemas.base.clock import FixedClock
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.home.rehearsal import make_rehearsal
from termpost.tasks.secrets.keys import make_keys

SAMPLE = Path(__file__).parents[1] / "examples" / "grand-bend-home"


def make_home(folder: Path, now: datetime) -> Home:
    """In an empty folder; every rule goes by `now`."""
    for name in ("termpost.toml", "grading.toml", "calendar.toml"):
        (folder / name).write_bytes((SAMPLE / name).read_bytes())
    make_keys(folder / "secrets")
    make_rehearsal(open_home(folder))
    return open_home(folder, FixedClock(now))
