"""Signed links to what is live, for an S3 store: fresh ones while questions are open."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from termpost.schemas.log.published_objects import Visible
from termpost.tasks.home.home import Home
from termpost.tasks.store.interface import Capability

LONGEST = timedelta(days=7)  # what S3 allows


@dataclass(frozen=True)
class Link:
    """One page. Whoever has the link can fetch it; opening it takes the access code."""

    recipient: str
    cycle: str
    url: str
    until: datetime


def fresh_links(home: Home, cycle_id: str | None) -> list[Link]:
    """A link for each live page whose cycle still takes questions, good until these end or for seven days.

    Raises:
        InputError: `no-signed-urls`, where nobody outside could reach the store or nobody is named who signs.
    """
    if Capability.SIGNED_LINKS not in home.store.capabilities:
        home.store.sign("sealed/", LONGEST)  # which says so, also where no page is live
    found = dict[str, Link]()
    for one in Visible.fold(home.log.entries()).live():
        if one.channel != "portal" or (cycle_id and one.cycle != cycle_id) or one.object in found:
            continue
        last = home.calendar.cycle(one.cycle).query_until + timedelta(days=1)
        lifetime = min(LONGEST, datetime.combine(last, time(), home.calendar.zone) - home.clock.today())
        if lifetime > timedelta():
            found[one.object] = Link(
                one.recipient, one.cycle, home.store.sign(one.object, lifetime), home.clock.now() + lifetime
            )
    return list(found.values())
