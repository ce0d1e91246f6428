"""`[notices]` of `termpost.toml`: text messages that something waits, by a provider of the school's own."""

import re
from typing import Literal, Self

from pydantic import model_validator
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.secure_url import SecureUrl
from termpost.schemas.base.setting_error import wrong

# what the body of a request looks like: a closed list, since whatever else stood in it would leave the house
HookShape = Literal["to-text", "to-body", "messages"]
_GATEWAY = re.compile(r"[A-Za-z0-9._-]*\{number\}[A-Za-z0-9._-]*@([a-z0-9-]+\.)+[a-z]{2,}")


class TextNotices(FrozenModel):
    """To the phones of those who have no e-mail. One of the two ways; no report, no word of one, goes by it."""

    gateway: str = ""  # an address within the institution's domain, {number} in it
    hook: SecureUrl | None = None  # of the school's own provider; the secret is secrets/sms-hook
    shape: HookShape = "to-text"

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.gateway) == bool(self.hook):
            raise wrong("text messages go by a gateway or by a hook", "give one of the two")
        if self.gateway and not _GATEWAY.fullmatch(self.gateway):
            raise wrong("this is no gateway for text messages", 'write it as "{number}@sms.school.example"',
                        at=("gateway",))  # fmt: skip
        return self


class NoticeSettings(FrozenModel):
    """Off unless the school says so."""

    sms: TextNotices | None = None
