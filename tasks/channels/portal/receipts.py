"""Receipts of opening: the key that a page gets, and what became of those that were posted (docs/receipts.md)."""

import hmac
from typing import Literal, get_args

from pydantic import ValidationError
from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.documents.receipt import INBOX, RECEIPT_FORMAT, Arrived, ReceiptWish, signature
from termpost.schemas.log.cycle_state import ARRIVED, DELIVERY_KINDS
from termpost.schemas.log.entry import Entry, Logged
from termpost.tasks.home.home import Home
from termpost.tasks.runtime.concurrent import concurrent_map

RECEIPTS = "receipts"  # purpose of the key that pages' own keys come from; a rotation of the master secret keeps it
ReceiptFate = Literal["opened", "known", "forged", "no-page"]


def receipt_wish(home: Home, recipient: str, page: str) -> ReceiptWish | None:
    """What a page needs to post a receipt; None where the school wants none, or has no portal."""
    portal = home.settings.channels.portal
    if portal is None or not portal.receipts:
        return None
    return ReceiptWish(portal.receipts_url, _key(home, recipient, page))


def ingest_receipts(home: Home, run: str) -> dict[ReceiptFate, int]:
    """Checks what lies in the inbox, logs what was opened for the first time, and empties it.

    Killed in between, the next call finds the receipt again and the log knows it already.

    Returns:
        How many receipts were `opened` (news), `known`, `forged` (the sum is not right) or about no page that is live
        (`no-page`: it was taken back, or never was).
    """
    keys = list(home.store.list(INBOX))
    counts: dict[ReceiptFate, int] = dict.fromkeys(get_args(ReceiptFate), 0)
    pages = _pages(home) if keys else {}
    entries: list[Entry] = []
    for data in concurrent_map(home.store.get, keys):
        fate, news = _judge(home, data, pages)
        counts[fate] += 1
        entries += news
    home.log.append(run, entries)
    for _ in concurrent_map(home.store.delete, keys):
        pass
    return counts


def _judge(home: Home, data: bytes, pages: dict[str, dict[str, Logged]]) -> tuple[ReceiptFate, list[Entry]]:
    try:
        arrived = Arrived.model_validate_json(data)
    except ValidationError:  # put there by somebody else than the portal
        return "forged", []
    said = arrived.receipt
    if not hmac.compare_digest(said.mac, signature(_key(home, said.recipient, said.page), said.recipient, said.page)):
        return "forged", []
    mine = pages.get(said.place, {})
    if not mine:
        return "no-page", []
    day = arrived.at.astimezone(home.calendar.zone).date()
    update = {"kind": "opened", "reason": f"receipt-{day}", "count": None}
    opened = {d: entry.model_copy(update=update) for d, entry in mine.items() if entry.kind != "opened"}
    pages[said.place] = mine | opened  # a second receipt is no news
    return "opened" if opened else "known", [entry.fact for entry in opened.values()]


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


def _key(home: Home, recipient: str, page: str) -> bytes:
    """Of one page, made from its name, so that it lies nowhere but in the page."""
    return hmac.digest(home.keys.derive(RECEIPTS), f"{RECEIPT_FORMAT} key\n{page}\n{recipient}".encode(), "sha256")
