"""What staff are told: how many questions wait for them, and the command that shows which. No pupil is named."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from termpost.schemas.base.refs import StaffId
from termpost.schemas.documents.plain_notice import PlainMail, StaffNotice
from termpost.schemas.log.entry import Logged
from termpost.schemas.log.query_threads import QueryNotice, QueryThread
from termpost.tasks.feedback.clock.notices import REMINDERS, goes_to
from termpost.tasks.feedback.telling.families import DueTelling
from termpost.tasks.home.home import Home

TRIED_DAYS = 7  # of a message that a relay did not take
OFFICE = StaffId("office")  # nobody's id: whoever reads the office's mail


def of_clocks(home: Home, threads: Iterable[QueryThread]) -> list[DueTelling]:
    """One message a person and day, of what was noted on that day: to who answers, once it is late to the head, and to
    the office while staff have no contract days. What is noted later on the same day is another message; what could
    not leave on its day goes on one of the next."""
    noted: defaultdict[tuple[StaffId, StaffNotice, date], list[Logged]] = defaultdict(list)
    for thread in threads:
        for one in thread.noticed:
            day = one.day.astimezone(home.calendar.zone).date()
            if (home.today - day).days <= TRIED_DAYS and one.reason in REMINDERS:
                reason: QueryNotice = one.reason
                for who in _readers(home, thread, reason, one):
                    noted[who, "escalation" if reason == "overdue" else "staff-reminder", day].append(one)
    language = home.settings.institution.languages[0]
    return [
        DueTelling(PlainMail(
            key=f"{day.isoformat()} {kind} {max(one.seq for one in entries)}", kind=kind, staff=who,
            language=language, count=len(entries),
        ))
        for (who, kind, day), entries in noted.items()
    ]  # fmt: skip


def _readers(home: Home, thread: QueryThread, notice: QueryNotice, entry: Logged) -> list[StaffId]:
    reader = goes_to(notice, entry.day, home.clocks)
    heads = [StaffId(one.id) for one in home.staff.list() if one.role == "head" and not one.removed]
    if reader == "head" and heads:
        return heads
    if reader == "answerer" and thread.assigned_to:
        return [StaffId(thread.assigned_to)]
    return [OFFICE]
