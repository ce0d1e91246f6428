"""One class name has one meaning in the whole tree."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _named(tree: ast.Module) -> list[str]:
    """Classes and type aliases at the top of a module; an alias is a capitalised name that is given a value."""
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    targets = [node.targets[0] for node in tree.body if isinstance(node, ast.Assign) and len(node.targets) == 1]
    aliases = [one.id for one in targets if isinstance(one, ast.Name) and one.id[0].isupper() and not one.id.isupper()]
    return classes + aliases


def _repeated(files: dict[str, str]) -> dict[str, list[str]]:
    found = defaultdict(list)
    for path, text in sorted(files.items()):
        for name in _named(ast.parse(text)):
            if not name.startswith("_"):
                found[name].append(path)
    return {name: paths for name, paths in found.items() if len(paths) > 1}


def test_a_class_name_has_one_meaning() -> None:
    rooms = (ROOT / room for room in ("flows", "tasks", "schemas"))
    files = {str(path.relative_to(ROOT)): path.read_text() for room in rooms for path in room.rglob("*.py")}

    assert _repeated(files) == {}


def test_a_name_that_stands_twice_is_seen() -> None:
    files = {"a.py": "class Row:\n    pass\n", "b.py": 'Row = dict[str, int]\nROW = 1\n_Row = "x"\n'}

    assert _repeated(files) == {"Row": ["a.py", "b.py"]}
