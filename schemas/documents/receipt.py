"""A receipt: what an opened page tells the school, which only who unlocked it can say (docs/receipts.md)."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

RECEIPT_FORMAT = "termpost.receipt/1"
LONGEST = 512  # bytes that a receipt may take as it is posted; ours take about 200
INBOX = "inbox/receipts/"
REF = r"^[0-9A-Za-z_-]{1,64}$"


@dataclass(frozen=True)
class ReceiptWish:
    """What is encrypted together with the reports: where a receipt is posted, and the key that signs it."""

    to: str  # URL
    key: bytes  # 32 bytes, of this page alone


class Receipt(BaseModel):
    """As the page posts it: one JSON object in UTF-8. It names nobody, and holds nothing of the code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["termpost.receipt/1"]
    recipient: str = Field(pattern=REF)
    page: str = Field(pattern=REF)
    mac: str = Field(pattern=r"^[0-9a-f]{64}$")

    @property
    def place(self) -> str:
        """Store key of the page that was opened."""
        return sealed_place(self.recipient, self.page)


class Arrived(BaseModel):
    """A receipt as the portal lays it into the inbox, where nobody has checked it yet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: datetime  # by the portal's clock
    receipt: Receipt


def sealed_place(recipient: str, page: str) -> str:
    """Store key of a sealed page that the portal shows."""
    return f"sealed/{recipient}/{page}.html"


def signature(key: bytes, recipient: str, page: str) -> str:
    """HMAC-SHA-256 (RFC 2104), hex. The reference is last, so no two inputs read alike."""
    return hmac.digest(key, f"{RECEIPT_FORMAT}\n{page}\n{recipient}".encode(), "sha256").hex()
