"""The channels by which reports reach people, and `[channels]` of `termpost.toml`.

The names stand here and each in its own package under `tasks/channels/`, nowhere else: what differs between channels,
the rest of the code asks of a channel itself (tasks/channels/channel.py).
"""

import re
from types import NoneType
from typing import ClassVar, Literal, Self, get_args

from pydantic import BaseModel, Field, StrictBool, StrictInt, field_validator, model_validator
from termpost.schemas.base.channel_name import BRINGS_CODE, CHANNELS
from termpost.schemas.base.envelope import EnvelopeSize, paper_for
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.own_domain import is_own
from termpost.schemas.base.secure_url import SecureUrl
from termpost.schemas.base.setting_error import wrong
from termpost.schemas.settings.toml_source import nearest

SUBMISSIONS = 465  # RFC 8314
OFFICIAL_ONLY = "personal or unsecured apps are never channels (procedure, section 4.3)"


class Portal(FrozenModel):
    """The page a family opens; a notice carries its link."""

    base_url: SecureUrl
    receipts: StrictBool = True  # an opened page tells the school so
    # what `termpost keys show` says; with it the portal tells the numbers of this school's reports from forged ones
    verification_key: str = Field("", pattern=r"^([A-Za-z0-9+/]{43}=)?$")

    @field_validator("base_url")
    @classmethod
    def _plain(cls, url: str) -> str:
        # it stands in links and in each page's security policy, where these signs would mean something else
        if not re.fullmatch(r"[A-Za-z0-9:/._~%\[\]-]+", url):
            raise wrong("the address has more than a host and a path", 'write it as "https://reports.school.example"')
        return url

    @property
    def receipts_url(self) -> str:
        """Where a page posts its receipt."""
        return f"{self.base_url}/receipts"

    @property
    def messages_url(self) -> str:
        """Where a page or a door posts what a family writes."""
        return f"{self.base_url}/messages"


class Email(FrozenModel):
    """The school's own relay; TLS is not optional."""

    host: str = Field(min_length=1)  # of your own relay
    port: StrictInt = Field(587, ge=1, le=65535)
    sender: str = Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    user: str = ""  # empty: the relay knows this machine; the password is a secret, never a setting
    ca_file: str | None = None  # a PEM file in the home: the school's own authority, if it signs for the relay
    per_minute: StrictInt = Field(0, ge=0)  # messages the relay allows; 0: as fast as it takes them
    attach_pdf: StrictBool = False  # the sealed PDF

    @property
    def implicit_tls(self) -> bool:
        """TLS from the first byte (RFC 8314, port 465); on any other port STARTTLS comes first."""
        return self.port == SUBMISSIONS


class Print(FrozenModel):
    """Envelopes."""

    envelope: EnvelopeSize = "10"
    duplex: StrictBool = True

    @property
    def paper(self) -> Literal["us-letter", "a4"]:
        """What fits the envelope."""
        return paper_for(self.envelope)


class ChannelSettings(FrozenModel):
    """A closed list: what is not here cannot be switched on (procedure, section 4.3)."""

    unknown_key_note: ClassVar[str] = f"; {OFFICIAL_ONLY}"
    order: tuple[str, ...] = Field((BRINGS_CODE.value,), min_length=1)  # the first that reaches somebody is used
    portal: Portal | None = None
    email: Email | None = None
    print: Print = Print()

    @field_validator("order")
    @classmethod
    def _official(cls, order: tuple[str, ...]) -> tuple[str, ...]:
        for position, channel in enumerate(order):
            if channel not in CHANNELS:
                raise wrong(f"this is no channel: {OFFICIAL_ONLY}", nearest(channel, list(CHANNELS)), at=(position,))
            if channel in order[:position]:
                raise wrong("a channel stands twice", "name each channel once", at=(position,))
        return order

    @model_validator(mode="after")
    def _set_up(self) -> Self:
        for position, channel in enumerate(self.order):
            if getattr(self, channel, self) is None:
                remedy = f"add [channels.{channel}] with {_wanted(type(self), channel)}, or take it out of order"
                raise wrong(f"the channel {channel} is not set up", remedy, at=("order", position))
        if BRINGS_CODE not in self.order:
            raise wrong(f"without {BRINGS_CODE} nobody gets the letter that says where their page is",
                        f'add "{BRINGS_CODE}" to order', at=("order",))  # fmt: skip
        return self

    def refuse_foreign_sender(self, own: str) -> None:
        """Raises the error of a setting where a sender is outside the institution's own domain."""
        for channel in CHANNELS:
            sender = getattr(getattr(self, channel, None), "sender", None)
            if sender is None:
                continue
            if not is_own(sender, own):
                remedy = "send from an address at [institution] email_domain"
                what = f"the sender is outside the institution's domain; {OFFICIAL_ONLY}"
                raise wrong(what, remedy, at=("channels", channel, "sender"))


def _wanted(settings: type[BaseModel], channel: str) -> str:
    """The keys that a channel cannot do without."""
    models = [model for model in get_args(settings.model_fields[channel].annotation) if model is not NoneType]
    return " and ".join(key for model in models for key, one in model.model_fields.items() if one.is_required())
