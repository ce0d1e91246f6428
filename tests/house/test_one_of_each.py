"""What there is one of: where a second one begins, the first one's care is soon missing from it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def using(pattern: str) -> set[str]:
    """Files of the product that have it."""
    files = [path for top in ("flows", "tasks", "schemas") for path in (ROOT / top).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix() for path in files if re.search(pattern, path.read_text())}


@pytest.mark.parametrize(
    ("pattern", "where"),
    [
        (r"\bmkstemp\b|NamedTemporaryFile|os\.fsync|os\.replace|\.replace\(path\)", "tasks/runtime/atomic_files.py"),
        (r"\bfcntl\b|\bflock\b|import filelock|from filelock", "tasks/runtime/file_locks.py"),
        (r"import tenacity|from tenacity|import stamina|2 \*\* ?attempt", "tasks/runtime/retry.py"),
        (r"\bFileSystemLoader\b|\bStrictUndefined\b", "tasks/documents/jinja.py"),
        (r"typst\.Compiler|^import typst", "tasks/documents/typesetting.py"),
        (r"^import pypdfium2|^from pypdfium2", "tasks/documents/pdf_text.py"),
    ],
)
def test_it_is_done_in_one_place(pattern: str, where: str) -> None:
    assert using(f"(?m){pattern}") == {where}
