"""Law 6: the log knows of a thing before anyone can see it, and it cannot be edited unnoticed."""

import json
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.entry import Entry
from termpost.tasks.log.anchor import Anchor
from termpost.tasks.log.log import Log
from termpost.tasks.log.verify import verify
from termpost.tasks.store.file.store import FileStore
from termpost.tasks.store.interface import Store

from tests.school import DAY, Prepared

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def logged(store: Store) -> list[dict[str, object]]:
    """As it lies there, read without a reader of ours."""
    lines = [line for key in store.list("log/") if key.endswith(".ndjson") for line in store.get(key).splitlines()]
    return [entry for entry in map(json.loads, lines) if "seq" in entry]


def test_nothing_is_visible_that_the_log_does_not_know(school: Prepared) -> None:
    put, shown = FileStore.put, dict[str, set[object]]()

    def looking(self: FileStore, key: str, data: bytes, *, once: bool = False) -> object:
        if key.startswith(("sealed/", "print/")):
            entries = logged(school.store)
            announced = {e["recipient"] for e in entries if e["kind"] == "sealed" and e["object"] == key}
            planned = {e["recipient"] for e in entries if e["kind"] == "planned" and e["report"]}
            shown[key] = announced & planned
        return put(self, key, data, once=once)

    with patch.object(FileStore, "put", looking):
        school.release()
    assert len(shown) == 6  # a page and an envelope for each of three recipients
    assert {key for key, known in shown.items() if len(known) != 1} == set()


@pytest.fixture
def home(tmp_path: Path) -> tuple[FileStore, Anchor]:
    """A log of three segments and its anchor."""
    store, anchor = FileStore(tmp_path / "vault"), Anchor(tmp_path / "anchor.json", bytes(32))
    log = Log(store, KEY, anchor, FixedClock(DAY))
    for number in range(3):
        log.append("run", [Entry(kind="sent", cycle="c", delivery=f"d{number}"), Entry(kind="incident", reason="a")])
    return store, anchor


def _another_word(store: FileStore) -> None:
    key = "log/00000002.ndjson"
    store.put(key, store.get(key).replace(b'"reason":"a"', b'"reason":"b"'))


def _a_row_less(store: FileStore) -> None:
    key = "log/00000002.ndjson"
    store.put(key, b"\n".join(store.get(key).splitlines()[:-1]) + b"\n")


def _one_segment_in_place_of_another(store: FileStore) -> None:
    store.put("log/00000002.ndjson", store.get("log/00000003.ndjson"))


@pytest.mark.parametrize("edit", [_another_word, _a_row_less, _one_segment_in_place_of_another])
def test_an_edited_log_is_seen_and_not_written_on(
    home: tuple[FileStore, Anchor], edit: Callable[[FileStore], None]
) -> None:
    store, anchor = home
    assert verify(store, KEY.public_key(), anchor, patience=0).ok
    edit(store)
    verdict = verify(store, KEY.public_key(), anchor, patience=0)
    assert (verdict.ok, verdict.broken_at) == (False, "log/00000002.ndjson")
    with pytest.raises(InputError) as caught:
        Log(store, KEY, anchor, FixedClock(DAY))
    assert caught.value.code == "log-broken"


def test_a_log_that_was_cut_short_is_not_written_on(home: tuple[FileStore, Anchor]) -> None:
    store, anchor = home
    for key in ("log/00000003.ndjson", "log/heads/00000003.json", "log/checkpoints/00000003.txt"):
        store.delete(key)
    assert verify(store, KEY.public_key(), anchor, patience=0).reason == "truncated"
    with pytest.raises(InputError) as caught:
        Log(store, KEY, anchor, FixedClock(DAY))
    assert caught.value.code == "log-broken"
    assert list(store.list("log/0")) == ["log/00000001.ndjson", "log/00000002.ndjson"]


def test_what_was_written_once_stays(home: tuple[FileStore, Anchor]) -> None:
    store, _ = home
    before = store.get("log/00000002.ndjson")
    with pytest.raises(FileExistsError):
        store.put("log/00000002.ndjson", b"another past", once=True)
    assert store.get("log/00000002.ndjson") == before
