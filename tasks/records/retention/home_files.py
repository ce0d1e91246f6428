"""Files of the home itself that are due: copies from before it was changed, and what a killed run left."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

from termpost.schemas.retention.kinds import DELETABLE_FILES
from termpost.schemas.retention.policy import RetentionPolicy
from termpost.tasks.records.retention.due import DueRecord


def due_files(policy: RetentionPolicy, home: Path, today: date, zone: tzinfo) -> Iterator[DueRecord]:
    """One record for each entry of the folders that may be emptied: a backup is a folder, and goes whole."""
    for kind in sorted(DELETABLE_FILES):
        line = policy.of("files", kind)
        if line is None or line.then != "delete":
            continue
        for path in _entries(home, kind):
            began = _changed(path).astimezone(zone).date()
            last_day = policy.last_day(line, began)
            if last_day < today:
                yield DueRecord(line.name, "files", kind, path.relative_to(home).as_posix(), began, last_day)


def _entries(home: Path, kind: str) -> list[Path]:
    folder, _, begins = kind.rstrip("/").partition("/")
    try:
        found = sorted((home / folder).iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    if folder == "backups":
        return [path for path in found if path.name.startswith("before-migrate-") == (begins == "before-migrate")]
    return found


def _changed(path: Path) -> datetime:
    """The last change of anything in it, links not followed."""
    times = [path.lstat().st_mtime]
    if path.is_dir() and not path.is_symlink():
        times += [(Path(top) / name).lstat().st_mtime for top, _, names in os.walk(path) for name in names]
    return datetime.fromtimestamp(max(times), UTC)


def delete_file(home: Path, name: str) -> bool:
    """Deletes a file, a link, or a folder with all in it; whether it was there."""
    path = home / name
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
        return True
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True
