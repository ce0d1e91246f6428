"""docs/security.md names what holds each attack: the tests are there, and every attack that is tried is on the page."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
TABLE = PAGE.partition("| who | tries | what happens | held by |\n")[2].partition("\n\n")[0].splitlines()[1:]
TEST = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(test_\w+)`")


def test_the_table_is_read() -> None:
    assert len(TABLE) > 50
    assert all(row.count(" | ") == 3 for row in TABLE)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.split(" | ")[1][:60])
def test_each_attack_names_tests_that_are_there(row: str) -> None:
    named = TEST.findall(row.rsplit(" | ", 1)[1])
    assert named
    for file, test in named:
        text = (ROOT / file).read_text()
        assert re.search(rf"^def {test}\(", text, re.MULTILINE), f"{file}::{test}"


def test_every_file_of_attacks_is_named() -> None:
    named = {file for row in TABLE for file, _ in TEST.findall(row)}
    assert {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "attacks").glob("test_*.py")} <= named


def test_what_is_not_covered_has_its_section() -> None:
    section = PAGE.partition("\n### What is not covered\n\n- **")[2]
    assert section.count("\n- **") > 6
