"""The e-mail to one recipient: that reports are ready, and where. It names no student and no family, and has no grade.

Whoever carries a message, or sees it over a shoulder, learns from it that a school has a report for this mailbox.
"""

import hashlib
import re
from abc import abstractmethod
from collections.abc import Iterable
from datetime import date

from pydantic import AwareDatetime, ConfigDict, Field, field_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.secure_url import SecureUrl
from termpost.schemas.documents.report import Contact

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"  # RFC 5321 dot-string
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+{_LABEL}")
_LONGEST_LOCAL, _LONGEST = 64, 254  # RFC 5321 4.5.3.1


def writable(address: str) -> str | None:
    """An address as it can be written on a message: ASCII, its domain in IDNA; None where there is no such form.

    Quoted local parts, and local parts that need SMTPUTF8 (RFC 6531), have none: few relays carry them, and a recipient
    whose message cannot leave is reached by the next channel.
    """
    local, at, domain = address.strip().rpartition("@")
    try:
        plain = f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return None
    fits = len(local) <= _LONGEST_LOCAL and len(plain) <= _LONGEST
    return plain if fits and _ADDRESS.fullmatch(plain) else None


def token_of(deliveries: Iterable[str]) -> str:
    """What a message about these deliveries is known by, wherever it comes back from."""
    return "m" + hashlib.sha256("\n".join(sorted(deliveries)).encode()).hexdigest()[:32]


class AddressedNotice(FrozenModel):
    """What every notice by e-mail has: who sends it, to whom, in which language, and what it is known by."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)  # an address is in no exception

    language: str  # BCP 47, of who reads it
    school_language: str
    reviewed: tuple[str, ...] = ()  # translations that the school trusts
    country: str = ""  # ISO 3166-1, of the school
    school: str = Field(min_length=1)  # who sends it, as families know it
    colour: str = Field("#1f4e79", pattern=r"^#[0-9a-fA-F]{6}$")
    ask: Contact  # called as in the language of the recipient
    sender: str
    recipient: str  # an address alone: a name beside it would be the family's
    list_id: str = Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")  # RFC 2919
    written_at: AwareDatetime

    @field_validator("sender", "recipient")
    @classmethod
    def _address(cls, address: str) -> str:
        if writable(address) != address:
            raise ValueError("this is no address that a message can be written to")
        return address

    @property
    @abstractmethod
    def token(self) -> str:
        """What the message is known by on its way, and in what answers it; a second sending has it again.

        It is made from keyed ids, so nobody who has not seen the message can guess it, or forge a report about it.
        """

    @property
    def message_id(self) -> str:
        """RFC 5322 3.6.4, in angle brackets; unique within the sender's domain."""
        return f"<{self.token}@{self.sender.rpartition('@')[2]}>"

    @property
    def stop_to(self) -> str:
        """Where a family writes that it wants no more notices: a person reads it, so the right to reports stays."""
        return self.ask.email or self.sender


class Notice(AddressedNotice):
    """One message. The same notice is the same bytes."""

    reports: int = Field(ge=1)
    link: SecureUrl | None  # of the door; None where there is no portal, then something is attached
    more_links: tuple[SecureUrl, ...] = ()  # of others with this mailbox, each opened by its own code
    query_until: date  # counted from the day on which it goes
    answer_by: date | None = None  # to what comes on that day
    own_office: str = ""  # what the school calls it, where that is another name
    deliveries: tuple[str, ...] = Field(min_length=1)  # what this message is the sending of

    @property
    def token(self) -> str:
        """From its deliveries alone."""
        return token_of(self.deliveries)
