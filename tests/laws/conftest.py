"""A small school that stands ready; every test gets a copy of its own."""

from pathlib import Path

import pytest

from tests.school import Prepared
from tests.snapshots import copy_of, released_school, small_school, snapshot


@pytest.fixture
def school(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Prepared:
    """Three reports that wait for release; where the test is marked `released`, they are out."""
    if request.node.get_closest_marker("released"):
        return copy_of(snapshot(tmp_path_factory, "released", released_school), tmp_path)
    return copy_of(snapshot(tmp_path_factory, "small", small_school), tmp_path)
