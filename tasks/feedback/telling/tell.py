"""Everybody who is to be told something is told once, by mail, text message or letter, if they have the right today."""

from collections import Counter

from termpost.schemas.log.entry import EntryKind
from termpost.tasks.channels.email.plain.send import send_plain
from termpost.tasks.feedback.entitled import entitled
from termpost.tasks.feedback.queries import threads_of
from termpost.tasks.feedback.telling.families import DueTelling, of_acknowledgements, of_queries
from termpost.tasks.feedback.telling.meetings import of_invitations, of_offers, of_reminders
from termpost.tasks.feedback.telling.staff import of_clocks
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake

NOTED: EntryKind = "query_noticed"


def tell_everybody(home: Home, run: str) -> Counter[str]:
    """Sends what is due; how many messages ended how (tasks/channels/email/plain/send.py).

    Raises:
        InputError, RetryableError: the way out is not what it should be, or away. The next call goes on.
    """
    threads = list(threads_of(home).values())
    due = [
        *of_queries(home, threads), *of_acknowledgements(home, list(home.log.entries(NOTED))),
        *of_offers(home), *of_invitations(home), *of_reminders(home, run),
    ]  # fmt: skip
    due = [*_with_right(home, due), *of_clocks(home, threads)]
    if not due:
        return Counter()
    counts = send_plain(home, run, [one.mail for one in due])
    if not counts["later"]:  # else the next call tells them, and notes it then
        home.log.append(run, [one.noted for one in due if one.noted is not None])
    return counts


def _with_right(home: Home, due: list[DueTelling]) -> list[DueTelling]:
    """A right that ended since something came ends what is said of it too (law 4)."""
    pairs = {one.about for one in due if one.about}
    if not pairs:
        return due
    with open_lake(home.lake) as lake:
        have = entitled(home, lake, pairs)
    return [one for one in due if one.about is None or one.about in have]
