from pathlib import Path

import pytest
from log_home import LogHome


@pytest.fixture
def home(tmp_path: Path) -> LogHome:
    return LogHome(tmp_path)
