"""An envelope with something that was taken back leaves the print area; whether it was posted, the office knows."""

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.channel import TakenFile
from termpost.tasks.channels.withdrawal import attempt_of, entry_of
from termpost.tasks.home.home import Home

WITH_ENVELOPE = "envelope-withdrawn"  # why a report that stays must be printed again


def take_back(home: Home, run: str, actor: str, taken: TakenFile) -> bool:
    """What else was in it counts as not sent; the next release prints it. Whether it was still there."""
    key, recipient = taken.key, taken.shown[0].recipient
    said = Entry(kind="withdrawn", actor=actor, recipient=recipient, channel=ChannelName.PRINT, object=key,
                 count=attempt_of(taken.shown))  # fmt: skip
    stay = [entry_of(one, actor, WITH_ENVELOPE, "failed") for one in taken.shown if one.delivery not in taken.gone]
    home.log.append(run, [said, *stay])
    if home.store.head(key) is None:
        return False
    home.store.delete(key)
    return True
