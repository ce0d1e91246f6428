"""6,475 real anonymised students: weighted course scores against a second computation, plain Python with fractions.

The weights are per assessment, so each assessment becomes a category of its own.
"""

import csv
import json
import zipfile
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.grades.bundle import ask

ZIP = Path(__file__).parent / "data" / "oulad-2013J.zip"
LETTERS = [("P", 40), ("F", 0)]


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(newline="", encoding="utf-8") as source:
        return list(csv.DictReader(source))


def rewrite(folder: Path, name: str, new: list[dict[str, str]]) -> None:
    with (folder / name).open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(new[0]))
        writer.writeheader()
        writer.writerows(new)


def by_assessment(folder: Path) -> str:
    """Makes each line item a category; returns the policy with its weight."""
    weights = {row["lineItemSourcedId"]: row["weightPercent"] for row in rows(folder, "weights.csv")}
    (folder / "weights.csv").unlink()
    rewrite(folder, "categories.csv", [{"sourcedId": item, "title": f"Work {item}"} for item in weights])
    rewrite(folder, "lineItems.csv", [i | {"categorySourcedId": i["sourcedId"]} for i in rows(folder, "lineItems.csv")])
    scale = "".join(f'{letter} = "{lower}"\n' for letter, lower in LETTERS)
    sections = "".join(f'[category."{item}"]\nweight = "{weight}"\n' for item, weight in weights.items())
    return f'version = "oulad"\naggregate = "weighted"\n[scale]\n{scale}{sections}'


def share(parts: list[tuple[Fraction, Fraction]]) -> Fraction | None:
    total = sum((weight for weight, _ in parts), Fraction())
    return sum((w * v for w, v in parts), Fraction()) / min(total, Fraction(100)) if total else None


def cut(value: Fraction | None) -> str | None:
    with localcontext(prec=80):
        return None if value is None else str(
            (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        )  # fmt: skip


def expected(folder: Path) -> dict[tuple[str, str], tuple[str | None, str | None, str | None]]:
    """(student, module) → current, final, letter."""
    weights = {r["lineItemSourcedId"]: Fraction(r["weightPercent"]) for r in rows(folder, "weights.csv")}
    items: dict[str, list[str]] = defaultdict(list)
    for item in rows(folder, "lineItems.csv"):
        assert item["resultValueMax"] == "100"
        items[item["classSourcedId"]].append(item["sourcedId"])
    marks = {(r["lineItemSourcedId"], r["studentSourcedId"]): r["score"] for r in rows(folder, "results.csv")}
    states = {(r["lineItemSourcedId"], r["studentSourcedId"]): r["scoreStatus"] for r in rows(folder, "results.csv")}
    found = {}
    for seat in rows(folder, "enrollments.csv"):
        student, module = seat["userSourcedId"], seat["classSourcedId"]
        if seat["endDate"] and seat["endDate"] <= seat["beginDate"]:
            continue  # never sat there
        scores = {item: marks.get((item, student)) or None for item in items[module]}
        # everybody came when the module began and nobody's seat ends; a blank is missing only where the source says so
        current = share([(weights[i], Fraction(s)) for i, s in scores.items() if s is not None])
        final = share([
            (weights[i], Fraction(s or 0)) for i, s in scores.items()
            if s is not None or states.get((i, student)) == "not submitted"
        ])  # fmt: skip
        shown = cut(final)
        letter = None if shown is None else next(name for name, lower in LETTERS if Fraction(shown) >= lower)
        if seat["endDate"]:
            letter = None  # the one who left, in March; nothing that was due later has a mark
        found[student, module] = (cut(current), shown, letter)
    return found


def test_every_weighted_course_score_is_that_of_the_second_computation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "x"
    with zipfile.ZipFile(ZIP) as archive:
        archive.extractall(folder)
    reference = expected(folder)
    (tmp_path / "grading.toml").write_text(by_assessment(folder))
    answer = ask(capsys, monkeypatch, folder, "--policy", tmp_path / "grading.toml", "--json")
    assert answer.code == 0
    courses: list[dict[str, Any]] = json.loads(answer.out)["courses"]
    found = {(c["student"], c["class"]): (c["current"], c["final"], c["letter"]) for c in courses}
    assert len({student for student, _ in reference}) == 6467
    assert found == reference
    nothing = {values for (_, module), values in reference.items() if module == "GGG-2013J"}
    assert nothing == {(None, None, None)}  # its weights total 0
    assert len(set(reference.values())) > 2000
