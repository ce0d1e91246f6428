"""The embedded store: atomic, durable, owner-only, and never outside its folder."""

import os
import signal
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from termpost.schemas.base.clock import SystemClock
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.settings import Institution, Settings, StoreSettings
from termpost.tasks.store.file.probes import unsafe_modes
from termpost.tasks.store.file.store import FileStore
from termpost.tasks.store.interface import StoreContext
from termpost.tasks.store.registry import open_store

ROOT = Path(__file__).parents[3]


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "vault")


def test_what_is_put_is_got_and_its_head_is_read_back_from_the_bytes(store: FileStore) -> None:
    put = store.put("a/b/c.bin", b"\0one")
    assert store.get("a/b/c.bin") == b"\0one"
    assert store.head("a/b/c.bin") == put
    Path(store.url("a/b/c.bin")).write_bytes(b"\0two")  # behind the store's back
    head = store.head("a/b/c.bin")
    assert head is not None
    assert head.sha256 != put.sha256
    store.put("a/b/c.bin", b"three")
    assert store.get("a/b/c.bin") == b"three"


def test_of_many_who_put_once_one_wins(store: FileStore, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from termpost.tasks.store.file.store import FileStore\n"
        "sys.stdin.read()\n"
        "try: FileStore(Path(sys.argv[1])).put('log/1', sys.argv[2].encode() * 100_000, once=True); print('won')\n"
        "except FileExistsError: print('lost')\n"
    )
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(store.root), str(n)], cwd=ROOT, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE
        )
        for n in range(4)
    ]  # fmt: skip
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.close()
    said = [racer.stdout.read().strip() if racer.stdout else "" for racer in racers]
    for racer in racers:
        racer.wait()
    assert sorted(said) == ["lost", "lost", "lost", "won"]
    assert store.get("log/1") == str(said.index("won")).encode() * 100_000


KILLED = """
import os, signal, sys
from pathlib import Path
from termpost.tasks.store.file.store import FileStore
owner, name = {{"fsync": (os, "fsync"), "replace": (Path, "replace"), "link": (os, "link")}}["{step}"]
real = getattr(owner, name)
def die(*args, **kwargs):
    if {after}:
        real(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, die)
FileStore(Path(sys.argv[1])).put("a/object", b"new" * 1000, once={once})
"""


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("step", "once"), [("fsync", False), ("fsync", True), ("replace", False), ("link", True)])
def test_a_killed_put_leaves_the_old_object_or_the_new_one_and_never_a_part(
    store: FileStore, step: str, once: bool, after: bool
) -> None:
    store.put("a/other", b"old")
    if not once:
        store.put("a/object", b"old")
    code = KILLED.format(step=step, after=after, once=once)
    died = subprocess.run([sys.executable, "-c", code, str(store.root)], cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    new, old = b"new" * 1000, None if once else b"old"
    expected = new if after and step != "fsync" else old
    assert (store.get("a/object") if store.head("a/object") else None) == expected
    assert list(store.list("")) == (
        ["a/object", "a/other"] if expected else ["a/other"]
    )  # a half-written one is no object
    if not (once and expected):
        store.put("a/object", new, once=once)
    assert store.get("a/object") == new


def test_bytes_and_names_are_forced_to_disk_before_put_returns(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, real = [], os.fsync

    def fsync(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink())
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    store.put("a/b/object", b"1")
    *folders, file, last = synced
    assert folders == [store.root.parent, store.root, store.root / "a"]  # each has a new name in it
    assert file.parent == store.root / "a" / "b"
    assert last == store.root / "a" / "b"


def test_only_the_owner_enters_and_reads_whatever_the_umask(store: FileStore) -> None:
    before = os.umask(0)
    try:
        store.put("a/b/object", b"1")
        store.put("a/b/once", b"1", once=True)
    finally:
        os.umask(before)
    assert unsafe_modes(store.root) == []
    modes = {p.relative_to(store.root).as_posix(): stat.S_IMODE(p.stat().st_mode) for p in store.root.rglob("*")}
    assert modes == {"a": 0o700, "a/b": 0o700, "a/b/object": 0o600, "a/b/once": 0o600}
    assert stat.S_IMODE(store.root.stat().st_mode) == 0o700


def test_what_others_may_enter_and_links_are_named(store: FileStore) -> None:
    store.put("a/one", b"1")
    store.put("a/two", b"1")
    (store.root / "a" / "one").chmod(0o640)
    (store.root / "a" / "link").symlink_to("/etc/passwd")
    (store.root / "a").chmod(0o711)
    assert set(unsafe_modes(store.root)) == {store.root / "a", store.root / "a" / "one", store.root / "a" / "link"}


def test_a_file_store_signs_no_url(store: FileStore) -> None:
    with pytest.raises(InputError) as caught:
        store.sign("a", timedelta(minutes=1))
    assert caught.value.code == "no-signed-urls"


def test_the_url_of_settings_is_taken_from_the_home(tmp_path: Path) -> None:
    settings = Settings(institution=Institution(name="Lakeside"), store=StoreSettings(url="file:./vault"))
    context = StoreContext(settings.store, tmp_path, SystemClock(), lambda _: None, timedelta(days=366))
    open_store(context).put("a", b"1")
    assert (tmp_path / "vault" / "a").read_bytes() == b"1"


def test_an_address_of_an_unknown_kind_is_refused_with_the_kinds_there_are(tmp_path: Path) -> None:
    settings = StoreSettings(url="ftp://somewhere/x")
    with pytest.raises(InputError) as caught:
        open_store(StoreContext(settings, tmp_path, SystemClock(), lambda _: None, timedelta(days=366)))
    assert (caught.value.code, caught.value.where) == ("unknown-store", "termpost.toml [store] url")
    assert "file: or s3:" in caught.value.remedy


def test_what_a_killed_put_of_an_earlier_version_left_is_no_object(store: FileStore) -> None:
    store.put("a/object", b"1")
    for name in (".put-abc", ".new-abc"):
        (store.root / "a" / name).write_bytes(b"half")
    assert list(store.list("")) == ["a/object"]
