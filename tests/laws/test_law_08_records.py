"""Law 8 for what is done about records, copies and the review: killed at ten points, a run after it ends whole."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.laws.killed import DIED
from tests.laws.killed_records import COMMANDS
from tests.snapshots import copy_of, released_school, snapshot

TEN = 10
SHORT = ("acknowledge", "watch")  # write nine times, and are killed at each
FEW = 3
IN_SUITE = ("erase",)  # of the others the flows' tests kill the steps, and `make soak` all of them
CASES = [*((name, FEW) for name in IN_SUITE), *(pytest.param(name, TEN, marks=pytest.mark.soak) for name in COMMANDS)]


def killed(factory: pytest.TempPathFactory, folder: Path, command: str, points: int) -> list[dict[str, Any]]:
    school = copy_of(snapshot(factory, "released", released_school), folder)
    copy = Path(shutil.copytree(school.home, folder / "copy"))
    line = [sys.executable, "-m", "tests.laws.killed_records", school.home, copy, school.phone.secret, command, points]
    done = subprocess.run([str(word) for word in line], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("command", "points"), CASES)
def test_killed_anywhere_the_run_after_it_ends_whole(
    command: str, points: int, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    outcomes = killed(tmp_path_factory, tmp_path, command, points)
    assert len(outcomes) == min(points, outcomes[0]["of"])  # one that writes less is killed at each write
    assert points < TEN or len(outcomes) >= TEN or command in SHORT
    assert [one for one in outcomes if one["codes"] != [DIED, 0, 0]] == []
