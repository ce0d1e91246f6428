"""The parent-teacher meeting: nothing is sent, a sheet for the teacher is printed (tasks/papers)."""

from typing import Final

from termpost.schemas.base.channel_name import ChannelName
from termpost.tasks.channels.channel import Channel
from termpost.tasks.rights.contact_methods import Reachability


class MeetingChannel(Channel):
    """For whoever asked to have the report explained."""

    name = ChannelName.MEETING

    def is_open(self, reach: Reachability) -> bool:
        return not reach.post_only


CHANNEL: Final = MeetingChannel()
