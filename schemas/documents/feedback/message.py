"""What a family sends from its page: encrypted for the home alone, and signed by the page (decision 0026).

A posted message says in clear where it comes from and nothing else. What it says is a `FamilyMessage`, as JSON in
UTF-8, filled up with spaces to a multiple of `PADDED` bytes so that its length says little.
"""

import hashlib
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.documents.receipt import REF

MESSAGE_FORMAT = "termpost.message/1"
SAID_FORMAT = "termpost.message-content/1"
ACKNOWLEDGEMENT_FORMAT = "termpost.acknowledgement/1"
MESSAGES = "inbox/messages/"
SLOTS_TAKEN = "inbox/slots/"  # one object a slot: whoever is there first has it
PADDED = 1024  # bytes
LONGEST_TEXT = 3000  # characters
LONGEST_MESSAGE = 20 * 1024  # bytes that a message may take as it is posted
WAITING = 20  # messages of one page or door that may lie in the inbox at once

MessageKind = Literal["acknowledgement", "question", "mark", "meeting", "rating", "slot", "cancel", "reply"]
Id128 = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Hex256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Signature = Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]  # r and s, 32 bytes each (IEEE P1363)
# the store key without its ending: of a sealed page, or of a household's door
SignedPlace = Annotated[str, Field(pattern=rf"^(sealed/{REF[1:-1]}/{REF[1:-1]}|door/[0-9a-f]{{32}})$")]


class PostedMessage(FrozenModel):
    """As a page posts it: one JSON object in UTF-8."""

    format: Literal["termpost.message/1"]
    place: SignedPlace  # whose key signed it
    id: Id128  # random; the same message has it again
    slot: Id128 | None = None  # of a meeting, in clear, so that the portal can give it away once
    ephemeral: str = Field(pattern=r"^[0-9A-Za-z+/]{87}=$")  # a point of P-256 without compression, base64
    data: str = Field(pattern=r"^[0-9A-Za-z+/]+=*$")  # AES-256-GCM, base64
    signature: Signature  # ECDSA on P-256 with SHA-256

    @property
    def signed(self) -> bytes:
        """What is signed."""
        lines = (MESSAGE_FORMAT, self.place, self.id, self.slot or "", self.ephemeral,
                 hashlib.sha256(self.data.encode()).hexdigest())  # fmt: skip
        return "\n".join(lines).encode()

    @property
    def context(self) -> bytes:
        """What key and cipher are bound to: HKDF's `info`, and the data that the cipher authenticates."""
        return f"{MESSAGE_FORMAT}\n{self.place}\n{self.id}".encode()


class ArrivedMessage(FrozenModel):
    """As the portal lays it into the inbox. What lies there is checked again: others may write there."""

    at: AwareDatetime  # by the portal's clock
    message: PostedMessage


class AcknowledgementProof(FrozenModel):
    """Somebody who unlocked the page said that they have read exactly these bytes.

    Checked with the page's public key alone; it needs no secret of the home.
    """

    day: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")  # by the family's own clock
    pdf: Hex256  # SHA-256 of the PDF as it lay in the page
    signature: Signature

    def signed(self, place: str) -> bytes:
        """What is signed, of the page at `place`."""
        return f"{ACKNOWLEDGEMENT_FORMAT}\n{place}\n{self.pdf}\n{self.day}".encode()


class FamilyMessage(FrozenModel):
    """What a message says once it is open. Nothing in it is believed but its words: who sent it, the key says."""

    format: Literal["termpost.message-content/1"]
    kind: MessageKind
    language: str = Field(max_length=35)  # BCP 47, of the page
    page: str | None = Field(None, pattern=REF)  # which of the recipient's pages it is about
    part: int | None = Field(None, ge=0, le=99)  # which report on that page, from 0
    text: str = Field("", max_length=LONGEST_TEXT)
    course: int | None = Field(None, ge=0, le=199)  # of `mark`: its place on the report, from 0
    piece: str = Field("", max_length=200)  # of `mark`
    rating: int | None = Field(None, ge=1, le=5)
    interpreter: bool = False  # of `meeting`
    query: str | None = Field(None, pattern=r"^q[0-9a-f]{12}$")  # the question or meeting that it belongs to
    slot: Id128 | None = None  # the same as in clear
    proof: AcknowledgementProof | None = None
