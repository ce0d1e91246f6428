"""`termpost check` on real extracts gives the numbers that counting rows with the csv module gives."""

import csv
import json
import zipfile
from io import TextIOWrapper
from pathlib import Path

import pytest

from tests.command import Command
from tests.school import GRAND_BEND

SAMPLES = {
    "grand-bend": (GRAND_BEND, "oneroster-csv", "1.1", 14, 0),
    # two withdrew before they had begun
    "oulad-2013J": (Path(__file__).parents[1] / "grades" / "data" / "oulad-2013J.zip", "oneroster-csv", "1.1", 10, 2),
    "lms-toolkit": (Path(__file__).parents[1] / "data" / "lms-toolkit.zip", "lms-toolkit", "1", 34, 0),
}


def counted(path: Path) -> dict[str, int]:
    """File → data rows, counted without termpost."""
    if path.is_dir():
        return {
            p.relative_to(path).as_posix(): _rows(p.read_text("utf-8-sig").splitlines()) for p in path.rglob("*.csv")
        }
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".csv")]
        return {n: _rows(list(TextIOWrapper(archive.open(n), "utf-8-sig"))) for n in names}


def _rows(lines: list[str]) -> int:
    return sum(1 for row in csv.reader(lines) if row) - 1


@pytest.mark.parametrize("name", SAMPLES)
def test_rows_of_a_sample_are_those_that_anybody_counts(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, form, version, files, quarantined = SAMPLES[name]
    said = Command(monkeypatch, capsys)("check", path, "--json", "--as-of", "2021-12-17")
    found = json.loads(said.out)
    expected = counted(path)
    expected.pop("weights.csv", None)  # of the sample, not of OneRoster
    assert {f["name"]: f["rows"] for f in found["files"]} == expected
    assert len(expected) == files
    assert all(f["rows"] == f["accepted"] + f["quarantined"] for f in found["files"])
    outcome = "accepted_with_holds" if quarantined else "accepted"
    assert (said.code, found["outcome"], found["format"], found["version"]) == (0, outcome, form, version)
    assert sum(f["quarantined"] for f in found["files"]) == quarantined
