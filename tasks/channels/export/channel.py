"""The export: files for a school's own platform, which decides itself who sees them."""

from typing import Final

from termpost.schemas.base.channel_name import ChannelName
from termpost.tasks.channels.channel import Channel
from termpost.tasks.rights.contact_methods import Reachability


class ExportChannel(Channel):
    """Reaches nobody by itself, so no plan has it."""

    name = ChannelName.EXPORT

    def is_open(self, reach: Reachability) -> bool:  # noqa: ARG002 - whoever it is
        return False


CHANNEL: Final = ExportChannel()
