"""Columns that nobody may keep, by whatever way they come."""

from collections.abc import Collection
from pathlib import PurePosixPath

NEVER_KEPT = frozenset({"password"})  # OneRoster users.csv; no setting can keep it


def all_dropped(drop: Collection[str]) -> list[str]:
    """What settings say, as `column`, `users.column` or `users.csv.column` in any case, and what is never kept."""
    return sorted({name.casefold() for name in (*NEVER_KEPT, *drop)})


def dropped_in(file: str, dropped: Collection[str]) -> set[str]:
    """Names of the columns, folded, that one file must not have."""
    path = PurePosixPath(file.casefold())
    called = (path, path.with_suffix(""), path.name, path.stem)
    return {name.removeprefix(f"{of}.") for name in dropped for of in called}
