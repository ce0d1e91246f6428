"""Law 16: with the store alone one can read nothing about anybody."""

import base64
import re
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.stored_objects import OBJECT_KINDS, protection_of
from termpost.tasks.channels.print.channel import CHANNEL as PRINT
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.secrets.keys import make_keys
from termpost.tasks.secrets.object_encryption import MAGIC
from termpost.tasks.store.interface import Store

from tests.attacks.decided import out_school, run, waiting_school
from tests.flows.personal import people_of
from tests.laws.on_stores import move_to_s3
from tests.school import CYCLE, FATHER, LISA, MOTHER, OTHER, Prepared, new_school, small_extract
from tests.services.gateway import Gateway
from tests.snapshots import copy_of, snapshot

PACKED = re.compile(rb"x[\x01\x9c\xda]|\x1f\x8b\x08|PK\x03\x04")  # how zlib, gzip and zip begin
# the last is what an audit of the store puts there
PROTECTED_OTHERWISE = re.compile(
    r"sealed/|door/|slots/|verify/|inbox/|log/|lake/|analyst/|notes/.+\.sealed$|notes/rights/|quarantine/\.doctor/"
)
FEW = 5  # letters that stand in random bytes by chance
Lies = Iterator[tuple[str, bytes]]


@pytest.fixture(params=["waiting", "out"])
def school(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Prepared:
    """Comments were read and a right decided; or everything is out, with a document in every envelope, and packed."""
    make = waiting_school if request.param == "waiting" else out_school
    return copy_of(snapshot(tmp_path_factory, request.param, make), tmp_path)


def personal(school: Prepared) -> set[str]:
    """Names, addresses, ids, what a mark is for, comments, codes; not names of courses, by which analysts read."""
    extract, home = school.extract, school.open()
    people = people_of(extract)
    said = {word for one in people for word in (one.id, *one.names, *one.others)}
    said |= {row[name] for row in extract.read("users.csv") for name in ("givenName", "familyName", "username")}
    said |= {row["title"] for row in extract.read("lineItems.csv")}
    said |= {row["comment"] for row in extract.read("supplement/comments.csv")}
    codes = [code_of(home, school.ref(one)) for one in (MOTHER, FATHER, OTHER)]
    said |= {*codes, *(code.replace("-", "") for code in codes)}
    return {word.lower() for word in said if len(word) > FEW}


def written(word: str) -> Iterator[bytes]:
    """Ways to write a word down, in small letters."""
    yield word.encode()
    yield word.encode("utf-16-le")
    yield word.encode("latin-1", "replace")
    yield word.encode().hex().encode()
    yield base64.b32encode(word.encode()).rstrip(b"=")[:-1].lower()


def in_base64(word: str) -> Iterator[bytes]:
    """The part of it that does not depend on what stands around, for each of the three places it may begin at."""
    for skip in range(3):
        text = base64.b64encode(bytes(skip) + word.encode())
        yield text[(skip * 8 + 5) // 6 : len(text) - 4]


def unpacked(data: bytes) -> Iterator[bytes]:
    """The bytes, and whatever in them was packed."""
    yield data
    for found in PACKED.finditer(data):
        start, head = found.start(), found[0]
        if head.startswith(b"PK"):
            start += 30 + sum(int.from_bytes(data[start + at : start + at + 2], "little") for at in (26, 28))
        bits = {b"x": 15, b"\x1f": 31, b"P": -15}[head[:1]]
        try:
            yield zlib.decompressobj(bits).decompress(data[start:])
        except zlib.error:
            continue


def told(lies: Lies, words: set[str]) -> set[tuple[str, str]]:
    """Which object says which word."""
    small = {word: set(written(word)) for word in words}
    exact = {word: {part for part in in_base64(word) if len(part) > FEW} for word in words}
    return {
        (name, word)
        for name, data in lies for layer in unpacked(name.encode() + b"\n" + data) for low in (layer.lower(),)
        for word in words
        if any(one in low for one in small[word]) or any(one in layer for one in exact[word])
    }  # fmt: skip


def of_a_folder(home: Home) -> Lies:
    folder = home.path / "vault"
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def of_a_bucket(client: Any, bucket: str) -> Lies:
    """Every version of every object, with what its headers say."""
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for one in page.get("Versions", []):
            answer = client.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
            tags = client.get_object_tagging(Bucket=bucket, Key=one["Key"])["TagSet"]
            yield one["Key"], f"{answer['Metadata']} {tags} {answer['ContentType']}\n".encode() + answer["Body"].read()


def assert_says_nothing(lies: Lies, words: set[str]) -> None:
    everything = list(lies)
    kinds = {name.split("/")[0] for name, _ in everything}
    assert {"landing", "quarantine", "reports", "log", "lake"} <= kinds
    assert told(iter(everything), words) == set()
    for name, data in everything:
        if not PROTECTED_OTHERWISE.match(name):
            assert MAGIC in data, name
            body = data[data.index(MAGIC) :].partition(b"\n")[2]
            assert len(zlib.compress(body)) > len(body), name  # noise has nothing to press out


def test_the_scan_finds_a_word_however_it_is_written() -> None:
    word = "quartermain"
    for data in (
        b"Zebulon Quartermain", "Quartermain".encode("utf-16-le"), "Quartermain".encode("utf-16-be"),
        zlib.compress(b"a quartermain b" * 9), zlib.compress(zlib.compress(b"x") + b"quartermain", wbits=31),
        base64.b64encode(b"quartermain"), base64.b64encode(b"1 quartermain 2"), base64.b64encode(b"12 quartermain"),
        b"quartermain".hex().encode(),
    ):  # fmt: skip
        assert told(iter([("x", b"\0\x01" + data + b"\0")]), {word}) == {("x", word)}, data
    assert told(iter([(f"landing/{word}.csv", b"")]), {word})


def test_no_byte_of_the_store_says_anything_about_anybody(school: Prepared) -> None:
    assert_says_nothing(of_a_folder(school.open()), personal(school))


@pytest.mark.soak
@pytest.mark.needs("radosgw")
def test_nor_of_a_bucket_with_its_versions_and_headers(
    tmp_path: Path, s3: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = new_school(tmp_path / "home")
    move_to_s3(new, s3, monkeypatch)
    school = Prepared(new.home, new.phone, extract=small_extract(tmp_path / "extract"))
    school.prepare(school.extract)
    school.release()
    bucket = school.open().written.store.url.removeprefix("s3://").partition("/")[0]
    lies = ((key.removeprefix("district/"), data) for key, data in of_a_bucket(s3.client(), bucket))
    assert_says_nothing(lies, personal(school))


def opens(store: Store, key: str) -> str:
    """The code of the refusal; empty where it opens."""
    try:
        store.get(key)
    except InputError as refused:
        return refused.code
    return ""


def test_the_store_opens_nothing_without_the_keys_nor_with_those_of_another_home(
    school: Prepared, tmp_path: Path
) -> None:
    thief = tmp_path / "thief"
    shutil.copytree(school.home / "vault", thief / "vault")
    for name in ("termpost.toml", "calendar.toml", "grading.toml"):
        shutil.copy(school.home / name, thief)
    keys = [key for key in school.store.list("") if protection_of(key) != "own"]
    assert len(keys) > 20
    assert {opens(open_home(thief).store, key) for key in keys} == {"no-secret"}
    make_keys(thief / "secrets")
    assert {opens(open_home(thief).store, key) for key in keys} == {"other-home"}
    shutil.copy(school.home / "secrets" / "people.sqlite", thief / "secrets")
    assert {opens(open_home(thief).store, key) for key in keys} == {"other-home"}


def test_the_same_again_puts_nothing(school: Prepared) -> None:
    before = dict(of_a_folder(school.open()))
    school.prepare(school.extract)
    assert dict(of_a_folder(school.open())) == before


def test_an_erased_student_s_reports_open_no_more_and_all_others_do(school: Prepared) -> None:
    home, lisa = school.open(), school.ref(LISA)
    keys = [key for key in home.store.list("") if protection_of(key) != "own"]
    hers = {entry.object for entry in school.entries("report_made") if entry.student == lisa}
    hers |= {
        entry.object for entry in school.entries("planned") if entry.student == lisa and entry.channel == PRINT.name
    }
    home.people.delete(lisa)
    gone = {key for key in keys if opens(school.open().store, key) == "person-erased"}
    assert {key for key in gone if not key.endswith(".json")} == hers
    assert all(not opens(school.open().store, key) for key in keys if key not in gone)


def test_a_code_is_on_its_slip_and_in_nothing_that_is_stored_or_printed_with_reports(school: Prepared) -> None:
    codes = {code_of(school.open(), school.ref(one)) for one in (MOTHER, FATHER, OTHER)}
    store = school.store
    for key in store.list(""):
        assert not codes_in(store.get(key), codes), key  # not even in an object that was opened
    if school.entries("released"):
        folder = school.home.parent / "printed"
        run(school, "print", "--cycle", CYCLE, "--out", str(folder))
        assert not {code for pack in folder.glob("pack-??.pdf") for code in codes_in(pack.read_bytes(), codes)}
        run(school, "codes", "issue", "--out", str(folder / "slips.pdf"))
        assert codes_in((folder / "slips.pdf").read_bytes(), codes) == codes
        assert not codes_in((folder / "slips-list.pdf").read_bytes(), codes)


def codes_in(data: bytes, codes: set[str]) -> set[str]:
    text = "".join(page.text for page in read_pages(data)) if data.startswith(b"%PDF") else data.decode("latin-1")
    return {code for code in codes if code in text}


def test_each_kind_of_object_is_protected_as_the_list_of_them_says() -> None:
    said = {kind.place: kind.protection for kind in OBJECT_KINDS}
    assert {place: protection_of(re.sub("<[^>]+>", "x", place)) for place in said} == said
