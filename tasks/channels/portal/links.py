"""Signed links to what is live, for an S3 store: fresh ones while questions are open."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.asking_days import ToldDays
from termpost.schemas.log.published_objects import PublishedDelivery, Visible
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights.latest_word import StudentContact
from termpost.tasks.rights.newer_record import RightToday
from termpost.tasks.rights.rights_today import rights_of_holders
from termpost.tasks.store.interface import Capability

LONGEST = timedelta(days=7)  # what S3 allows


@dataclass(frozen=True)
class PageLink:
    """One page. Whoever has the link can fetch it; opening it takes the access code."""

    recipient: str
    cycle: str
    url: str
    until: datetime


@dataclass(frozen=True)
class RefusedLink:
    """A page for which there is none."""

    recipient: str
    cycle: str
    why: str  # the rule that ended the right, or what the office must find out


def fresh_links(home: Home, cycle_id: str | None) -> tuple[list[PageLink], list[RefusedLink]]:
    """A link for each live page whose cycle still takes questions, good until these end or for seven days; and the
    pages for which there is none, because the right to a report on them is not there today.

    Raises:
        InputError: `no-signed-urls`, where nobody outside could reach the store or nobody is named who signs.
    """
    if Capability.SIGNED_LINKS not in home.store.capabilities:
        home.store.sign("sealed/", LONGEST)  # which says so, also where no page is live
    pages: defaultdict[str, list[PublishedDelivery]] = defaultdict(list)
    entries = list(home.log.entries())
    for one in Visible.fold(entries).live():
        if one.channel == ChannelName.PORTAL and cycle_id in (None, one.cycle):
            pages[one.object].append(one)
    told = ToldDays.fold(home.clocks, entries)
    why = why_not(home, [one for shown in pages.values() for one in shown])
    found, refused = list[PageLink](), list[RefusedLink]()
    for place, shown in pages.items():
        recipient, cycle = shown[0].recipient, shown[0].cycle
        last = told.of_page(cycle, place) + timedelta(days=1)
        lifetime = min(LONGEST, datetime.combine(last, time(), home.calendar.zone) - home.clock.today())
        reason = next((why[pair] for one in shown if (pair := (one.student, one.recipient)) in why), None)
        if lifetime <= timedelta():
            continue
        if reason is not None:
            refused.append(RefusedLink(recipient, cycle, reason))
        else:
            found.append(PageLink(recipient, cycle, home.store.sign(place, lifetime), home.clock.now() + lifetime))
    return found, refused


def why_not(home: Home, shown: Sequence[PublishedDelivery]) -> dict[tuple[str, str], str]:
    """Student and recipient → why nothing more is shown to them on a page today; absent is who has the right."""
    return without_right(home, {(one.student, one.recipient): one.extract for one in reversed(shown)})


def without_right(home: Home, asked: Mapping[StudentContact, str | None]) -> dict[StudentContact, str]:
    """Student and recipient → why nothing more is shown to them today; absent is who has the right.

    Args:
        asked: with the extract by which the right was asked then, where it is known.
    """
    others = {pair: since for pair, since in asked.items() if pair[0] != pair[1]}  # their own report is theirs
    if not others:
        return {}
    with open_lake(home.lake) as lake:
        today = rights_of_holders(home, lake, others)
    rights = {pair: today.get(pair, RightToday(asks="row-missing")) for pair in others}
    return {
        pair: right.ended or right.asks or "records-hold"
        for pair, right in rights.items() if right.ended is not None or not right.allowed
    }  # fmt: skip


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
