"""The lists that print packs are signed off by."""

import csv
from pathlib import Path


def rows(folder: Path) -> dict[str, dict[str, str]]:
    """Every line of every pick list, by mark."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*-list.csv")):
        with path.open(newline="", encoding="utf-8") as source:
            found |= {row["mark"]: row for row in csv.DictReader(source)}
    return found
