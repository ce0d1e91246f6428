"""A small school that stands ready; every test gets a copy of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.school import Prepared
from tests.snapshots import released_school, small_school, snapshot, working_copy


@pytest.fixture
def school(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> Iterator[Prepared]:
    """Three reports that wait for release; where the test is marked `released`, they are out."""
    is_out = request.node.get_closest_marker("released") is not None
    name, make = ("released", released_school) if is_out else ("small", small_school)
    with working_copy(snapshot(tmp_path_factory, name, make), tmp_path) as made:
        yield made
