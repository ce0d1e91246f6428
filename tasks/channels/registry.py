"""Every channel there is, found by its name: the package that has it has the same."""

from functools import cache
from importlib import import_module

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.documents.parcel import Parcel
from termpost.tasks.channels.channel import Channel, FileChannel, MessageChannel
from termpost.tasks.home.home import Home


@cache
def channel_of(name: str) -> Channel:
    """ValueError where there is no such channel."""
    found = import_module(f"termpost.tasks.channels.{ChannelName(name)}.channel").CHANNEL
    if not isinstance(found, Channel) or found.name != name:
        raise TypeError(f"the package {name} has no channel of that name")
    return found


@cache
def every_channel() -> tuple[Channel, ...]:
    """In the order of the names."""
    return tuple(channel_of(name) for name in ChannelName)


@cache
def file_channels() -> tuple[FileChannel, ...]:
    return tuple(channel for channel in every_channel() if isinstance(channel, FileChannel))


@cache
def message_channels() -> tuple[MessageChannel, ...]:
    return tuple(channel for channel in every_channel() if isinstance(channel, MessageChannel))


def file_channel(name: str) -> FileChannel:
    """KeyError where it is none that has files."""
    return {channel.name: channel for channel in file_channels()}[ChannelName(name)]


def is_page(name: str | None) -> bool:
    """Whether what a log entry calls this channel is a page that recipients open; of no channel it is not."""
    return name is not None and channel_of(name).is_page


def link_of(home: Home, parcel: Parcel, names: frozenset[str] | None = None) -> str:
    """Where a recipient reads the parcel on a screen; empty where nowhere.

    Args:
        names: the channels that count; None: all of the institution.
    """
    wanted = [one for one in file_channels() if names is None or one.name in names]
    return next((link for one in wanted if (link := one.link(home, parcel))), "")
