"""The channels by name: a closed list, since an unapproved one is no channel (section 4.3)."""

from enum import StrEnum
from typing import Final


class ChannelName(StrEnum):
    """Every channel, as settings, plan and log name it; the package of each has the same name."""

    PORTAL = "portal"
    EMAIL = "email"
    PRINT = "print"
    MEETING = "meeting"
    EXPORT = "export"


AT_THE_DOOR: Final = ChannelName.PORTAL  # what a household opens with its code, and writes from
IN_PACKS: Final = ChannelName.PRINT  # what is laid into packs tells everybody in them the same day
BRINGS_CODE: Final = ChannelName.PRINT  # by its letter a recipient gets their access code, so no order is without it
# those that an order and a contact's wish may name; an export is for the school's own platform, and goes to nobody
CHANNELS: Final = tuple(name for name in ChannelName if name is not ChannelName.EXPORT)
