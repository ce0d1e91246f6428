"""docs/architecture.md and docs/changing.md name files, rooms and functions that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TO_BE_MADE = ("sms", "schoology_csv", "azure", "<", "NN")  # what an example adds
MODULES = [path.read_text() for top in ("flows", "tasks", "schemas") for path in (ROOT / top).rglob("*.py")]
FUNCTIONS = {
    name
    for text in MODULES
    for name in re.findall(r"^(?:async )?def (\w+)|^class (\w+)", text, re.MULTILINE)
    for name in name
}


@pytest.mark.parametrize("page", ["architecture.md", "changing.md"])
def test_every_path_on_the_page_is_there(page: str) -> None:
    named = re.findall(
        r"`((?:flows|tasks|schemas|tests|templates|docs|data_contracts|deploy)/[^` ]*)`",
        (ROOT / "docs" / page).read_text(),
    )
    assert len(named) > 15
    for path in named:
        if not any(part in path for part in TO_BE_MADE):
            assert (ROOT / path).exists(), path


def test_every_function_on_the_way_of_a_mark_is_there() -> None:
    way = (ROOT / "docs" / "architecture.md").read_text().partition("## The way of one mark")[2]
    named = set(re.findall(r"`(\w+)`", way))
    assert len(named) > 25
    tables = {name for name in named if name.startswith(("core_", "out_"))}
    assert {f"{name}" for name in named - tables - FUNCTIONS if name != "prepare"} == set()
    for table in tables:
        assert any(path.name.endswith(f"_{table}.sql") for path in (ROOT / "schemas" / "lake").iterdir()), table


def test_the_rooms_on_the_page_are_those_of_the_house() -> None:
    rows = (ROOT / "docs" / "architecture.md").read_text().partition("## What travels")[0]
    named = {
        name
        for row in re.findall(r"^\| (?:foundations|stages|what).*$", rows, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert named == {path.name for path in (ROOT / "tasks").iterdir() if path.is_dir() and path.name != "__pycache__"}
