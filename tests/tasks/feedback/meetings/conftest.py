"""A small school whose teacher can be met, copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.snapshots import small_school, snapshot, working_copy
from tests.tasks.feedback.meetings.meeting_office import MeetingOffice


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[MeetingOffice]:
    with working_copy(snapshot(tmp_path_factory, "small", small_school), tmp_path) as school:
        yield MeetingOffice(school)
