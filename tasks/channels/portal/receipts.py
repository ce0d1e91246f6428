"""Receipts of opening: the keys that a page gets, and what became of those that were posted (docs/receipts.md)."""

import hmac
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Literal

from pydantic import ValidationError
from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.documents.receipt import INBOX, MAC_FORMAT, Arrived, MacReceipt, Receipt, ReceiptWish, mac_of
from termpost.schemas.log.cycle_state import ARRIVED, DELIVERY_KINDS
from termpost.schemas.log.entry import Entry, Logged
from termpost.tasks.channels.portal.inbox_objects import read_object, take_away
from termpost.tasks.channels.portal.receipt_keys import is_signed, private_key, public_key
from termpost.tasks.home.home import Home
from termpost.tasks.runtime.concurrent import concurrent_map
from termpost.tasks.store.interface import Store

RECEIPTS = "receipts"  # purpose of the key that pages' own keys come from; a rotation of the master secret keeps it
ReceiptFate = Literal["opened", "known", "forged", "no-page", "left"]
LARGEST = 2048  # bytes of an object in the inbox that are read; the portal's have about 400
GROUP = 500  # objects in hand at once, and their entries in one segment of the log
NAMED = 100  # of what was dropped; the rest is counted
NAME = re.compile(rf"{INBOX}[0-9A-Za-z_-]{{1,64}}/[0-9A-Za-z_-]{{1,66}}\.json")  # as the portal gives it
PRINTABLE = re.compile(r"[0-9A-Za-z/._-]{1,160}")


@dataclass(frozen=True)
class DroppedObject:
    """What lay in the inbox and did not count."""

    object: str  # its name, as far as it can be printed
    why: str  # bad-name, not-a-receipt, bad-signature, no-page, unreadable; empty: it counted, and could not be removed
    is_left: bool  # it lies there still


@dataclass(frozen=True)
class _JudgedObject:
    key: str
    fate: ReceiptFate
    why: str = ""  # it did not count
    entries: tuple[Entry, ...] = ()


@dataclass
class CollectedReceipts:
    """What became of all that lay in the inbox."""

    counts: Counter[ReceiptFate] = field(default_factory=Counter)
    dropped: list[DroppedObject] = field(default_factory=list)  # the first NAMED of them

    def add(self, judged: _JudgedObject, *, is_left: bool) -> None:
        self.counts.update({judged.fate} | ({"left"} if is_left else set()))
        if (judged.why or is_left) and len(self.dropped) < NAMED:
            # a name too is whatever somebody wrote there, and is shown on a terminal
            shown = judged.key if PRINTABLE.fullmatch(judged.key) else ascii(judged.key)[:160]
            self.dropped.append(DroppedObject(shown, judged.why, is_left))


def receipt_wish(home: Home, recipient: str, page: str) -> ReceiptWish | None:
    """The key pair of a page, and where it posts a receipt, if the school wants any; None where it has no portal."""
    portal = home.settings.channels.portal
    if portal is None:
        return None
    return signing_wish(home, portal.receipts_url if portal.receipts else "", recipient, page)


def signing_wish(home: Home, to: str, recipient: str, page: str) -> ReceiptWish:
    """The same, for a page that posts them to `to`."""
    private = private_key(home.keys.derive(RECEIPTS), recipient, page)
    return ReceiptWish(to, private, public_key(private))


def ingest_receipts(home: Home, run: str) -> CollectedReceipts:
    """Checks what lies in the inbox, logs what was opened for the first time, and empties it.

    Whoever has the portal's login may lay anything there, so nothing of it is believed: not its size, its name, its
    number or its time. Killed in between, the next call finds the receipt again and the log knows it already.

    Returns:
        How many receipts were `opened` (news), `known`, `forged` (no receipt, or not made by a page of ours), of no
        page that is live (`no-page`: it was taken back, or never was); and how many are `left` where they lie, since
        the store does not let them be read or removed.
    """
    found, keys = CollectedReceipts(), home.store.list(INBOX)
    pages: dict[str, dict[str, Logged]] | None = None
    while group := list(islice(keys, GROUP)):
        pages = _pages(home) if pages is None else pages
        read = zip(group, concurrent_map(partial(_read, home.store), group), strict=True)
        judged = [_judge(home, key, data, pages) for key, data in read if data is not None]
        home.log.append(run, [entry for one in judged for entry in one.entries])
        for one, is_gone in zip(judged, concurrent_map(partial(_remove, home.store), judged), strict=True):
            found.add(one, is_left=not is_gone)
    return found


def _read(store: Store, key: str) -> bytes | str | None:
    return read_object(store, key, NAME, LARGEST)


def _remove(store: Store, judged: _JudgedObject) -> bool:
    """Whether it is gone. What was not read may be a real one, and stays."""
    return judged.why != "unreadable" and take_away(store, judged.key)


def _judge(home: Home, key: str, data: bytes | str, pages: dict[str, dict[str, Logged]]) -> _JudgedObject:
    if isinstance(data, str):
        return _JudgedObject(key, "left" if data == "unreadable" else "forged", data)
    try:
        arrived = Arrived.model_validate_json(data) if len(data) <= LARGEST else None
    except ValidationError:
        arrived = None
    if arrived is None:  # put there by somebody else than the portal
        return _JudgedObject(key, "forged", "not-a-receipt")
    said = arrived.receipt
    if not _is_ours(home, said):
        return _JudgedObject(key, "forged", "bad-signature")
    mine = pages.get(said.place, {})
    if not mine:
        return _JudgedObject(key, "no-page", "no-page")
    # the portal's word, within what can be: a page is opened after it was shown, and before this
    at = min(max(arrived.at, min(entry.day for entry in mine.values())), home.clock.today())
    update = {"kind": "opened", "reason": f"receipt-{at.astimezone(home.calendar.zone).date()}", "count": None}
    opened = {d: entry.model_copy(update=update) for d, entry in mine.items() if entry.kind != "opened"}
    pages[said.place] = mine | opened  # a second receipt is no news
    return _JudgedObject(key, "opened" if opened else "known", entries=tuple(one.fact for one in opened.values()))


def _is_ours(home: Home, said: Receipt | MacReceipt) -> bool:
    """Whether the page made it, by what the home knows of its key; what is in the store has no say in it.

    A sum counts also where its page was sealed again since, with a key pair: its key was in no other page than that.
    """
    secret = home.keys.derive(RECEIPTS)
    if isinstance(said, Receipt):
        return is_signed(said, public_key(private_key(secret, said.recipient, said.page)))
    key = hmac.digest(secret, f"{MAC_FORMAT} key\n{said.page}\n{said.recipient}".encode(), "sha256")
    return hmac.compare_digest(said.mac, mac_of(key, said.recipient, said.page))


def _pages(home: Home) -> dict[str, dict[str, Logged]]:
    """Page that is live → the last entry of each delivery in it."""
    last: dict[str, Logged] = {}
    for entry in home.log.entries(*DELIVERY_KINDS):
        if entry.channel != ChannelName.PORTAL or not entry.delivery or not entry.report:
            continue
        if entry.kind in ARRIVED and entry.object:
            last[entry.delivery] = entry
        elif entry.kind == "withdrawn":
            last.pop(entry.delivery, None)
    found: dict[str, dict[str, Logged]] = {}
    for delivery, entry in last.items():
        found.setdefault(entry.object or "", {})[delivery] = entry
    return found
