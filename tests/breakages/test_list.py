"""The list cannot rot: each breakage still fits the code, and the test that it names is there."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.breakages.breakage_list import ROOT, Breakage, read_breakages
from tests.breakages.trial import HUNG, Outcome

BREAKAGES = read_breakages()
LAWS = 13


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.name)
def test_it_fits_once_and_its_test_is_there(breakage: Breakage) -> None:
    whole = (ROOT / breakage.file).read_text(encoding="utf-8")
    broken = breakage.broken(whole)
    assert broken != whole
    if breakage.file.endswith(".py"):
        ast.parse(broken)
    path, _, function = breakage.test.partition("[")[0].partition("::")
    functions = {node.name for node in ast.walk(_tree(ROOT / path)) if isinstance(node, ast.FunctionDef)}
    assert function in functions


def test_names_are_unique_and_every_law_is_broken_twice() -> None:
    assert [name for name, count in Counter(b.name for b in BREAKAGES).items() if count > 1] == []
    areas = Counter(breakage.area for breakage in BREAKAGES)
    assert [law for law in range(1, LAWS + 1) if areas[f"law {law}"] < 2] == []


@pytest.mark.parametrize(("outcome", "red"), [
    (Outcome(1, failed=["t"], raised=["AssertionError"]), True),
    (Outcome(1, failed=["t"], raised=["InputError"]), True),  # the product refused what it should take
    (Outcome(1, failed=["t"], raised=["NameError"]), False),  # the breakage does not even run
    (Outcome(1, raised=["RuntimeError"]), False),  # before the test
    (Outcome(2), False), (Outcome(4), False), (Outcome(5), False), (Outcome(HUNG), False), (Outcome(0, ["t"]), False),
])  # fmt: skip
def test_only_a_verdict_of_the_test_itself_is_a_catch(outcome: Outcome, red: bool) -> None:
    assert outcome.is_red is red


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
