"""What every store keeps to, on the embedded one and on a real S3 (Ceph), with and without what AWS has beyond it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from services.gateway import Gateway
from termpost.tasks.store.interface import FileStore, Store
from termpost.tasks.store.s3.store import S3Store

S3 = pytest.param("s3", marks=pytest.mark.needs("radosgw"))


@pytest.fixture(params=["file", S3])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    if request.param == "file":
        yield FileStore(tmp_path / "vault")
        return
    gateway: Gateway = request.getfixturevalue("s3")
    yield S3Store(gateway.store(monkeypatch, "some/prefix"))


def test_what_is_put_is_got_and_its_head_is_of_the_bytes(store: Store) -> None:
    put = store.put("a/b/c.bin", b"\0one")
    assert store.get("a/b/c.bin") == b"\0one"
    assert store.head("a/b/c.bin") == put
    assert store.put("a/b/c.bin", b"two").sha256 != put.sha256
    assert store.get("a/b/c.bin") == b"two"
    assert store.head("a/b/c.bin") == store.put("a/b/c.bin", b"two")
    large = bytes(range(256)) * 40_000  # 10 MB
    assert store.head("large") is None
    assert store.put("large", large) == store.head("large")
    assert store.get("large") == large
    assert store.get("a/b/c.bin") == b"two"
    assert store.put("empty", b"") == store.head("empty")


def test_what_is_not_there(store: Store) -> None:
    assert store.head("a/b") is None
    assert list(store.list("a/")) == []
    store.delete("a/b")
    store.forget_older("a/b")
    with pytest.raises(KeyError):
        store.get("a/b")
    store.put("a/b", b"1")
    assert store.head("a") is None  # a prefix is no object
    with pytest.raises(KeyError):
        store.get("a")
    store.delete("a/b")
    assert store.head("a/b") is None
    with pytest.raises(KeyError):
        store.get("a/b")


@pytest.mark.parametrize("key", ["log/1", "notes/1"])
def test_once_is_refused_where_the_name_is_taken_and_changes_nothing(store: Store, key: str) -> None:
    store.put(key, b"first", once=True)
    for other in (b"second", b"first"):
        with pytest.raises(FileExistsError):
            store.put(key, other, once=True)
    assert store.get(key) == b"first"
    assert list(store.list("")) == [key]


def test_of_many_who_put_once_one_wins_and_everybody_reads_its_bytes(store: Store) -> None:
    def race(number: int) -> str:
        try:
            store.put("log/1", str(number).encode() * 50_000, once=True)
        except FileExistsError:
            return "lost"
        return store.get("log/1")[:1].decode()

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(race, range(8)))
    winner = next(word for word in said if word != "lost")
    assert said.count("lost") == 7
    assert said.index(winner) == int(winner)
    assert store.get("log/1") == winner.encode() * 50_000
    assert list(store.rewritten("log/")) == []


def test_listing_is_in_the_order_of_keys(store: Store) -> None:
    keys = ["a/b/1", "a-b/1", "a.b", "a/b.c", "a/b-c", "a/b/10", "a/b/2", "ab", "a/B", "a/é", "a/ +&=?%20"]
    for key in keys:
        store.put(key, key.encode())
    assert list(store.list("")) == sorted(keys)
    assert list(store.list("a/")) == sorted(k for k in keys if k.startswith("a/"))
    assert list(store.list("a/b")) == sorted(k for k in keys if k.startswith("a/b"))
    assert list(store.list("a/b/1")) == ["a/b/1", "a/b/10"]
    assert list(store.list("none/of/these")) == []
    assert [store.get(key).decode() for key in keys] == keys


@pytest.mark.parametrize("key", ["../x", "a/../../x", "a/..", "..", "/etc/passwd", "a\\b", "a\0b", ""])
@pytest.mark.parametrize(
    "verb",
    [
        lambda s, k: s.put(k, b""), lambda s, k: s.get(k), lambda s, k: s.head(k), lambda s, k: s.delete(k),
        lambda s, k: s.url(k), lambda s, k: list(s.list(k or "..")), lambda s, k: s.forget_older(k),
    ],
    ids=["put", "get", "head", "delete", "url", "list", "forget_older"],
)  # fmt: skip
def test_a_key_that_leads_out_is_refused_by_every_verb(store: Store, key: str, verb: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="relative path"):
        verb(store, key)


def test_duckdb_reads_by_url(store: Store) -> None:
    store.put("landing/x/results.csv", b"a,b\n1,2\n")
    connection = duckdb.connect()
    store.let_in(connection)
    found = connection.execute("FROM read_csv(?)", [store.url("landing/x/results.csv")]).fetchall()
    connection.close()
    assert found == [(1, 2)]
