"""Arbitrary bytes as an extract: read, or refused in one clear line; never anything else."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.archive import zip_files
from termpost.tasks.extract.land import _cut, _kept_columns, fingerprint
from termpost.tasks.formats.oneroster.required import REQUIRED
from termpost.tasks.formats.source_file import SourceFile, from_bytes

FAST = settings(
    max_examples=300, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
CSV_LIKE = st.text('ab,"\r\n\té\0\ufeff=', max_size=60).map(str.encode) | st.binary(max_size=60)
NAMES = st.text("abc./\\:é \n", min_size=1, max_size=12).map(lambda name: name + ".csv") | st.just("users.csv")


def read_whole(files: list[SourceFile]) -> None:
    """Everything that extract does with files, short of writing them."""
    fingerprint(files)
    for file in files:
        _cut(file, _kept_columns(file, ["a", "password"]))


def take_in(read: Callable[[], list[SourceFile]]) -> None:
    try:
        read_whole(read())
    except InputError as error:
        judge(error)


def judge(error: InputError) -> None:
    assert error.what
    assert error.remedy
    assert str(error).isprintable()
    assert error.__suppress_context__ or error.__context__ is None


@FAST
@given(CSV_LIKE, st.sampled_from(["users.csv", "manifest.csv", "supplement/contacts.csv"]))
def test_any_bytes_as_csv(data: bytes, name: str) -> None:
    take_in(lambda: [from_bytes(name, data)])


@FAST
@given(st.binary(max_size=200) | st.binary(max_size=80).map(lambda data: b"PK\x03\x04" + data + b"PK\x05\x06" + data))
def test_any_bytes_as_a_zip(data: bytes) -> None:
    take_in(lambda: zip_files(lambda: io.BytesIO(data), "a.zip"))


@FAST
@given(st.dictionaries(NAMES, CSV_LIKE, max_size=3), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_any_names_and_contents_in_a_zip(members: dict[str, bytes], method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    take_in(lambda: zip_files(lambda: io.BytesIO(out.getvalue()), "a.zip"))


@pytest.fixture(scope="module")
def good() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.csv", "sourcedId,password\n" + "u-1,x\n" * 50)
        archive.writestr("manifest.csv", "propertyName,value\noneroster.version,1.2\n")
        archive.writestr("supplement/contacts.csv", "a,b\n1,2\n")
        for name in REQUIRED[:-1]:
            archive.writestr(name, "sourcedId\n")
    return out.getvalue()


@FAST
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 255)), min_size=1, max_size=4), st.integers(0, 10_000))
def test_a_good_zip_with_bytes_flipped_or_cut(good: bytes, flips: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(good)
    for place, bits in flips:
        data[place % len(data)] ^= bits
    take_in(lambda: zip_files(lambda: io.BytesIO(bytes(data)), "a.zip"))
    take_in(lambda: zip_files(lambda: io.BytesIO(good[: cut % len(good)]), "a.zip"))


def test_the_fuzz_reads_what_is_good(good: bytes) -> None:
    read_whole(zip_files(lambda: io.BytesIO(good), "a.zip"))


def test_any_bytes_on_disk_as_a_zip(tmp_path: Path) -> None:
    from termpost.tasks.extract.source import open_source

    for number, data in enumerate((b"", b"PK", b"PK\x05\x06" + b"\xff" * 18, b"PK\x05\x06" + b"\0" * 18)):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(data)
        with suppress(InputError):
            open_source(str(path))
            pytest.fail("an empty zip is no extract")
