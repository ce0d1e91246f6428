"""What is refused: with one line that a person can act on, no value of the data in it, and nothing written."""

import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.land import fingerprint, land
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.oneroster.required import REQUIRED
from termpost.tasks.store.file.store import FileStore

from tests.tagged import TAGS
from tests.tasks.gradebook import Gradebook

Zipped = Callable[..., Path]


def take_in(store: FileStore, source: Path, drop: tuple[str, ...]) -> None:
    files = open_source(str(source))
    land(store, TAGS, files, fingerprint(files), drop)


def refused(store: FileStore, source: Path, drop: tuple[str, ...] = ()) -> InputError:
    """What extract says; it must have said it in one clear line and have written nothing."""
    with pytest.raises(InputError) as caught:
        take_in(store, source, drop)
    error = caught.value
    assert not store.root.exists()
    assert "\n" not in str(error)
    assert error.what
    assert error.remedy
    for value in ("Anna", "anna", "Givens", "Elm", "Grand Bend"):
        assert value not in str(error).replace(str(source), "")
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    return error


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_required_file_is_named(store: FileStore, folder: Path, name: str) -> None:
    (folder / name).unlink()
    error = refused(store, folder)
    assert error.code == "missing-file"
    assert name in error.what


def test_a_name_in_the_wrong_case_is_refused_and_the_right_spelling_said(store: FileStore, folder: Path) -> None:
    (folder / "lineItems.csv").rename(folder / "lineitems.csv")
    error = refused(store, folder)
    assert error.code == "missing-file"
    assert "lineitems.csv must be spelt lineItems.csv" in error.remedy


@pytest.mark.parametrize("name", ["users.csv", "results.CSV"])
def test_one_file_of_an_extract_is_not_taken_for_it(store: FileStore, folder: Path, tmp_path: Path, name: str) -> None:
    alone = tmp_path / name
    alone.write_bytes((folder / name.lower()).read_bytes())
    error = refused(store, alone)
    assert (error.code, error.where) == ("part-of-extract", name)
    assert "folder" in error.remedy


def test_a_path_that_is_not_there(store: FileStore, tmp_path: Path) -> None:
    assert refused(store, tmp_path / "nowhere").code == "no-extract"


@pytest.mark.parametrize("data", [b"", b"sourcedId\n1\n", b"PK\x03\x04 and then nothing", b"\xff" * 4096])
def test_a_file_that_is_no_zip(store: FileStore, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "extract.zip").write_bytes(data)
    assert refused(store, tmp_path / "extract.zip").code == "unreadable-zip"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_zip(store: FileStore, zipped: Zipped, share: float) -> None:
    path = zipped()
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert refused(store, path).code == "unreadable-zip"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_with_damage_inside(store: FileStore, folder: Path, method: int) -> None:
    path = folder.parent / "extract.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for file in sorted(folder.rglob("*.csv")):
            archive.write(file, file.relative_to(folder).as_posix())
        info = archive.getinfo("users.csv")
    data = bytearray(path.read_bytes())
    first = info.header_offset + 30 + len(info.filename)
    for at in range(first, first + info.compress_size):
        data[at] ^= 0x5A
    path.write_bytes(data)
    assert refused(store, path).code == "unreadable-zip"


def test_a_zip_made_by_a_method_nobody_knows(store: FileStore, zipped: Zipped) -> None:
    path = zipped()
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset : at + offset + 2] = struct.pack("<H", 77)
            at = data.find(mark, at + 1)
    path.write_bytes(data)
    assert refused(store, path).code == "unreadable-zip"


def test_a_member_name_that_is_not_text(store: FileStore, zipped: Zipped) -> None:
    path = zipped({"é.csv": b"x"})  # flagged as UTF-8
    path.write_bytes(path.read_bytes().replace("é.csv".encode(), b"\xff\xfe.csv"))
    assert refused(store, path).code == "unreadable-zip"


def _link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("demographics.csv")
    info.create_system = 3  # Unix
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    "name",
    ["../users.csv", "a/../../b.csv", "/etc/passwd", "/x.csv",
     "..\\x.csv", "a\\..\\..\\b.csv", "\\x.csv", "C:\\x.csv", "C:/x.csv", "C:x.csv", _link()],
    ids=str,
)  # fmt: skip
def test_a_zip_that_names_something_outside_itself(
    store: FileStore, zipped: Zipped, name: str | zipfile.ZipInfo
) -> None:
    path = zipped({name: b"/etc/passwd"})
    assert refused(store, path).code == "unsafe-zip"
    assert sorted(p.name for p in path.parent.iterdir()) == ["extract", "extract.zip"]


def test_a_zip_with_one_name_twice(store: FileStore, zipped: Zipped) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        path = zipped({"users.csv": b"sourcedId\n"})
    assert refused(store, path).code == "unsafe-zip"


def test_an_encrypted_zip(store: FileStore, zipped: Zipped) -> None:
    path = zipped()
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 1)
    path.write_bytes(data)
    assert refused(store, path).code == "encrypted-zip"


def test_a_zip_bomb(store: FileStore, zipped: Zipped) -> None:
    path = zipped({"demographics.csv": b"0" * 64 * 2**20})
    assert path.stat().st_size < 2**17
    assert refused(store, path).code == "zip-bomb"


def test_a_bomb_that_lies_about_its_size_is_never_unpacked_further_than_it_says(
    store: FileStore, zipped: Zipped
) -> None:
    path = zipped({"demographics.csv": b"0" * 64 * 2**20})
    lie, true = struct.pack("<L", 1000), struct.pack("<L", 64 * 2**20)
    path.write_bytes(path.read_bytes().replace(true, lie))
    assert refused(store, path).code == "unreadable-zip"


def test_a_zip_of_the_folder_instead_of_its_files(store: FileStore, zipped: Zipped) -> None:
    error = refused(store, zipped(prefix="export/"))
    assert error.code == "nested-zip"
    assert "zip the files themselves" in error.remedy


@pytest.mark.parametrize("name", ["users.csv", "supplement/contacts.csv"])
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        ("sourcedId\nJosé\n".encode("latin-1"), "not-utf8"),
        ("sourcedId\nGivens\n".encode("utf-16"), "not-utf8"),
        (b"sourcedId\nanna\xc3", "not-utf8"),  # ends in the middle of a character
        (b"sourcedId\nanna\0\n", "not-text"),
    ],
)
def test_a_file_that_is_not_csv_text(store: FileStore, folder: Path, name: str, data: bytes, code: str) -> None:
    (folder / name).write_bytes(data)
    error = refused(store, folder)
    assert error.code == code
    assert error.where == name


def test_a_character_torn_between_two_chunks_is_still_text(store: FileStore, folder: Path) -> None:
    text = "x" * (2**20 - 1) + "é"
    (folder / "demographics.csv").write_bytes(f"sourcedId\n{text}\n".encode())
    assert fingerprint(open_source(str(folder))).files["demographics.csv"]


def test_an_open_quote_in_a_password_is_refused_since_it_hides_the_rows_below(
    store: FileStore, gradebook: Gradebook, tmp_path: Path
) -> None:
    folder = gradebook.write(tmp_path / "extract")
    lines = (folder / "users.csv").read_text().splitlines()
    lines[1] = lines[1].rsplit(",", 1)[0] + ',"Givens'
    (folder / "users.csv").write_text("\n".join(lines) + "\n")
    error = refused(store, folder)
    assert (error.code, error.where) == ("unreadable-csv", "users.csv")


def test_a_file_that_is_written_while_it_is_read_leaves_nothing_behind(store: FileStore, folder: Path) -> None:
    files = open_source(str(folder))
    weighed = fingerprint(files)
    (folder / "results.csv").write_bytes((folder / "results.csv").read_bytes().replace(b"9", b"8"))
    with pytest.raises(InputError) as caught:
        land(store, TAGS, files, weighed, ())
    assert (caught.value.code, caught.value.where) == ("source-changed", "results.csv")
    assert list(store.list("")) == []
