"""The files of the contracts as they lie there."""

from pathlib import Path
from typing import Any

import yaml


def parsed(path: Path) -> dict[str, Any]:
    """By the parser in C: the one in Python takes seconds for all of them, and every worker imports those tests."""
    node: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return node
