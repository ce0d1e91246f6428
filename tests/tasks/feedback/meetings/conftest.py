"""A small school whose teacher can be met, copied for each test."""

from pathlib import Path

import pytest

from tests.snapshots import copy_of, small_school, snapshot
from tests.tasks.feedback.meetings.meeting_office import MeetingOffice


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> MeetingOffice:
    return MeetingOffice(copy_of(snapshot(tmp_path_factory, "small", small_school), tmp_path))
