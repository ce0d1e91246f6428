"""The page of what was taken back: without it, or, where nothing is left, one in clear that says so."""

import base64
import re
from collections.abc import Collection, Iterator

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.languages import best_language
from termpost.schemas.base.refs import PersonRef, ReportVersion
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.published_objects import PublishedDelivery
from termpost.tasks.channels.channel import TakenFile
from termpost.tasks.channels.portal.receipts import receipt_wish
from termpost.tasks.channels.portal.reopen import is_sealed, language_of
from termpost.tasks.channels.portal.reseal import open_with, seal_again, was_sealed_again, without
from termpost.tasks.channels.portal.status_pages import taken_back
from termpost.tasks.channels.withdrawal import ERASED, REPLACED, attempt_of
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.documents.words.school_words import words_of_home
from termpost.tasks.home.home import Home

_LANGUAGE = re.compile(rb'<html lang="([A-Za-z0-9-]+)"')  # templates/status.html.j2


def take_back(home: Home, run: str, actor: str, taken: TakenFile) -> bool:
    """Into the log, then where it is read; older versions of the page go. Whether it had to change."""
    page = _page_without(home, taken)
    if page is None:
        return False
    recipient = taken.shown[0].recipient
    digest = home.people.digest(PersonRef(recipient), page)
    home.log.append(run, [Entry(kind="withdrawn", actor=actor, recipient=recipient, channel=ChannelName.PORTAL,
                                object=taken.key, digest=digest, count=attempt_of(taken.shown))])  # fmt: skip
    home.store.put(taken.key, page)
    home.store.forget_older(taken.key)
    return True


def _page_without(home: Home, taken: TakenFile) -> bytes | None:
    """The page that must lie there; None where it does. A page that nobody can open any more goes as a whole, and so
    does one that the log does not know, or that somebody took away and may put back."""
    page, recipient = _page_there(home, taken.key), PersonRef(taken.shown[0].recipient)
    logged = taken.seen.digests.get(taken.key)
    is_logged = not home.people.is_known(recipient) or home.people.digest(recipient, page) == logged
    onward = _onward(home, taken)
    if is_logged and not is_sealed(page):  # it says so already, but for what has taken its place since
        leads_on = not onward or onward.encode() in page or not home.people.is_known(recipient)
        return None if leads_on else _notice(home, page, taken, replaced=True, onward=onward)
    withdrawn = taken.seen.withdrawn
    gone = {(one.report, one.version) for one in taken.shown if one.delivery in withdrawn}
    stay = {(one.report, one.version) for one in taken.shown if one.delivery not in withdrawn}
    replaced = all(withdrawn[one.delivery] == REPLACED for one in taken.shown if one.delivery in withdrawn)
    notice = _notice(home, page, taken, replaced=replaced or bool(onward), onward=onward)
    codes = taken.codes
    content = open_with(page, [codes.of(recipient), *codes.earlier(recipient)]) if stay else None
    if content is None:
        return notice
    students = {one.student for one in taken.shown if home.people.is_known(PersonRef(one.student))}  # not of the erased
    which = [_which(home, taken, part.pdf, students) for part in content.parts]
    out = [one in gone for one in which]
    erased = {(one.report, one.version) for one in taken.shown if withdrawn.get(one.delivery) == ERASED}
    nameless = translator_for(content.language).text("taken_back", "withdrawn_title")  # not even above the notice
    titles = [
        (nameless if one in erased else part.title) if one in gone else None
        for part, one in zip(content.parts, which, strict=True)
    ]
    code, left = codes.of(recipient), without(content, titles, notice)
    again = seal_again(home, left, code) if any(out) else None
    # what the log says and is not there yet: of a withdrawal, or of a revocation, that was killed after its entry
    begun = [] if is_logged else [left, content] if any(out) else [content]
    if is_logged or any(was_sealed_again(home, one, code, recipient, logged or "") for one in begun):
        return again
    return notice


def _notice(home: Home, page: bytes, taken: TakenFile, *, replaced: bool, onward: str) -> bytes:
    """In the language of the page that it takes the place of."""
    language, key = _spoken(home, page), _key_of(home, taken)
    words = words_of_home(home.path, (language,))
    return taken_back(home.settings, language, replaced=replaced, onward=onward, words=words, key=key)


def _key_of(home: Home, taken: TakenFile) -> str:
    """The public half of the key that this page signs with: what is sent from a saved copy of it is taken, and its
    sender told whom to call. Empty where the school has no portal."""
    name = taken.key.rpartition("/")[2].removesuffix(".html")
    pair = receipt_wish(home, taken.shown[0].recipient, name)
    return base64.b64encode(pair.public).decode() if pair else ""


def _onward(home: Home, taken: TakenFile) -> str:
    """The link of the newest page that this recipient has of what was taken back; empty where there is none.

    It only ever changes to a newer one's: a page that goes back to what it said before would be no new fact in the log.
    """
    portal, found = home.settings.channels.portal, list[PublishedDelivery]()
    for one in taken.shown:
        newer = taken.seen.newest_live.get((one.report, one.recipient, ChannelName.PORTAL))
        if one.delivery in taken.gone and newer is not None and newer.version > one.version:
            found.append(newer)
    if portal is None or not found:
        return ""
    return portal.base_url + max(found, key=lambda one: one.version).object.removeprefix("sealed").removesuffix(".html")


def _spoken(home: Home, page: bytes) -> str:
    """The language of a page, sealed or not; the school's own where that cannot be read."""
    said = _LANGUAGE.search(page)
    spoken = language_of(page) or (said[1].decode() if said else None)
    return best_language(spoken, home.settings.institution.languages)


def _page_there(home: Home, key: str) -> bytes:
    try:
        return home.store.get(key)
    except KeyError:
        return b""


def _which(home: Home, taken: TakenFile, pdf: bytes, students: Collection[str]) -> ReportVersion | None:
    """Which report version a PDF is, by the digest that was logged when it was made."""
    approved = taken.seen.approved
    digests: Iterator[str] = (home.people.digest(PersonRef(student), pdf) for student in students)
    found = next((approved[digest] for digest in digests if digest in approved), None)
    return found[:2] if found else None
