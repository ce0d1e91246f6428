"""Marks whose lowest is not 0 (case 22): nobody may guess which end is the better one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from termpost.schemas.documents.findings import Findings
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.check.contracts.check_parameters import CheckParameters

from tests.command import Command
from tests.grades.bundle import Answer, Bundle, ask

Ask = Callable[..., Answer]
# class → (resultValueMin, resultValueMax, score); each in the category of its name
CLASSES = {
    "plain": ("0", "100", "80"),
    "of 1 to 6": ("1", "6", "2"),
    "of 1 to 5": ("1", "5", "5"),
    "from 50": ("50", "100", "80"),
    "blank": ("", "100", "80"),
}


def school(version: str = "1.2", **scores: str) -> Bundle:
    book = Bundle(version=version)
    for class_id, (low, high, score) in CLASSES.items():
        book.category(f"k-{class_id}", f"Work {class_id}")
        book.klass(class_id)
        book.item(f"i-{class_id}", class_id, f"k-{class_id}", high, resultValueMin=low)
        book.mark(f"i-{class_id}", scores.get(class_id.replace(" ", "_"), score))
    return book


def judge(book: Bundle, folder: Path, **rules: Any) -> Findings:
    from termpost.tasks.check.against_contracts import hold_against_contracts

    book.write(folder)
    sources = {path.relative_to(folder).as_posix(): str(path) for path in folder.rglob("*.csv")}
    policy = GradingPolicy.model_validate({"version": "t", **rules})
    with duckdb.connect() as con:
        return hold_against_contracts(con, sources, "e", CheckParameters.by_policy(policy), "oneroster-csv/1.2")


LOW, HIGH = {"better": "low"}, {"better": "high"}
ALL = {"of 1 to 6", "of 1 to 5", "from 50"}


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        ({}, ALL),
        (LOW, set()),
        ({"class": {"of 1 to 6": LOW}}, ALL - {"of 1 to 6"}),
        ({"category": {"Work of 1 to 6": LOW, "k-of 1 to 5": HIGH}}, {"from 50"}),
        ({"class": {"from 50": {"category": {"Work from 50": HIGH}}}}, ALL - {"from 50"}),
        ({"class": {"from 50": {"category": {"Work of 1 to 5": HIGH}}}}, ALL),
    ],
)
def test_each_line_item_without_a_rule_is_one_error_that_holds_its_class(
    rules: dict[str, Any], asked: set[str], tmp_path: Path
) -> None:
    found = judge(school(), tmp_path, **rules)
    of = dict(enumerate(CLASSES, start=1))
    errors = [p for p in found.problems if p.severity == "error" and p.rule != "reference"]
    assert {of[p.row or 0] for p in errors} == asked
    assert {(p.rule, p.file, p.column) for p in errors} <= {("lowest-mark", "lineItems.csv", "resultValueMin")}
    assert {hold.class_id for hold in found.holds} == asked
    assert all("better" in p.remedy for p in errors)


@pytest.mark.parametrize(
    ("class_id", "score", "rules", "rule", "severity"),
    [
        ("of_1_to_6", "0.99", LOW, "below-min", "error"),
        ("of_1_to_6", "6.01", LOW, "above-max", "error"),  # worse than the worst
        ("of_1_to_6", "6.01", HIGH, "above-100", "warning"),
        ("of_1_to_6", "11", HIGH, "above-100", "warning"),  # (11 - 1) of (6 - 1) is 200 %
        ("of_1_to_6", "11.01", HIGH, "above-max", "error"),
        ("of_1_to_6", "1", LOW, "", ""),
        ("of_1_to_6", "6", LOW, "", ""),
        ("from_50", "49.9", HIGH, "below-min", "error"),
        ("plain", "101", LOW, "above-max", "error"),
    ],
)
def test_a_mark_is_held_against_both_ends_of_its_scale(
    class_id: str, score: str, rules: dict[str, Any], rule: str, severity: str, tmp_path: Path
) -> None:
    found = judge(school(**{class_id: score}), tmp_path, **rules)
    said = {(p.rule, p.severity) for p in found.problems if p.file == "results.csv"}
    assert said == ({(rule, severity)} if rule else set())


@pytest.mark.parametrize(("low", "high", "wrong"), [("5", "5", True), ("6", "5", True), ("0", "0", False)])
def test_a_scale_without_length_is_an_error(low: str, high: str, wrong: bool, tmp_path: Path) -> None:
    book = Bundle(version="1.2")
    book.category("k", "K")
    book.klass("c")
    book.item("i", "c", "k", high, resultValueMin=low)
    book.mark("i", high)
    found = judge(book, tmp_path, better="high")
    assert ("min-above-max" in {p.rule for p in found.problems}) is wrong


def test_grades_says_what_to_set_and_check_goes_by_the_policy_of_a_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, home = school().write(tmp_path / "x"), tmp_path / "home"
    home.mkdir()
    (home / "grading.toml").write_text('version = "1"\n')
    said = ask(capsys, monkeypatch, folder, "--policy", home / "grading.toml", "--json")
    assert '(lineItems.csv rows 2, 3, 4): set `better = "high"` or' in said.err.splitlines()[-1]
    assert said.course("of 1 to 6")["final"] is None
    command = Command(monkeypatch, capsys)
    alone, at_home = command("check", folder, "--json"), command("check", folder, "--json", "--home", home)
    assert [text.out.count('"rule": "lowest-mark",\n      "severity": "warning"') for text in (alone, at_home)] == [
        3,
        0,
    ]
    assert [text.out.count('"rule": "lowest-mark",\n      "severity": "error"') for text in (alone, at_home)] == [0, 3]
