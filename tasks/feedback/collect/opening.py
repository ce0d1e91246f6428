"""How the home opens what families posted: by its own keys, and by whose page or door signed it."""

from functools import cached_property

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.feedback.message import FamilyMessage, PostedMessage
from termpost.tasks.channels.portal.door.messages import open_message, owners_of_doors, place_key, who_sent
from termpost.tasks.feedback.collect.inbox import OpenedMessage, OpenMessage
from termpost.tasks.home.home import Home


class PortalOpener:
    """For one collection: with its first message the log says once whose each door is."""

    def __init__(self, home: Home) -> None:
        self._home = home

    @cached_property
    def _owners(self) -> dict[str, PersonRef]:
        return owners_of_doors(self._home.log.entries("sealed"))

    def open_message(self, home: Home, posted: PostedMessage, /) -> FamilyMessage:
        return open_message(home, posted)

    def who_sent(self, _home: Home, posted: PostedMessage, /) -> str:
        return who_sent(posted, self._owners) or ""


def opener_of(home: Home) -> OpenMessage:
    """The same as `collect_messages` takes it."""
    opener = PortalOpener(home)

    def opened(home: Home, posted: PostedMessage) -> OpenedMessage:
        said, sender = opener.open_message(home, posted), opener.who_sent(home, posted)
        return OpenedMessage(said, PersonRef(sender) if sender else None, place_key(home, posted.place))

    return opened
