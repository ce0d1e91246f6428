"""Sealing again what a recipient can open already: under another code, or without what was taken back.

Nothing is made anew: what is sealed is what comes out of the page that lies there, report by report as approved.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.receipt import MacWish
from termpost.tasks.channels.portal.door.messages import messages_wish
from termpost.tasks.channels.portal.office_contact import office_contact, office_hours
from termpost.tasks.channels.portal.receipts import receipt_wish, signing_wish
from termpost.tasks.channels.portal.reopen import OpenedReport, PageContent, reopen
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.home.home import Home

KILLED_DAYS = 31  # within which somebody runs again what was killed


def open_with(page: bytes, codes: Iterable[str]) -> PageContent | None:
    """What is in a page, by the first of the codes that opens it; None where none does."""
    for code in codes:
        try:
            return reopen(page, code)
        except InputError:
            continue
    return None


def seal_again(home: Home, content: PageContent, code: str, day: date | None = None) -> bytes:
    """The same content as a page that opens with `code`, opened again and compared before anybody sees it.

    Its last day for questions is counted from the day on which it is sealed (None: today), and never earlier than it
    was. A page of an earlier format becomes one of today's, with a key pair of its own and a way to write to the
    school.

    Raises:
        Refused: what was sealed is not what comes out.
    """
    receipt = content.receipt
    if isinstance(receipt, MacWish):
        receipt = signing_wish(home, receipt.to, content.recipient, content.delivery)
    elif receipt is None:
        receipt = receipt_wish(home, content.recipient, content.delivery)
    messages = (content.messages or messages_wish(home)) if receipt else None
    contact = office_contact(home.settings, office_hours(home.calendar, content.language))
    until = max(content.query_until, home.clocks.ask_until(day or home.today, None, (ChannelName.PORTAL,)))
    parts = [SealedReport(p.title, p.page, p.pdf, p.filename, p.is_insert) for p in content.parts]
    page = seal(
        parts, code=code, recipient=content.recipient,
        delivery=content.delivery, school=content.school, language=content.language, query_until=until,
        receipt=receipt, messages=messages, contact=contact,
    )  # fmt: skip
    expected = replace(content, receipt=receipt, query_until=until, messages=messages)
    if reopen(page, code) != expected:
        raise Refused("bytes-changed", "a page that was sealed again does not hold what it held", "sealed/",
                      "nothing was changed; tell the developers, this must not happen")  # fmt: skip
    return page


def was_sealed_again(home: Home, content: PageContent, code: str, recipient: PersonRef, digest: str) -> bool:
    """Whether the log has this content sealed under `code` on one of the last days: of a run that was killed before it
    laid the page there, on another day than today perhaps."""
    days = (home.today - timedelta(days=ago) for ago in range(KILLED_DAYS))
    return any(home.people.digest(recipient, seal_again(home, content, code, day)) == digest for day in days)


def without(content: PageContent, titles: Sequence[str | None], notice: bytes) -> PageContent:
    """The content with `notice` where a part is gone: a page without a PDF.

    Args:
        titles: of each part, what stands above the notice; None: the part stays.
    """
    parts = zip(content.parts, titles, strict=True)
    return replace(
        content, parts=tuple(p if title is None else OpenedReport(notice, b"", title, "") for p, title in parts)
    )
