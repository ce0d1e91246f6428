"""Revoking an access code: the next one counts, and what is live is sealed again under it."""

from collections.abc import Iterator
from itertools import islice

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.code_counters import REVOKED
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.published_objects import Visible
from termpost.tasks.channels.portal.reseal import open_with, seal_again
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes

GROUP = 100  # pages in memory, and entries in a segment of the log


def void_code(home: Home, run: str, actor: str, recipient: PersonRef | None) -> int:
    """Makes the recipient's code void (None: everyone's); returns how many pages were sealed again.

    The log says so first, so that from then on no page is sealed under the old one. Killed after that, `reseal_live`
    finishes the work.

    Raises:
        Refused: a live page opens with no code of its recipient.
    """
    home.log.append(run, [Entry(kind="settings_changed", actor=actor, recipient=recipient, reason=REVOKED)])
    return reseal_live(home, run)


def reseal_live(home: Home, run: str) -> int:
    """Seals again every live page that a revoked code still opens; returns how many. Running it again does nothing."""
    entries = list(home.log.entries())
    codes = AccessCodes(home, entries)
    stale = {one.object: one.recipient for one in Visible.fold(entries).live() if one.channel == ChannelName.PORTAL}
    done = 0
    pages = _sealed_again(home, codes, stale)
    while group := list(islice(pages, GROUP)):
        home.log.append(run, [entry for _, entry in group])
        for page, entry in group:
            home.store.put(str(entry.object), page)
            home.store.forget_older(str(entry.object))
        done += len(group)
    return done


def _sealed_again(home: Home, codes: AccessCodes, pages: dict[str, str]) -> Iterator[tuple[bytes, Entry]]:
    for key, recipient in pages.items():
        page, code = home.store.get(key), codes.of(recipient)
        if open_with(page, [code]):
            continue
        content = open_with(page, codes.earlier(recipient))
        if content is None:
            raise Refused("does-not-open", "a live page opens with no code of its recipient", key,
                          "find out who changed it (termpost log verify --full), then withdraw its report")  # fmt: skip
        again = seal_again(content, code)
        digest = home.people.digest(PersonRef(recipient), again)
        yield again, Entry(kind="sealed", recipient=recipient, channel=ChannelName.PORTAL, object=key, digest=digest)
