"""docs/laws.md names every law, and tests and breakages that are there."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "laws.md").read_text()
ROWS = {int(number): row for number, row in re.findall(r"^\| (\d+) \| (.*) \|$", PAGE, re.MULTILINE)}


def test_every_law_has_a_row_with_tests_that_are_there() -> None:
    assert list(ROWS) == list(range(1, 17))
    for number, row in ROWS.items():
        named = re.findall(r"`(test_\w+\.py)`", row)
        assert any(name.startswith(f"test_law_{number:02}_") for name in named), number
        for name in named:
            assert (ROOT / "tests" / "laws" / name).is_file(), name


def test_every_law_has_two_breakages() -> None:
    listed = tomllib.loads((ROOT / "tests" / "breakages" / "laws.toml").read_text())["breakage"]
    for number in ROWS:
        assert sum(one["area"] == f"law {number}" for one in listed) >= 2, number


def test_every_test_of_a_law_is_named_on_the_page() -> None:
    for path in (ROOT / "tests" / "laws").glob("test_law_*.py"):
        assert path.name in PAGE, path.name
