"""Homes that stand ready: made once a run, and copied for every test that changes one."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from termpost.tasks.lake.connection import hold_lake

from tests.once import made_once
from tests.school import Extract, Prepared, new_school, small_extract


def small_school(folder: Path) -> Prepared:
    """Three students whose reports wait for release."""
    new = new_school(folder / "home")
    school = Prepared(new.home, new.phone, extract=small_extract(folder / "extract"))
    school.prepare(school.extract)
    return school


def released_school(folder: Path) -> Prepared:
    """The same, and everything is out."""
    school = small_school(folder)
    school.release()
    return school


def snapshot(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Prepared]) -> Path:
    """The folder of a school as `make` leaves it."""

    def keep(folder: Path) -> None:
        school = make(folder)
        phone = {"secret": school.phone.secret, "now": school.phone.now.isoformat()}
        (folder / "phone.json").write_text(json.dumps(phone))

    return made_once(factory, name, keep)


def copy_of(kept: Path, folder: Path) -> Prepared:
    """A school of one's own in the folder."""
    home = Path(shutil.copytree(kept / "home", folder / "home"))
    shutil.copytree(kept / "extract", folder / "extract")
    school = Prepared(home, extract=Extract(folder / "extract"))
    phone = json.loads((kept / "phone.json").read_text())
    school.phone.secret, school.phone.now = phone["secret"], datetime.fromisoformat(phone["now"])
    return school


@contextmanager
def working_copy(kept: Path, folder: Path) -> Iterator[Prepared]:
    """The same; until the end of the block its lake is attached once, and not in each of its flows and commands."""
    school = copy_of(kept, folder)
    with hold_lake(school.open().lake):
        yield school
