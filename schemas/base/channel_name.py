"""The channels by name: a closed list, since an unapproved one is no channel (section 4.3)."""

from enum import StrEnum


class ChannelName(StrEnum):
    """Every channel, as settings, plan and log name it; the package of each has the same name."""

    PORTAL = "portal"
    EMAIL = "email"
    PRINT = "print"
    MEETING = "meeting"
    EXPORT = "export"
