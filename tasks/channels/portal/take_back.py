"""The page of what was taken back: without it, or, where nothing is left, one in clear that says so."""

from collections.abc import Collection, Iterator

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.languages import best_language
from termpost.schemas.base.refs import PersonRef, ReportVersion
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.channel import TakenFile
from termpost.tasks.channels.portal.reopen import is_sealed, language_of
from termpost.tasks.channels.portal.reseal import open_with, seal_again, without
from termpost.tasks.channels.portal.status_pages import taken_back
from termpost.tasks.channels.withdrawal import REPLACED, attempt_of
from termpost.tasks.home.home import Home


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
    if is_logged and not is_sealed(page):
        return None  # it says so already
    withdrawn = taken.seen.withdrawn
    gone = {(one.report, one.version) for one in taken.shown if one.delivery in withdrawn}
    stay = {(one.report, one.version) for one in taken.shown if one.delivery not in withdrawn}
    replaced = all(withdrawn[one.delivery] == REPLACED for one in taken.shown if one.delivery in withdrawn)
    spoken = best_language(language_of(page), home.settings.institution.languages)
    notice = taken_back(home.settings, spoken, replaced=replaced)
    codes = taken.codes
    content = open_with(page, [codes.of(recipient), *codes.earlier(recipient)]) if stay else None
    if content is None:
        return notice
    students = {one.student for one in taken.shown}
    out = [_which(home, taken, part.pdf, students) in gone for part in content.parts]
    again = seal_again(home, without(content, out, notice), codes.of(recipient)) if any(out) else None
    # what the log says and is not there yet: of a withdrawal, or of a revocation, that was killed after its entry
    unfinished = [] if is_logged else [page for page in (again, seal_again(home, content, codes.of(recipient))) if page]
    if is_logged or logged in [home.people.digest(recipient, page) for page in unfinished]:
        return again
    return notice


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
