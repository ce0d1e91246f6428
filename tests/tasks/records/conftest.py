"""A school of one's own, as `records_school` leaves it."""

from pathlib import Path

import pytest

from tests.records_school import records_school
from tests.school import Prepared
from tests.snapshots import copy_of, snapshot


@pytest.fixture
def kept(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Prepared:
    return copy_of(snapshot(tmp_path_factory, "records", records_school), tmp_path)
