"""Everybody who is to be told something is told once, by mail, text message or letter, if they have the right today.

This runs every quarter of an hour, and what was told stays due in it for weeks: so whom it concerns, in which language
and with which calendar is asked of that alone which nobody was told yet.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.plain_notice import PlainMail
from termpost.schemas.log.entry import EntryKind
from termpost.tasks.channels.email.plain.send import BEFORE, send_plain, untold
from termpost.tasks.feedback.answering.languages import languages_of
from termpost.tasks.feedback.entitled import entitled, entitled_to_all
from termpost.tasks.feedback.meetings.all_meetings import MeetingBook, open_book
from termpost.tasks.feedback.telling.families import DueTelling, of_acknowledgements, of_queries
from termpost.tasks.feedback.telling.meetings import of_invitations, of_offers, of_reminders, with_calendars
from termpost.tasks.feedback.telling.staff import of_clocks
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake

NOTED: EntryKind = "query_noticed"


def tell_everybody(home: Home, run: str) -> Counter[str]:
    """Sends what is due; how many messages ended how (tasks/channels/email/plain/send.py).

    Raises:
        InputError, RetryableError: the way out is not what it should be, or away. The next call goes on. What one
            invitation lacks is raised once everybody else was told.
    """
    book = open_book(home)
    threads = list(book.threads.values())
    to_families = [
        *of_queries(home, threads), *of_acknowledgements(home, list(home.log.entries(NOTED))),
        *of_offers(book), *of_invitations(book), *of_reminders(book, run),
    ]  # fmt: skip
    due = [*_of_known(home, to_families), *of_clocks(home, threads)]
    if not due:
        return Counter()
    new = untold(home, [one.mail for one in due])
    left = _with_right(home, [one for one in due if one.mail in new or one.noted is not None])
    written, fault = _written(book, [one for one in left if one.mail in new])
    counts = send_plain(home, run, [one.mail for one in written])
    later = untold(home, [one.mail for one in left])  # the next call tells these, and notes it then
    home.log.append(run, [one.noted for one in left if one.noted is not None and one.mail not in later])
    if fault is not None:
        raise fault
    return counts + Counter({BEFORE: len(due) - len(new)})


def _of_known(home: Home, due: Sequence[DueTelling]) -> list[DueTelling]:
    """Who was erased since, or whose child was, is told nothing any more."""
    return [one for one in due if all(home.people.is_known(ref) for ref in (one.mail.to_ref, one.mail.student) if ref)]


def _with_right(home: Home, due: list[DueTelling]) -> list[DueTelling]:
    """A right that ended since something came ends what is said of it too (law 4)."""
    pairs = {one.about for one in due if one.about}
    anybody = {str(one.mail.to_ref) for one in due if one.mail.to_ref and not one.about}
    if not pairs and not anybody:
        return due
    with open_lake(home.lake) as lake:
        have, have_all = entitled(home, lake, pairs), entitled_to_all(home, lake, anybody)
    return [
        one for one in due
        if one.mail.staff or (one.about in have if one.about else str(one.mail.to_ref) in have_all)
    ]  # fmt: skip


def _written(book: MeetingBook, due: list[DueTelling]) -> tuple[list[DueTelling], InputError | None]:
    """In the language of who reads it, and with the meeting for their calendar."""
    asked = {(str(one.mail.to_ref), one.mail.student) for one in due if one.mail.to_ref}
    languages = languages_of(book.home, asked)

    def spoken(mail: PlainMail) -> PlainMail:
        return replace(mail, language=languages[str(mail.to_ref), mail.student]) if mail.to_ref else mail

    return with_calendars(book, [replace(one, mail=spoken(one.mail)) for one in due])
