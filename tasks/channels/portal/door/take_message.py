"""What the portal does with a message that is posted to it: one that a page or a door signed goes into the inbox.

It needs no secret for that, and can read nothing of it: the key to check it with stands in clear on the page or the
door, which only the home may write. What waits is bounded: of one page or door twenty at the most.
"""

import base64
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Literal

from pydantic import ValidationError
from termpost.schemas.base.clock import Clock
from termpost.schemas.documents.feedback.door import DOORS, SLOT_MARKERS
from termpost.schemas.documents.feedback.message import MESSAGES, SLOTS_TAKEN, WAITING, ArrivedMessage, PostedMessage
from termpost.tasks.channels.portal.receipt_keys import is_signed_by
from termpost.tasks.channels.portal.take_receipt import BEGINNING, KEY_SHOWN, beginning_of
from termpost.tasks.store.interface import Store

TakenMessage = Literal["taken", "not-ours", "slot-taken", "waiting"]
LARGEST = 32 * 2**10  # bytes of what lies in the inbox: a message and the time at which it came
FULL_FOR = 30.0  # seconds for which a place that was found full is not looked at again
REMEMBERED = 10_000  # places that are remembered so
_SHOWN = (  # where a public key stands in clear: on a sealed page, on a door, on a page that was taken back
    re.compile(rb'.*?<script type="application/json" id="sealed">' + KEY_SHOWN, re.DOTALL),
    re.compile(rb'\{"format":"termpost\.door/1","key":"([0-9A-Za-z+/]{87}=)",'),
    re.compile(rb'.*?<meta name="termpost-key" content="([0-9A-Za-z+/]{87}=)">', re.DOTALL),
)


class FullPlaces:
    """Which pages and doors have twenty messages waiting, so that a hundred thousand more ask nothing of the store.

    Args:
        now: seconds of a clock that only goes forward.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until: OrderedDict[str, float] = OrderedDict()

    def has(self, place: str) -> bool:
        return self._until.get(place, 0.0) > self._now()

    def add(self, place: str) -> None:
        self._until.pop(place, None)
        self._until[place] = self._now() + FULL_FOR
        while len(self._until) > REMEMBERED:
            self._until.popitem(last=False)


def take_message(store: Store, clock: Clock, full: FullPlaces, body: bytes) -> TakenMessage:
    """Lays a message where the home finds it, and says what became of it.

    `taken`; `not-ours`: it is no message, or nothing that lies there signed it; `slot-taken`: the time is somebody
    else's, or is not offered any more; `waiting`: twenty of this page or door are waiting already.
    """
    try:
        posted = PostedMessage.model_validate_json(body)
    except ValidationError:
        return "not-ours"
    if not _is_signed(store, posted):
        return "not-ours"
    arrived = ArrivedMessage(at=clock.today(), message=posted)
    data = arrived.model_dump_json().encode()
    if posted.slot is not None:
        return _book(store, posted.slot, posted.id, data)
    if full.has(posted.place):
        return "waiting"
    for key in _places(posted):
        try:
            store.put(key, data, once=True)
        except FileExistsError:
            continue
        return "taken"
    full.add(posted.place)
    return "waiting"


def _is_signed(store: Store, posted: PostedMessage) -> bool:
    key = f"{posted.place}.json" if posted.place.startswith(DOORS) else f"{posted.place}.html"
    beginning = beginning_of(store, key, BEGINNING) or b""
    found = next((match for shape in _SHOWN if (match := shape.match(beginning))), None)
    return found is not None and is_signed_by(base64.b64decode(found[1]), posted.signed, posted.signature)


def _places(posted: PostedMessage) -> Iterator[str]:
    """Twenty names, from one that follows from the message on: a stranger to the home learns no page from them."""
    folder, first = hashlib.sha256(posted.place.encode()).hexdigest()[:32], int(posted.id, 16)
    return (f"{MESSAGES}{folder}/{(first + step) % WAITING}.json" for step in range(WAITING))


def _book(store: Store, slot: str, message: str, data: bytes) -> TakenMessage:
    """A time is given away by the store: of two who come at once it refuses the second."""
    if beginning_of(store, f"{SLOT_MARKERS}{slot}", 1) is None:
        return "slot-taken"
    key = f"{SLOTS_TAKEN}{slot}.json"
    try:
        store.put(key, data, once=True)
    except FileExistsError:
        return "taken" if _is_same(beginning_of(store, key, LARGEST), message) else "slot-taken"
    return "taken"


def _is_same(lying: bytes | None, message: str) -> bool:
    """Whether the one that has the time is this one, sent again since its sender did not hear the answer."""
    try:
        return ArrivedMessage.model_validate_json(lying or b"").message.id == message
    except ValidationError:
        return False
