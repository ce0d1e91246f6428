"""What families are told of their queries: that one has come, that an answer waits, that a report waits to be read.

A notice says that something waits and never what (docs/email.md). Whether it was sent its own key says, so who is
killed between a message and the note of it sends nothing twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.plain_notice import PlainMail
from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.query_threads import QueryNotice, QueryThread
from termpost.tasks.feedback.acknowledging.unacknowledged import ASKED
from termpost.tasks.feedback.clock.thread_clock import due_of
from termpost.tasks.home.home import Home

REMEMBERED = timedelta(days=30)  # after which nobody is told any more that something was asked of them
RESTED = timedelta(days=1)  # between two mails of one person that are both confirmed


@dataclass(frozen=True)
class DueTelling:
    """One message, in no language yet, and what the log says once it left; None: nothing more than the message."""

    mail: PlainMail
    noted: Entry | None = None
    is_invitation: bool = False  # it carries the meeting for a calendar

    @property
    def about(self) -> tuple[str, str] | None:
        """Student and who is told: the right is asked of today. None: of nobody in particular."""
        student, to = self.mail.student, self.mail.to_ref
        return (student, to) if student and to else None


def of_queries(home: Home, threads: Iterable[QueryThread]) -> list[DueTelling]:
    """Each query that came is confirmed once, with the day of its answer; each answer is told once.

    Queries of a log before format 4 have no day and are told nothing: they are of before there was a door. Of mails the
    first after a day of rest is confirmed: else a mailbox that answers by itself, and does not say so, would be written
    to for ever, and whoever writes in somebody's name could have them written to as often as they like.
    """
    due, last_mail = list[DueTelling](), dict[str | None, datetime]()
    for one in threads:
        before = last_mail.get(one.contact) if one.via == "email" else None
        if one.via == "email":
            last_mail[one.contact] = one.received
        if one.contact is None or not one.has_right or one.first_due is None:
            continue
        told = sum(notice.reason == "answer-told" for notice in one.noticed)
        if len(one.given) > told:
            due.append(_telling(home, one, "answer-told", len(one.given)))
        elif before is not None and one.received - before < RESTED:
            continue
        elif one.state == "open" and not one.answers and "confirmed" not in one.notices:
            due.append(_telling(home, one, "confirmed", 1))
    return due


def _telling(home: Home, thread: QueryThread, notice: QueryNotice, number: int) -> DueTelling:
    day = due_of(thread, home.clocks, home.today) if notice == "confirmed" else None
    mail = PlainMail(
        key=f"{thread.id} {notice} {number}", kind="confirmed" if notice == "confirmed" else "answer",
        to_ref=PersonRef(thread.contact or ""), query=thread.id,
        student=PersonRef(thread.student) if thread.student else None, due=day.isoformat() if day else "",
    )  # fmt: skip
    noted = Entry(kind="query_noticed", query=thread.id, student=thread.student, recipient=thread.contact,
                  reason=notice, count=number if number > 1 else None)  # fmt: skip
    return DueTelling(mail, noted)


def of_acknowledgements(home: Home, entries: Sequence[Logged]) -> list[DueTelling]:
    """One reminder a person and day, however many reports they have not said of that they read them."""
    asked: dict[tuple[str, str], Logged] = {}
    for one in entries:
        is_recent = home.clock.today() - one.day <= REMEMBERED
        if one.reason == ASKED and one.recipient and is_recent:
            asked.setdefault((one.recipient, one.day.astimezone(home.calendar.zone).date().isoformat()), one)
    return [
        DueTelling(PlainMail(
            key=f"{day} reminder", kind="reminder", to_ref=PersonRef(to),
            student=PersonRef(one.student) if one.student else None,
        ))
        for (to, day), one in asked.items()
    ]  # fmt: skip
