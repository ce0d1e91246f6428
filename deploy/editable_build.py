"""Hatch's build hook: how `pip install --editable` makes this checkout importable as `termpost`.

The folders of a checkout lie at its top level (flows/, tasks/, schemas/), those of a wheel in the package `termpost`.
An editable install therefore searches `build/editable`, where one link, `termpost`, leads to the checkout: both are
imported by the same names, type checkers follow it too, and no other
project's `flows/` is taken for ours.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class EditableHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatch's interface
        if version != "editable":
            return
        link = Path(self.root) / "build" / "editable" / "termpost"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(Path("..", ".."), target_is_directory=True)
