"""Revoking an access code: the next one counts, and what is live is sealed again under it."""

from collections.abc import Iterator, Mapping
from itertools import islice

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.code_counters import REVOKED
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.published_objects import Visible
from termpost.tasks.channels.portal.reseal import open_with, seal_again, was_sealed_again
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.secrets.object_tags import changed, gone

GROUP = 100  # pages in memory, and entries in a segment of the log


def void_code(home: Home, run: str, actor: str, recipient: PersonRef | None, reason: str = REVOKED) -> int:
    """Makes the recipient's code void (None: everyone's); returns how many pages were sealed again.

    The log says so first, so that from then on no page is sealed under the old one. Killed after that, `reseal_live`
    finishes the work.

    Args:
        reason: one of `code_counters.REVOKING`.

    Raises:
        Refused: `does-not-open`: a live page opens with no code of its recipient; `object-changed`, `object-gone`: it
            is not what the log says.
    """
    home.log.append(run, [Entry(kind="settings_changed", actor=actor, recipient=recipient, reason=reason)])
    return reseal_live(home, run)


def reseal_live(home: Home, run: str) -> int:
    """Seals again every live page that a revoked code still opens; returns how many. Running it again does nothing."""
    entries = list(home.log.entries())
    codes = AccessCodes(home, entries)
    seen = Visible.fold(entries)
    live = {one.object: one.recipient for one in seen.live() if one.channel == ChannelName.PORTAL}
    done = 0
    pages = _sealed_again(home, codes, live, seen.digests)
    while group := list(islice(pages, GROUP)):
        home.log.append(run, [entry for _, entry in group])
        for page, entry in group:
            home.store.put(str(entry.object), page)
            home.store.forget_older(str(entry.object))
        done += len(group)
    return done


def _sealed_again(
    home: Home, codes: AccessCodes, pages: dict[str, str], logged: Mapping[str, str]
) -> Iterator[tuple[bytes, Entry]]:  # fmt: skip
    for key, recipient in pages.items():
        page, code = _live(home, key), codes.of(recipient)
        is_logged = home.people.digest(PersonRef(recipient), page) == logged[key]
        if open_with(page, [code]) and is_logged:
            continue
        content = open_with(page, codes.earlier(recipient))
        if content is None:
            raise Refused("does-not-open", "a live page opens with no code of its recipient", key,
                          "find out who changed it (termpost log verify --full), then withdraw its report")  # fmt: skip
        again = seal_again(home, content, code)
        digest = home.people.digest(PersonRef(recipient), again)
        # not the page that the log has: of a revocation that was killed after its entry
        if not is_logged and not was_sealed_again(home, content, code, PersonRef(recipient), logged[key]):
            raise changed(key)
        yield again, Entry(kind="sealed", recipient=recipient, channel=ChannelName.PORTAL, object=key, digest=digest)


def _live(home: Home, key: str) -> bytes:
    try:
        return home.store.get(key)
    except KeyError:
        raise gone(key) from None
