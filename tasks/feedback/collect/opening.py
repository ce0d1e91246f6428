"""How the home opens what families posted: by its own keys, and by whose page or door signed it."""

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.feedback.door import DOORS
from termpost.schemas.documents.feedback.message import FamilyMessage, PostedMessage
from termpost.tasks.channels.portal.door.messages import open_message, owners_of_doors, place_key, who_sent
from termpost.tasks.feedback.collect.inbox import OpenedMessage, OpenMessage
from termpost.tasks.home.home import Home


class PortalOpener:
    """The same for one call of `take_bookings`."""

    def open_message(self, home: Home, posted: PostedMessage, /) -> FamilyMessage:
        return open_message(home, posted)

    def who_sent(self, home: Home, posted: PostedMessage, /) -> str:
        return who_sent(home, posted) or ""


def opener_of(home: Home) -> OpenMessage:
    """For one call of `collect_messages`; the log says once whose each door is."""
    owners = owners_of_doors(home.log.entries("sealed"))

    def opened(home: Home, posted: PostedMessage) -> OpenedMessage:
        said = open_message(home, posted)
        of_door = posted.place.startswith(DOORS)
        sender = owners.get(f"{posted.place}.json") if of_door else PersonRef(posted.place.split("/")[1])
        return OpenedMessage(said, sender, place_key(home, posted.place))

    return opened
