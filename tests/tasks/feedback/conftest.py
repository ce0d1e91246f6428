"""A home without a cycle, and a small school whose reports are out; every test gets a copy of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.home.rehearsal import make_rehearsal
from termpost.tasks.secrets.keys import make_keys

from tests.school import Prepared
from tests.snapshots import released_school, snapshot, working_copy

EXAMPLE = Path(__file__).parents[3] / "examples" / "grand-bend-home"
FRIDAY_MORNING = datetime(2021, 10, 22, 15, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    for name in ("termpost.toml", "grading.toml", "calendar.toml"):
        (tmp_path / name).write_text((EXAMPLE / name).read_text())
    make_keys(tmp_path / "secrets")
    home = open_home(tmp_path, FixedClock(FRIDAY_MORNING))
    make_rehearsal(home)
    return home


@pytest.fixture
def school(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Prepared]:
    with working_copy(snapshot(tmp_path_factory, "released", released_school), tmp_path) as made:
        yield made
