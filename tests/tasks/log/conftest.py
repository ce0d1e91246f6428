from pathlib import Path

import pytest

from tests.tasks.log.log_home import LogHome


@pytest.fixture
def home(tmp_path: Path) -> LogHome:
    return LogHome(tmp_path)
