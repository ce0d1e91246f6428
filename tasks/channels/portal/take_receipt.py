"""What the portal does with what is posted to it: a receipt that a page signed goes into the inbox, and nothing else.

It needs no secret for that. The key to check it with stands on the locked page, which only a release may write; nothing
that the request says of itself counts.
"""

import base64
import re
from contextlib import suppress

from pydantic import ValidationError
from termpost.schemas.base.clock import Clock
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.receipt import INBOX, RECEIPTS_READ, Arrived, MacReceipt, Receipt
from termpost.tasks.channels.portal.receipt_keys import is_signed
from termpost.tasks.store.interface import Store

BEGINNING = 64 * 2**10  # bytes of a page that are read: the key stands about 5 KB from the start
_OPEN = b'<script type="application/json" id="sealed">'
KEY_SHOWN = rb'\{"format":"termpost\.sealed/(?:2","receipt_key|3","key)":"([0-9A-Za-z+/]{87}=)",'
_SIGNED = re.compile(KEY_SHOWN)
_SUMMED = b'{"data":"'  # how pages of termpost.sealed/1 begin, and no later one


def take_receipt(store: Store, clock: Clock, body: bytes) -> bool:
    """Lays a receipt where `deliveries collect` finds it; False where it is none, or not of a page that lies there.

    A page has one place: a second receipt says nothing new. Those of `termpost.sealed/1` have sixteen, since their sums
    cannot be checked here; a page with a key takes none of them.
    """
    try:
        receipt = RECEIPTS_READ.validate_json(body)
    except ValidationError:
        return False
    place = _place(receipt, _block(store, receipt.place))
    if place is None:
        return False
    arrived = Arrived(at=clock.today(), receipt=receipt)
    with suppress(FileExistsError):  # the page was opened before, and the inbox has not been emptied since
        store.put(f"{INBOX}{receipt.recipient}/{place}.json", arrived.model_dump_json().encode(), once=True)
    return True


def _place(receipt: Receipt | MacReceipt, block: bytes) -> str | None:
    """Its name in the inbox; None where the page is not one that posts such a receipt."""
    if isinstance(receipt, MacReceipt):
        return f"{receipt.page}-{receipt.mac[0]}" if block.startswith(_SUMMED) else None
    found = _SIGNED.match(block)
    return receipt.page if found and is_signed(receipt, base64.b64decode(found[1])) else None


def _block(store: Store, place: str) -> bytes:
    """How the sealed block of a page begins; nothing where there is no page, or one that was taken back."""
    return (beginning_of(store, place, BEGINNING) or b"").partition(_OPEN)[2]


def beginning_of(store: Store, place: str, most: int) -> bytes | None:
    """The first bytes of an object; None where there is none."""
    try:
        return store.part(place, 0, most).data
    except KeyError:
        return None
    except InputError as error:
        if error.code != "access-denied":  # which an S3 says of an object that is not there, to who may not list
            raise
        return None
