"""Laws 6 and 8: killed after any write, messages are taken and answered once, and nothing of them is lost."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.once import made_once
from tests.posted_messages import Family
from tests.school import FATHER, MOTHER
from tests.snapshots import copy_of, released_school, snapshot

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module", params=["named", pytest.param("every", marks=pytest.mark.soak)])
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """That of a run nobody killed, then one for each kill."""
    name = f"killed-queries-{request.param}"
    folder = made_once(tmp_path_factory, name, lambda folder: _kill(tmp_path_factory, folder, request.param))
    found: list[dict[str, Any]] = json.loads((folder / "outcomes.json").read_text())
    return found


def _given(name: str) -> list[str]:
    return [os.environ[name]] if name in os.environ else []


def _kill(factory: pytest.TempPathFactory, folder: Path, where: str) -> None:
    school = copy_of(snapshot(factory, "released", released_school), folder)
    father, mother = Family(school, FATHER), Family(school, MOTHER)
    father.post("question", text="Why is the quiz missing?")
    father.lay(father.message("acknowledgement", part=0, proof=father.proof(0)))
    mother.post("mark", text="It was handed in.", part=1, course=0, piece="Quiz")
    mother.post("rating", rating=2, text="Hard to read.")
    mother.post("question", text=" ")
    shutil.copytree(school.home, folder / "copy")
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("killed_queries.py"), school.home, folder / "copy",
         school.extract.folder, school.phone.secret, where],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent), *_given("PYTHONPATH")])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (folder / "outcomes.json").write_text(done.stdout)


def test_it_is_killed_at_some_points_and_a_rerun_ends_well(outcomes: list[dict[str, Any]]) -> None:
    assert [one["codes"] for one in outcomes] == [[0, 0, 0], *[[9, 0, 0]] * (len(outcomes) - 1)]
    assert len(outcomes) > 2  # the first was let live


def test_nothing_is_lost_and_nothing_written_twice(outcomes: list[dict[str, Any]]) -> None:
    whole, *others = outcomes
    assert len(whole["after"]["words"]) == 4  # three messages, and the answer to the one question
    for one in others:
        assert one["after"]["words"] == whole["after"]["words"], one["where"]
        assert one["after"]["logged"] == whole["after"]["logged"], one["where"]
        assert one["after"]["inbox"] == [], one["where"]


def test_what_is_gone_from_the_inbox_stands_in_the_log(outcomes: list[dict[str, Any]]) -> None:
    whole, *others = outcomes
    for one in others:
        if len(one["killed"]["inbox"]) < 5:  # one was taken away
            kinds = [entry["kind"] for entry in one["killed"]["entries"]]
            assert kinds.count("query_received") == 3, one["where"]
            assert kinds.count("acknowledged") == 1, one["where"]
    assert whole["killed"]["inbox"] == []
