"""Only tasks/formats knows which formats there are: nobody else names one or imports from its folder."""

import ast
from collections.abc import Iterator

import pytest
from termpost.schemas.base.shipped import CONTRACTS
from termpost.tasks.formats.datasets import COMMON, SUPPLEMENT
from termpost.tasks.formats.format import Format
from termpost.tasks.formats.registry import FALLBACK, FORMATS, detect, format_named, load_contracts

ROOT = CONTRACTS.parent
ROOM = ROOT / "tasks" / "formats"
TOPS = ("flows", "tasks", "schemas")
MODULES = [path for top in TOPS for path in sorted((ROOT / top).rglob("*.py")) if ROOM not in path.parents]
FOLDERS = {one.package.rpartition(".")[2] for one in FORMATS} | {"oneroster"}


def texts(tree: ast.Module) -> Iterator[str]:
    """String literals that are no docstring."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_nobody_outside_asks_which_format_it_is() -> None:
    names = {word for one in FORMATS for word in (one.name, one.form)}
    folders = tuple(f"termpost.tasks.formats.{folder}" for folder in FOLDERS)
    found = []
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [(path.name, text) for text in texts(tree) if text in names]
        found += [(path.name, module) for module in imported(tree) if module.startswith(folders)]
    assert len(MODULES) > 100
    assert found == []


def test_no_contract_names_a_format() -> None:
    for path in CONTRACTS.glob("*.odcs.yaml"):
        text = path.read_text(encoding="utf-8")
        assert not [one.form for one in FORMATS if one.form in text], path.name


@pytest.mark.parametrize("one", FORMATS, ids=lambda one: one.form)
def test_a_format_ends_in_every_common_dataset_and_says_nothing_of_columns_that_are_not_there(one: Format) -> None:
    contracts = {contract.dataset: contract for contract in load_contracts(one.form)}
    assert contracts.keys() >= COMMON | SUPPLEMENT
    assert format_named(one.form) is one
    mapping = one.mapping
    assert mapping.form == one.form
    for of in (mapping.headers, mapping.added, mapping.lacking, mapping.optional, mapping.open_lists):
        for dataset, columns in of.items():
            assert set(columns) <= {column.name for column in contracts[dataset].columns}, dataset
    assert set(one.readers) <= mapping.files


def test_what_no_format_recognises_is_the_first() -> None:
    assert detect(()) is FALLBACK is FORMATS[0]
