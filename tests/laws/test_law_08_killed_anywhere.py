"""Laws 6 and 8: killed after any write, a rerun finishes the work, and the log always knew first."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from termpost.tasks.runtime.atomic_files import STAGED

from tests.once import made_once
from tests.school import FANNIE, KYLE, LISA, MOTHER, OTHER, new_school, small_extract

TESTS = Path(__file__).parents[1]
Outcome = dict[str, Any]
OUTCOMES = "outcomes.json"
# a kill costs three runs; `make soak` tries every write
POINTS = ["named", pytest.param("every", marks=pytest.mark.soak)]
PIPELINE = (
    "report_made",
    "superseded",
    "held",
    "sealed",
    "planned",
    "sent",
    "delivered",
    "checked",
    "extract_received",
)


def kills(factory: pytest.TempPathFactory, flow: str, where: str) -> list[Outcome]:
    """The outcome of a run nobody killed, then one for each kill; found out once, for all workers."""
    folder = made_once(factory, f"killed-{flow}-{where}", lambda folder: _kill(folder, flow, where))
    outcomes: list[Outcome] = json.loads((folder / OUTCOMES).read_text())
    return outcomes


def _kill(folder: Path, flow: str, where: str) -> None:
    school, extract = new_school(folder / "home"), small_extract(folder / "extract")
    extract.keep({LISA, FANNIE, KYLE, MOTHER, OTHER})  # one recipient fewer: every kill costs seconds
    if flow == "release":
        school.prepare(extract)
    shutil.copytree(school.home, folder / "copy")
    done = subprocess.run(
        [
            sys.executable,
            Path(__file__).with_name("killed.py"),
            school.home,
            folder / "copy",
            extract.folder,
            school.phone.secret,
            flow,
            where,
        ],
        env=os.environ | {"PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcomes: list[Outcome] = json.loads(done.stdout)
    assert [o["codes"] for o in outcomes] == [[0, 0, 0], *[[9, 0, 0]] * (len(outcomes) - 1)], done.stderr
    (folder / OUTCOMES).write_text(done.stdout)


@pytest.fixture(scope="module", params=POINTS)
def releases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    return kills(tmp_path_factory, "release", request.param)


@pytest.fixture(scope="module", params=POINTS)
def prepares(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    return kills(tmp_path_factory, "prepare", request.param)


def visible(seen: dict[str, Any]) -> dict[str, str]:
    """Without what another thread was still writing under a name of its own: no store lists that."""
    there = {name: digest for name, digest in seen["objects"].items() if f"/{STAGED}" not in name}
    return {name: digest for name, digest in there.items() if name.startswith(("sealed/", "print/"))}


def facts(seen: dict[str, Any]) -> Counter[str]:
    """What the pipeline wrote down, without who ran it when; how often a person approved is not among it."""
    return Counter(json.dumps(entry, sort_keys=True) for entry in seen["entries"] if entry["kind"] in PIPELINE)


def test_a_killed_release_ends_with_the_same_objects_and_each_delivery_once(releases: list[Outcome]) -> None:
    whole = releases[0]["after"]
    assert len(visible(whole)) == 4  # a page and an envelope for each of two recipients
    assert len(releases) > 2  # the first was let live
    for outcome in releases[1:]:
        after = outcome["after"]
        assert visible(after) == visible(whole), outcome["where"]
        assert facts(after) == facts(whole), outcome["where"]
        arrived = Counter(e["delivery"] for e in after["entries"] if e["kind"] in ("sent", "delivered"))
        assert len(arrived) == 6, outcome["where"]  # three reports to a recipient, by two channels
        assert set(arrived.values()) == {1}, outcome["where"]
        released = Counter((e["report"], e["version"]) for e in after["entries"] if e["kind"] == "released")
        assert set(released.values()) == {1}, outcome["where"]


def test_nothing_is_visible_that_the_log_did_not_know_before(releases: list[Outcome]) -> None:
    partly = 0
    for outcome in releases[1:]:
        seen = outcome["killed"]
        sealed = {e["object"]: e["recipient"] for e in seen["entries"] if e["kind"] == "sealed"}
        planned = {(e["recipient"], e["channel"]) for e in seen["entries"] if e["kind"] == "planned"}
        for name in visible(seen):
            assert name in sealed, (outcome["where"], name)
            channel = "portal" if name.startswith("sealed/") else "print"
            assert (sealed[name], channel) in planned, (outcome["where"], name)
        partly += 0 < len(visible(seen)) < 4
    assert partly  # killed in the middle of showing, too


def test_no_copy_is_left_in_the_outgoing_area(releases: list[Outcome]) -> None:
    left = {name for outcome in releases for name in outcome["after"]["objects"] if name.startswith("outgoing/")}
    assert {name for name in left if not name.endswith(".json")} == set()


def renditions(objects: Iterable[str]) -> list[str]:
    return [name for name in objects if name.startswith("reports/") and name.endswith((".pdf", ".html"))]


def test_a_killed_prepare_ends_with_every_report_once(prepares: list[Outcome]) -> None:
    whole = prepares[0]["after"]
    assert len(renditions(whole["objects"])) == 6
    assert len(prepares) > 1  # the first was let live
    for outcome in prepares[1:]:
        after = outcome["after"]
        found = {
            name.split("/", 4)[4] for name in after["objects"] if name.startswith("reports/") and name.count("/") > 4
        }
        assert len(renditions(after["objects"])) == 6, outcome["where"]
        assert {name.split("/")[0] for name in found} == {"v1"}, outcome["where"]
        made = Counter((e["object"], e["version"]) for e in after["entries"] if e["kind"] == "report_made")
        assert len(made) == 6, outcome["where"]
        assert set(made.values()) == {1}, outcome["where"]
        kinds = Counter(e["kind"] for e in after["entries"])
        assert kinds == Counter(e["kind"] for e in whole["entries"]), outcome["where"]
