"""Doors follow what is live: made anew each time something changes, into the log first, then where they are found."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from termpost.schemas.base.channel_name import AT_THE_DOOR
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.portal.door.locator import door_place, locator_of
from termpost.tasks.channels.portal.door.messages import door_pair
from termpost.tasks.channels.portal.door.seal_door import seal_door
from termpost.tasks.channels.portal.take_receipt import beginning_of
from termpost.tasks.feedback.door.content import content_of
from termpost.tasks.feedback.door.facts import DoorFacts, door_facts
from termpost.tasks.feedback.door.recheck import ReceivedQueries, received_queries, recheck_door
from termpost.tasks.home.cycle_locks import locked
from termpost.tasks.home.home import Home

GROUP = 100  # doors in memory, and entries in a segment of the log
LARGEST = 2**20  # bytes of a door that are read
CODE_VOID, ERASED = "code-void", "erased"  # why a door is gone


@dataclass(frozen=True)
class _Step:
    """One door that changes: what the log says first, and what then lies there; None: nothing."""

    key: str
    sealed: bytes | None
    entries: tuple[Entry, ...]


def refresh_doors(home: Home, run: str, recipients: Collection[str] | None = None) -> int:
    """Makes the doors say what is live today; returns how many were made anew or taken away.

    The log knows first (law 6), and a second code path has opened each (law 13). Killed anywhere, the next call
    finishes it; running it again does nothing.

    Args:
        recipients: references; None: all whose door is not as it should be.

    Raises:
        Refused: a door would have held something else than its recipient may have.
    """
    if home.settings.channels.portal is None:
        return 0
    with locked(home, "doors"):
        facts, done = door_facts(home, recipients), 0
        received = received_queries(home)
        steps = (step for recipient in facts.recipients for step in _steps(home, facts, recipient, received))
        while group := list(islice(steps, GROUP)):
            home.log.append(run, [entry for step in group for entry in step.entries])
            for step in group:
                _put(home, step)
            done += len({step.key for step in group})
    return done


def _steps(home: Home, facts: DoorFacts, recipient: str, received: ReceivedQueries) -> Iterator[_Step]:
    known = facts.doors.get(recipient, {})
    if not home.people.is_known(PersonRef(recipient)):  # erased
        yield from _away(home, facts, known, Entry(kind="erased", reason=ERASED))
        return
    locator = locator_of(facts.codes.of(recipient))
    key = door_place(locator)
    void = Entry(kind="withdrawn", recipient=recipient, channel=AT_THE_DOOR, reason=CODE_VOID)
    yield from _away(home, facts, [one for one in known if one != key], void)
    sealed = seal_door(content_of(home, facts, recipient, locator), facts.codes.of(recipient),
                       door_pair(home, locator).public)  # fmt: skip
    digest = home.people.digest(PersonRef(recipient), sealed)
    is_logged = facts.seen.digests.get(key) == digest
    if is_logged and beginning_of(home.store, key, LARGEST) == sealed:
        return
    recheck_door(home, facts, recipient, locator, sealed, received)
    times = known.get(key, 0) + 1  # a door that is again what it once was is a fact of its own
    entry = Entry(kind="sealed", recipient=recipient, channel=AT_THE_DOOR, object=key, digest=digest,
                  count=times if times > 1 else None)  # fmt: skip
    yield _Step(key, sealed, () if is_logged else (entry,))


def _away(home: Home, facts: DoorFacts, keys: Collection[str], said: Entry) -> Iterator[_Step]:
    """Doors that nobody should find any more."""
    for key in keys:
        is_gone = key in facts.gone
        if not is_gone or beginning_of(home.store, key, 1) is not None:
            yield _Step(key, None, () if is_gone else (said.model_copy(update={"object": key}),))


def _put(home: Home, step: _Step) -> None:
    if step.sealed is None:
        home.store.delete(step.key)
    else:
        home.store.put(step.key, step.sealed)
    home.store.forget_older(step.key)
