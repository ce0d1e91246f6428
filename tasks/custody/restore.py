"""Putting a backup back: into a home that lacks its secrets, or to any place at all; never over a home that lives."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from termpost.schemas.base.clock import Clock
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.settings.settings import FILE, load_settings
from termpost.tasks.custody.backup import OTHER_FILES, SETTINGS, Scope
from termpost.tasks.custody.container import Members
from termpost.tasks.custody.databases import changed
from termpost.tasks.custody.inventory import CATALOGUE, PEOPLE
from termpost.tasks.custody.log_in_store import LogInStore, read_log_in_store
from termpost.tasks.home.home import Home
from termpost.tasks.log.anchor import head_in, sealed_files
from termpost.tasks.records.erase import blur_statistics
from termpost.tasks.runtime.atomic_files import clean_up, commit, make_folders, stage
from termpost.tasks.secrets.key_store import PersonKeyStore
from termpost.tasks.secrets.keys import LOG, MASTER, Keys, given_secret, parse_keys, variable

ANCHOR, COUNT = END_FILES = ("secrets/log-anchor.json", "secrets/log-count.json")  # where the log ends
SHOWN = 3  # of what is in the way


@dataclass(frozen=True)
class Restored:
    """What was put back."""

    members: tuple[str, ...]
    erased: int  # people whom the log says to be erased, and whom the backup still had


def restore(
    root: Path,
    members: Members,
    environ: Mapping[str, str],
    clock: Clock,
    scope: Scope,
    *,
    only_missing: bool = False,
    despite_log: bool = False,
) -> Restored:
    """Puts back all secrets, the catalogue and the settings that are missing; with `scope` "home" everything.

    Everything is on the disk before the first file gets its name, and the master secret gets its name last: a home
    without it does not open, so one that opens is whole. Whoever was erased since the backup is taken out of it first.

    Args:
        only_missing: what is there stays, and what is missing must be of the same master secret.
        despite_log: also where the log does not hold; those whom it can no longer name come back.

    Raises:
        InputError: `home-has-secrets`, `home-lives`, `other-master`, `no-store`, `log-broken`; nothing was written.
    """
    home = _home_to_be(root, members, environ, clock)
    places = _places(home, members, scope, only_missing=only_missing)
    keys = _keys(home, members)
    log = read_log_in_store(home.store, keys, _anchors(home, members), despite=despite_log)
    ends = _end_files(home, members, keys, log)
    places |= {name: home.path / name for name in ends}
    erased = _put({**members, **ends}, places, log)
    return Restored(tuple(places), erased)


def _home_to_be(root: Path, members: Members, environ: Mapping[str, str], clock: Clock) -> Home:
    """As its settings will say, with nothing written where it will lie."""
    home = Home(root, clock, environ)
    if not (root / FILE).exists() and FILE in members:
        with TemporaryDirectory() as folder:
            Path(folder, FILE).write_bytes(members[FILE])
            home.__dict__["written"] = load_settings(Path(folder), environ)
    return home


def _places(home: Home, members: Members, scope: Scope, *, only_missing: bool) -> dict[str, Path]:
    """Where each member goes. What is only remembered of the log may be there: the newest wins."""
    settings = {name: home.path / name for name in SETTINGS if name in members}
    places = {name: home.path / name for name in members if name.startswith("secrets/") and name not in END_FILES}
    if CATALOGUE in members:
        places[CATALOGUE] = home.lake.catalogue
    if scope == "home":
        others = [name for name in members if name.startswith(OTHER_FILES)]
        places |= settings | {name: home.path / name.removeprefix(OTHER_FILES) for name in others}
    there = [name for name, path in places.items() if path.exists()]
    if there and not only_missing:
        _refuse(home, there, scope)
    left = settings | places
    return {name: path for name, path in left.items() if not path.exists()}


def _refuse(home: Home, there: list[str], scope: Scope) -> None:
    if scope == "home":
        raise InputError("home-lives", f"there is a home already, or a part of one ({', '.join(there[:SHOWN])})",
                         str(home.path), "name another place with --home, move what is there away, or put back only "
                         "what lacks with --missing")  # fmt: skip
    raise InputError("home-has-secrets", f"{', '.join(there)} would be overwritten", str(home.path),
                     "move what is there away, or put back only what lacks with --missing")  # fmt: skip


def _keys(home: Home, members: Members) -> Keys:
    """The keys that the home will have, which must be those of the people that it will have."""
    texts = []
    for name in (MASTER, LOG):
        own = home.path / "secrets" / name
        backed = members[f"secrets/{name}"].decode()
        texts.append(given_secret(home.environ, variable(name)) or (own.read_text() if own.exists() else backed))
    keys, backed_up = parse_keys(*texts), parse_keys(members[f"secrets/{MASTER}"].decode(), texts[1])
    people = home.path / "secrets" / PEOPLE
    if keys.master != backed_up.master or (people.exists() and not PersonKeyStore(people, keys).matches_master()):
        raise InputError("other-master", "the backup is of another master secret than this home", str(home.path),
                         "use a backup from after the last rotation, or move all of secrets/ away")  # fmt: skip
    return keys


def _anchors(home: Home, members: Members) -> list[bytes]:
    own = home.path / ANCHOR
    kept = [members[ANCHOR]] if ANCHOR in members else []
    return [head_in(data) for data in ([*kept, own.read_bytes()] if own.exists() else kept)]


def _end_files(home: Home, members: Members, keys: Keys, log: LogInStore) -> dict[str, bytes]:
    """Of the log as it is; of one that does not hold, what the home remembers of it, or else the backup."""
    if log.head is not None:
        return dict(zip(END_FILES, sealed_files(keys.log_end, log.head), strict=True))
    if (home.path / ANCHOR).exists():
        return {}
    return {name: members[name] for name in END_FILES if name in members}


def _put(members: Members, places: dict[str, Path], log: LogInStore) -> int:
    for folder in {path.parent for path in places.values()}:
        make_folders(folder)
        clean_up(folder)
    erased = 0
    with ExitStack() as unsettled:
        laid = []
        for name, path in places.items():
            data = members[name]
            if name == f"secrets/{PEOPLE}":
                data, erased = _without(data, log.erased)
            elif name == CATALOGUE:
                data = _blurred(data, log.erased)
            beside = stage(path, data)
            unsettled.callback(beside.unlink, missing_ok=True)
            laid.append((name == f"secrets/{MASTER}", beside, path))
        for _, beside, path in sorted(laid, key=lambda one: one[0]):
            commit(beside, path)
    return erased


def _without(people: bytes, erased: set[PersonRef]) -> tuple[bytes, int]:
    with changed(people) as (connection, after):
        before = connection.total_changes
        connection.executemany("DELETE FROM person WHERE person_ref = ?", [[ref] for ref in erased])
        count = connection.total_changes - before
    return after[0], count


def _blurred(catalogue: bytes, erased: set[PersonRef]) -> bytes:
    """Without the references of erased people in DuckLake's statistics."""
    with changed(catalogue) as (connection, after):
        for ref in erased:
            blur_statistics(connection, ref)
    return after[0]
