"""Emptying landing: a copied extract goes after `landing_days`. Its source can be prepared again at any time."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from termpost.schemas.base.clock import Clock
from termpost.schemas.base.refs import PAST_EXTRACT
from termpost.schemas.log.entry import Entry
from termpost.tasks.extract.land import BEGUN
from termpost.tasks.extract.landed import LANDED
from termpost.tasks.extract.oneroster.page_cache import INCOMING
from termpost.tasks.secrets.object_tags import split
from termpost.tasks.store.interface import Store

REASON = "landing-days"
NOTES = (LANDED, BEGUN, "started.json")  # each says when


def empty_landing(
    store: Store, clock: Clock, days: int, log: Callable[[list[Entry]], object], times: Mapping[str, int]
) -> int:
    """Deletes what landed more than `days` ago with what was found in it, and pages of sources that were never read to
    their end.

    A copy that does not say when it landed (an older termpost wrote it) is stamped now, so that it goes `days` from
    today: never sooner than settings promise.

    Args:
        log: appends to the distribution log; called for each copy, when its files are gone and its note is not, so
            that a killed run is finished by the next one.
        times: how often the log says of a copy that it went; it may have landed again since.

    Returns:
        How many copies went.
    """
    gone = 0
    for prefix in sorted(_copies(store)):
        if clock.today() - _landed_at(store, prefix, clock) <= timedelta(days=days):
            continue
        for key in [*_keys(store, prefix), *_found_in(store, prefix)]:
            store.delete(key)
        log([Entry(kind="retained", object=prefix, reason=REASON, count=times.get(prefix, 0) + 1)])
        for note in NOTES:
            store.delete(f"{prefix}/{note}")
        gone += 1
    return gone


def _copies(store: Store) -> set[str]:
    """`landing/<id>`, and `landing/incoming/<source>`."""
    found = set()
    for key in store.list("landing/"):
        parts = key.split("/")
        found.add("/".join(parts[:3] if key.startswith(f"{INCOMING}/") else parts[:2]))
    return found


def _keys(store: Store, prefix: str) -> Iterator[str]:
    yield from [key for key in store.list(f"{prefix}/") if key.removeprefix(f"{prefix}/") not in NOTES]


def _found_in(store: Store, prefix: str) -> Iterator[str]:
    """What checks found in a copy, rejected rows among it: made anew by each check."""
    name = prefix.removeprefix("landing/")
    for of in (f"quarantine/{name}/", f"quarantine/{PAST_EXTRACT}{name}/"):
        yield from list(store.list(of))


def _landed_at(store: Store, prefix: str, clock: Clock) -> datetime:
    for name in NOTES:
        try:
            note = json.loads(split(store.get(f"{prefix}/{name}"))[0])
            return datetime.fromisoformat(note.get("landed_at") or note["started_at"])
        except (KeyError, ValueError):  # not there, or it does not say
            continue
    return _stamp(store, prefix, clock)


def _stamp(store: Store, prefix: str, clock: Clock) -> datetime:
    store.put(f"{prefix}/{BEGUN}", json.dumps({"landed_at": clock.today().isoformat()}).encode())
    return clock.today()
