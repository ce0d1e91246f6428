"""An extract is its content: one id however it is packed, another for every difference."""

from collections.abc import Callable
from pathlib import Path

import pytest
from termpost.tasks.extract.land import fingerprint, land
from termpost.tasks.extract.source import open_source
from termpost.tasks.store.file.store import FileStore

from tests.tagged import TAGS
from tests.tasks.gradebook import GRAND_BEND


def id_of(source: Path) -> str:
    return fingerprint(open_source(str(source))).id


def test_a_folder_and_its_zip_are_one_extract(folder: Path, zipped: Callable[..., Path], store: FileStore) -> None:
    path = zipped()
    assert id_of(path) == id_of(folder)
    land(store, TAGS, open_source(str(path)), fingerprint(open_source(str(path))), ())
    for name in ("users.csv", "supplement/contacts.csv", "results.csv"):
        key = f"landing/{id_of(path)}/{name}"
        assert store.head(key) is not None
    assert store.get(f"landing/{id_of(path)}/results.csv") == (folder / "results.csv").read_bytes()


def test_one_byte_makes_another_extract(folder: Path) -> None:
    before = id_of(folder)
    data = bytearray((folder / "results.csv").read_bytes())
    data[data.index(b"9,")] = ord("8")
    (folder / "results.csv").write_bytes(data)
    assert id_of(folder) != before


def test_the_name_of_a_file_is_part_of_the_content(folder: Path) -> None:
    (folder / "demographics.csv").write_text("sourcedId\n")
    before = id_of(folder)
    (folder / "demographics.csv").rename(folder / "resources.csv")
    assert id_of(folder) != before


def test_content_cannot_move_between_name_and_sum(folder: Path) -> None:
    """The same bytes in two other files are another extract."""
    (folder / "demographics.csv").write_text("a\n")
    (folder / "resources.csv").write_text("b\n")
    before = id_of(folder)
    (folder / "demographics.csv").write_text("b\n")
    (folder / "resources.csv").write_text("a\n")
    assert id_of(folder) != before


def test_what_is_no_csv_at_its_place_is_no_part_of_the_extract(folder: Path) -> None:
    before = id_of(folder)
    (folder / "README.md").write_text("notes")
    (folder / "old").mkdir()
    (folder / "old" / "notes.csv").write_text("a\n1\n")
    assert id_of(folder) == before


@pytest.mark.parametrize(
    ("line", "version"), [("oneroster.version,1.2", "1.2"), ("oneroster.version,", "1.1"), ("", "1.1")]
)
def test_the_version_is_what_the_manifest_says(folder: Path, line: str, version: str) -> None:
    (folder / "manifest.csv").write_text(f"﻿propertyName,value\n{line}\n", encoding="utf-8")
    assert fingerprint(open_source(str(folder))).version == version


def test_without_a_manifest_it_is_1_1(folder: Path) -> None:
    (folder / "manifest.csv").unlink()
    assert fingerprint(open_source(str(folder))).version == "1.1"


def test_the_id_is_the_sha256_that_anyone_can_compute() -> None:
    """`sha256sum` over the sorted listing of `sha256sum *.csv`."""
    from hashlib import sha256

    names = sorted(p.relative_to(GRAND_BEND).as_posix() for p in GRAND_BEND.rglob("*.csv"))
    listing = "".join(f"{sha256((GRAND_BEND / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    assert id_of(GRAND_BEND) == sha256(listing.encode()).hexdigest()
