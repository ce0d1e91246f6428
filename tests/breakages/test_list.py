"""The list cannot rot: each breakage still fits the code, and the test that it names is there."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.breakages.breakage_list import ROOT, Breakage, read_breakages
from tests.breakages.trial import HUNG, Outcome

BREAKAGES = read_breakages()
LAWS = 16


def test_each_fits_once_and_its_test_is_there() -> None:
    assert {breakage.name: wrong for breakage in BREAKAGES if (wrong := _wrong(breakage))} == {}


def test_what_they_name_is_no_matter_for_soak(request: pytest.FixtureRequest) -> None:
    """In `make breakages` a soaked test is not run, and here nobody would see that a law has none any more."""
    soaked = {b.test for b in BREAKAGES if b.test.partition("[")[0].partition("::")[2] in _soaked(ROOT / _file(b))}
    assert soaked == set()
    config = request.config
    if config.option.keyword or config.option.markexpr != "not soak" or any("::" in one for one in config.args):
        return
    here = {item.nodeid for item in request.session.items}  # of whole files, each with its parameters
    files, functions = {one.partition("::")[0] for one in here}, {one.partition("[")[0] for one in here}
    gone = {b.test for b in BREAKAGES if b.test not in (here if "[" in b.test else functions) and _file(b) in files}
    assert gone == set()


def _file(breakage: Breakage) -> str:
    return breakage.test.partition("::")[0]


def _wrong(breakage: Breakage) -> str:
    """What is wrong with it; empty where it can be tried."""
    whole = (ROOT / breakage.file).read_text(encoding="utf-8")
    try:
        broken = breakage.broken(whole)
        if breakage.file.endswith(".py"):
            ast.parse(broken)
    except (LookupError, SyntaxError) as error:
        return str(error)
    path, _, function = breakage.test.partition("[")[0].partition("::")
    if function not in _functions(ROOT / path):
        return f"no such test: {breakage.test}"
    return "" if broken != whole else "it changes nothing"


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


@cache
def _soaked(path: Path) -> frozenset[str]:
    """Those that `make soak` alone runs."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return frozenset(node.name for node in found if "pytest.mark.soak" in map(ast.unparse, node.decorator_list))


@cache
def _functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
