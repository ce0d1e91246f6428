"""Signed links to what is live, for an S3 store: fresh ones while questions are open."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.published_objects import Visible
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.store.interface import Capability

LONGEST = timedelta(days=7)  # what S3 allows


@dataclass(frozen=True)
class PageLink:
    """One page. Whoever has the link can fetch it; opening it takes the access code."""

    recipient: str
    cycle: str
    url: str
    until: datetime


def fresh_links(home: Home, cycle_id: str | None) -> list[PageLink]:
    """A link for each live page whose cycle still takes questions, good until these end or for seven days.

    Raises:
        InputError: `no-signed-urls`, where nobody outside could reach the store or nobody is named who signs.
    """
    if Capability.SIGNED_LINKS not in home.store.capabilities:
        home.store.sign("sealed/", LONGEST)  # which says so, also where no page is live
    found = dict[str, PageLink]()
    for one in Visible.fold(home.log.entries()).live():
        if one.channel != ChannelName.PORTAL or (cycle_id and one.cycle != cycle_id) or one.object in found:
            continue
        last = home.calendar.cycle(one.cycle).query_until + timedelta(days=1)
        lifetime = min(LONGEST, datetime.combine(last, time(), home.calendar.zone) - home.clock.today())
        if lifetime > timedelta():
            url = home.store.sign(one.object, lifetime)
            found[one.object] = PageLink(one.recipient, one.cycle, url, home.clock.now() + lifetime)
    return list(found.values())


def first_page(home: Home, cycle_id: str) -> tuple[str, str]:
    """Place and access code of one sealed page of a released cycle, for whoever tries it out.

    Raises:
        InputError: nobody has a page yet.
    """
    for entry in home.log.entries("delivered"):
        is_page = (entry.cycle, entry.channel) == (cycle_id, ChannelName.PORTAL)
        if is_page and entry.object and entry.recipient:
            return home.store.url(entry.object), code_of(home, entry.recipient)
    raise InputError("no-page", "there is no sealed page yet", f"cycle {cycle_id}", "release the cycle first")
