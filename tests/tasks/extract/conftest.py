"""A small extract as a folder and as a zip, and an empty store."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from termpost.tasks.store.file.store import FileStore

from tests.tasks.gradebook import GRAND_BEND, Gradebook


@pytest.fixture
def folder(gradebook: Gradebook, tmp_path: Path) -> Path:
    folder = gradebook.write(tmp_path / "extract")
    shutil.copy(GRAND_BEND / "manifest.csv", folder)
    return folder


@pytest.fixture
def zipped(folder: Path) -> Callable[..., Path]:
    """Zips the folder; `name=data` adds members, as they are."""

    def make(more: dict[str | zipfile.ZipInfo, bytes] | None = None, prefix: str = "") -> Path:
        path = folder.parent / "extract.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.rglob("*.csv"), reverse=True):
                archive.write(file, prefix + file.relative_to(folder).as_posix())
            for name, data in (more or {}).items():
                archive.writestr(name, data)
        return path

    return make


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "vault")
