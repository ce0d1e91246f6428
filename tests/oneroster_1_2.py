"""A bundle of OneRoster 1.1 said in 1.2: the same school, the same marks."""

import csv
from pathlib import Path

from benchmarks.district.columns import columns, manifest

HEADERS = columns("1.2")
RANKS = {"administrator": "siteAdministrator"}


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as source:
        return list(csv.DictReader(source))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, HEADERS[path.name], restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def to_1_2(folder: Path) -> None:
    """Rewrites the files of a 1.1 bundle in place; the supplement stays as it is."""
    users, line_items = _read(folder / "users.csv"), _read(folder / "lineItems.csv")
    roles = [
        {
            "sourcedId": f"{user['sourcedId']}-{place}", "userSourcedId": user["sourcedId"], "orgSourcedId": org,
            "roleType": "secondary" if place else "primary", "role": RANKS.get(user["role"], user["role"]),
        }
        for user in users
        for place, org in enumerate(user["orgSourcedIds"].split(","))
    ]  # fmt: skip
    classes = {row["sourcedId"]: row for row in _read(folder / "classes.csv")}
    class_of = {row["sourcedId"]: row["classSourcedId"] for row in line_items}
    for row in line_items:
        row["academicSessionSourcedId"] = row["gradingPeriodSourcedId"]
        row["schoolSourcedId"] = classes[row["classSourcedId"]]["schoolSourcedId"]
    results = [row | {"classSourcedId": class_of[row["lineItemSourcedId"]]} for row in _read(folder / "results.csv")]
    said = {"users.csv": users, "roles.csv": roles, "lineItems.csv": line_items, "results.csv": results}
    said["categories.csv"] = _read(folder / "categories.csv")
    for name, rows in said.items():
        _write(folder / name, rows)
    modes = {
        name: mode if mode != "bulk" or (folder / f"{name.removeprefix('file.')}.csv").exists() else "absent"
        for name, mode in manifest("1.2")
    }
    _write(folder / "manifest.csv", [{"propertyName": name, "value": value} for name, value in modes.items()])
