"""What every store keeps to: one suite over all that the registry knows, on real services.

A new store is tested by one line in `ADDRESSES`; what it can do beyond the verbs, its capabilities say.
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from termpost.schemas.base.clock import SystemClock
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.settings import StoreSettings
from termpost.tasks.store.interface import LOG, Capability, ObjectPart, Store, StoreContext, Surroundings
from termpost.tasks.store.registry import STORES, open_store, store_class

from tests.services.gateway import Gateway

ROOT = Path(__file__).parents[3]
OUTSIDE = re.compile(r"\bFileStore\b|\bS3Store\b|tasks\.store\.(?:file|s3)\b")


def _file(_: pytest.FixtureRequest, __: pytest.MonkeyPatch) -> StoreSettings:
    return StoreSettings(url="file:./vault")


def _s3(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> StoreSettings:
    gateway: Gateway = request.getfixturevalue("s3")
    return gateway.store(monkeypatch, "some/prefix")


ADDRESSES: dict[str, Callable[[pytest.FixtureRequest, pytest.MonkeyPatch], StoreSettings]] = {"file": _file, "s3": _s3}
NEEDS = {"s3": pytest.mark.needs("radosgw")}
KINDS = [pytest.param(kind, marks=NEEDS.get(kind, ())) for kind in ADDRESSES]


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    settings = ADDRESSES[request.param](request, monkeypatch)
    opened = open_store(StoreContext(settings, tmp_path, SystemClock(), lambda _: None, timedelta(days=1)))
    assert type(opened) is store_class(request.param)
    return opened


def test_every_store_of_the_registry_is_tested_here() -> None:
    assert set(ADDRESSES) == set(STORES)


def test_nothing_outside_asks_which_kind_of_store_it_is() -> None:
    """But the source `s3://`, which tells errors of an S3 in the store's words."""
    files = [path for top in ("flows", "tasks", "schemas") for path in (ROOT / top).rglob("*.py")]
    asking = {path.relative_to(ROOT).as_posix() for path in files if OUTSIDE.search(path.read_text())}
    assert {path for path in asking if not path.startswith("tasks/store/")} == {"tasks/extract/s3.py"}


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


def test_a_part_is_some_of_the_bytes_and_says_how_many_there_are(store: Store) -> None:
    store.put("a/b", bytes(range(256)))
    assert store.part("a/b", 0, 4) == ObjectPart(b"\0\1\2\3", 256)
    assert store.part("a/b", 250, 99) == ObjectPart(bytes(range(250, 256)), 256)
    assert store.part("a/b", 300, 1).data == b""
    store.put("empty", b"")
    assert store.part("empty", 0, 4) == ObjectPart(b"", 0)
    for absent in ("a/c", "a"):
        with pytest.raises(KeyError):
            store.part(absent, 0, 1)


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


def test_it_is_known_when_an_object_was_put_and_until_when_nobody_may_delete_it(store: Store) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)  # a store has a clock of its own
    store.put("notes/1", b"one")
    at = store.changed_at("notes/1")
    assert at is not None
    assert before < at < before + timedelta(minutes=5)
    assert store.changed_at("notes/2") is None
    assert store.locked_until("notes/1") is None
    assert store.locked_until("notes/2") is None
    store.put("log/1", b"first", once=True)
    until = store.locked_until("log/1")
    assert (until is not None) == (Capability.OBJECT_LOCK in store.capabilities)
    assert until is None or until > before + timedelta(hours=20)


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


def test_what_it_says_it_can_do_it_does(store: Store) -> None:
    store.put("sealed/x", b"one")
    store.put("sealed/x", b"two")
    assert (list(store.rewritten("sealed/")) == ["sealed/x"]) == (Capability.VERSIONS in store.capabilities)
    if Capability.SIGNED_LINKS in store.capabilities:
        assert store.sign("sealed/x", timedelta(minutes=1)).startswith("http")
    else:
        with pytest.raises(InputError) as refused:
            store.sign("sealed/x", timedelta(minutes=1))
        assert refused.value.code == "no-signed-urls"
    if Capability.OBJECT_LOCK in store.capabilities:
        store.put(f"{LOG}1", b"1", once=True)
        with pytest.raises(InputError) as refused:
            store.delete(f"{LOG}1")
        assert refused.value.code == "not-deleted"
    is_path = Path(store.url("sealed/x")).is_file()
    assert is_path == (Capability.LOCAL_PATHS in store.capabilities)


def test_its_probes_find_out_whether_it_refuses_a_second_writer(store: Store, tmp_path: Path) -> None:
    store.put("reports/x", b"1")
    found = {one.control: one.state for one in store.probe(Surroundings(tmp_path, {}), thorough=True)}
    assert found
    # a store whose probes say nothing of it links files, and a file system refuses a name that is taken
    assert (found.get("conditional-write", "holds") == "holds") == (Capability.CONDITIONAL_WRITES in store.capabilities)
    assert store.get("reports/x") == b"1"


def test_setting_up_says_each_step_with_what_came_of_it(store: Store) -> None:
    steps = dict(store.set_up(30))
    assert steps
    assert all(steps.values())
