"""A receipt: what an opened page tells the school, which only who unlocked it can say (docs/receipts.md)."""

import hmac
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

RECEIPT_FORMAT = "termpost.receipt/2"
MAC_FORMAT = "termpost.receipt/1"
LONGEST = 512  # bytes that a receipt may take as it is posted; ours take about 300
INBOX = "inbox/receipts/"
REF = r"^[0-9A-Za-z_-]{1,64}$"


@dataclass(frozen=True)
class ReceiptWish:
    """What a page needs to sign a receipt, or a message: the key pair on P-256 (FIPS 186-5), of this page alone. The
    private half is encrypted together with the reports; the public half stands on the page in clear."""

    to: str  # URL where a receipt is posted; empty: the school wants none
    private: bytes  # 32 bytes, big-endian
    public: bytes  # the point without compression: 4, x, y; 65 bytes (SEC 1)


@dataclass(frozen=True)
class MessagesWish:
    """What a page needs to send a message (documents/message.py)."""

    to: str  # URL
    home: bytes  # for whom it is encrypted: the home's public key, a point of P-256 without compression


@dataclass(frozen=True)
class MacWish:
    """The same in pages of `termpost.sealed/1`, whose key nobody but the home and the page has."""

    to: str  # URL
    key: bytes  # 32 bytes, of this page alone


class _OfPage(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    recipient: str = Field(pattern=REF)
    page: str = Field(pattern=REF)

    @property
    def place(self) -> str:
        """Store key of the page that was opened."""
        return sealed_place(self.recipient, self.page)


class Receipt(_OfPage):
    """As a page posts it: one JSON object in UTF-8. It names nobody, and holds nothing of the code."""

    format: Literal["termpost.receipt/2"]
    signature: str = Field(pattern=r"^[0-9a-f]{128}$")  # r and s, 32 bytes each (IEEE P1363)

    @property
    def signed(self) -> bytes:
        """What is signed, by ECDSA with SHA-256. The reference is last, so no two inputs read alike."""
        return f"{RECEIPT_FORMAT}\n{self.page}\n{self.recipient}".encode()


class MacReceipt(_OfPage):
    """As pages of `termpost.sealed/1` post it, which only the home can check."""

    format: Literal["termpost.receipt/1"]
    mac: str = Field(pattern=r"^[0-9a-f]{64}$")


AnyReceipt = Annotated[Receipt | MacReceipt, Field(discriminator="format")]
RECEIPTS_READ: TypeAdapter[Receipt | MacReceipt] = TypeAdapter(AnyReceipt)


class Arrived(BaseModel):
    """A receipt as the portal lays it into the inbox. What lies there is checked again: others may write there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: AwareDatetime  # by the portal's clock
    receipt: AnyReceipt


def sealed_place(recipient: str, page: str) -> str:
    """Store key of a sealed page that the portal shows."""
    return f"sealed/{recipient}/{page}.html"


def mac_of(key: bytes, recipient: str, page: str) -> str:
    """HMAC-SHA-256 (RFC 2104), hex, of a receipt of `termpost.sealed/1`."""
    return hmac.digest(key, f"{MAC_FORMAT}\n{page}\n{recipient}".encode(), "sha256").hex()
