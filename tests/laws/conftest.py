"""One small school, prepared once a worker; every test finds it as it was then."""

import shutil
from pathlib import Path

import pytest
from school import Extract, Prepared, new_school, small_extract


@pytest.fixture(scope="session")
def _prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """Home, a copy of it as it was, and the secret of the registrar's phone."""
    folder = tmp_path_factory.mktemp("small")
    school = new_school(folder / "home")
    school.prepare(small_extract(folder / "extract"))
    shutil.copytree(school.home, folder / "copy")
    return school.home, folder / "copy", school.phone.secret


@pytest.fixture
def school(_prepared: tuple[Path, Path, str], tmp_path: Path) -> Prepared:
    # restored in place: the lake's catalogue knows its data by an absolute path
    home, copy, secret = _prepared
    shutil.rmtree(home)
    shutil.copytree(copy, home)
    shutil.copytree(home.parent / "extract", tmp_path / "extract")
    school = Prepared(home, extract=Extract(tmp_path / "extract"))
    school.phone.secret = secret
    return school
