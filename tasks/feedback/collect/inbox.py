"""Emptying the inbox of messages: each is checked, goes into the log, and is taken away, in this order.

Whoever has the portal's login may lay anything there, so nothing of it is believed: not its size, its name, its number
or its time. Killed in between, the next call finds the message again, and the log knows it already.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from pydantic import ValidationError
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.feedback.message import MESSAGES, ArrivedMessage, FamilyMessage, PostedMessage
from termpost.tasks.channels.portal.inbox_objects import read_object, take_away
from termpost.tasks.feedback.collect.judge import JudgedMessage, MessageFate, SignedMessage, as_logged, judge
from termpost.tasks.feedback.collect.sender import KnownSenders
from termpost.tasks.home.cycle_locks import locked
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.runtime.concurrent import concurrent_map
from termpost.tasks.store.interface import Store


@dataclass(frozen=True)
class OpenedMessage:
    """A message whose signature holds."""

    said: FamilyMessage
    sender: PersonRef | None  # None: nobody whom the log knows
    key: bytes  # public, of the page or door that signed it: a point of P-256 without compression


OpenMessage = Callable[[Home, PostedMessage], OpenedMessage]

LARGEST = 32 * 2**10  # bytes of an object that are read: a message, and when it came
GROUP = 100  # objects in hand at once, and their entries in one segment of the log
AT_ONCE = 20_000  # objects that one call reads; the next call goes on
NAMED = 100  # of what was dropped or left; the rest is counted
NAME = re.compile(rf"{MESSAGES}[0-9A-Za-z_./-]{{1,240}}\.json")
PRINTABLE = re.compile(r"[0-9A-Za-z/._-]{1,280}")


@dataclass(frozen=True)
class DroppedMessage:
    """What lay in the inbox and was not taken, or could not be taken away."""

    object: str  # its name, as far as it can be printed
    why: str  # docs/feedback.md has the list; empty: it was taken
    is_left: bool  # it lies there still


@dataclass
class CollectedMessages:
    """What became of all that lay in the inbox."""

    counts: Counter[MessageFate] = field(default_factory=Counter)
    dropped: list[DroppedMessage] = field(default_factory=list)  # the first NAMED of them
    has_more: bool = False  # more lies there than one call looks at

    def add(self, key: str, judged: JudgedMessage, *, is_left: bool) -> None:
        self.counts.update({judged.fate} | ({"left"} if is_left else set()))
        if (judged.why or is_left) and len(self.dropped) < NAMED:
            # a name too is whatever somebody wrote there, and is shown on a terminal
            shown = key if PRINTABLE.fullmatch(key) else ascii(key)[:160]
            self.dropped.append(DroppedMessage(shown, judged.why, is_left))


def collect_messages(home: Home, run: str, open_message: OpenMessage) -> CollectedMessages:
    """Takes in what families posted. One call at a time: two would each write a message down.

    Args:
        open_message: checks who signed a message and opens it; raises InputError where it does not.
    """
    found = CollectedMessages()
    with locked(home, "messages"), open_lake(home.lake) as lake:
        full, read, known = set[str](), 0, None  # folders of pages whose messages wait for another day
        keys = (key for key in home.store.list(MESSAGES) if key.rpartition("/")[0] not in full)
        while group := list(islice(keys, GROUP)):
            if read >= AT_ONCE:
                found.has_more = True
                break
            read += len(group)
            known = known or KnownSenders.of(home, lake)
            judged = _take(home, run, group, known, open_message, found)
            full |= {key.rpartition("/")[0] for key, one in judged if one.why == "too-many"}
    return found


def _take(
    home: Home, run: str, group: list[str], known: KnownSenders, open_message: OpenMessage, found: CollectedMessages
) -> list[tuple[str, JudgedMessage]]:  # fmt: skip
    read = zip(group, concurrent_map(partial(_read, home.store), group), strict=True)
    judged = list[tuple[str, JudgedMessage]]()
    for key, data in read:
        if data is not None:
            judged.append((key, _judge(known, data, open_message)))
            for entry in judged[-1][1].entries:
                known.add(as_logged(entry, home.clock.today()))
    home.log.append(run, [entry for _, one in judged for entry in one.entries])
    for (key, one), is_gone in zip(judged, concurrent_map(partial(_remove, home.store), judged), strict=True):
        found.add(key, one, is_left=not is_gone)
    return judged


def _read(store: Store, key: str) -> bytes | str | None:
    return read_object(store, key, NAME, LARGEST)


def _remove(store: Store, judged: tuple[str, JudgedMessage]) -> bool:
    """Whether it is gone. What was not read, or waits for another day, stays."""
    key, one = judged
    return one.fate != "left" and take_away(store, key)


def _judge(known: KnownSenders, data: bytes | str, open_message: OpenMessage) -> JudgedMessage:
    if isinstance(data, str):
        return JudgedMessage("left" if data == "unreadable" else "dropped", data)
    if len(data) > LARGEST:
        return JudgedMessage("dropped", "too-large")
    try:
        arrived = ArrivedMessage.model_validate_json(data)
    except ValidationError:  # put there by somebody else than the portal
        return JudgedMessage("dropped", "not-a-message")
    try:
        opened = open_message(known.home, arrived.message)
    except InputError as error:
        return JudgedMessage("dropped", error.code)
    if opened.sender is None or not known.home.people.is_known(opened.sender):  # nobody, or erased since
        return JudgedMessage("dropped", "unknown-sender")
    at = known.asking.reached(opened.sender, arrived.at)  # the portal's word, within what can be
    return judge(known, SignedMessage(arrived.message, opened.said, opened.sender, opened.key, at))
