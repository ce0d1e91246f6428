"""Who answers a query: the teacher of the class, else of the homeroom, else the office; and who stands in for whom."""

from collections.abc import Iterable, Sequence
from datetime import date

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import StaffId
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.feedback.delegations import DELEGATED, Delegation, delegations, stands_in
from termpost.schemas.log.query_threads import QueryThread
from termpost.tasks.feedback.answering.teachers import TeachersOf, teachers_of
from termpost.tasks.feedback.queries import open_queries, threads_of
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake


def assign_queries(home: Home, run: str) -> int:
    """Gives what nobody has yet to whoever answers it, and to the office what somebody has who has left; returns how
    many were given. What is given already is not given again, unless a teacher has it and who asks lost the right."""
    waiting = [one for one in open_queries(threads_of(home).values())
               if not one.was_assigned or not _may_have(home, one)]  # fmt: skip
    if not waiting:
        return 0
    with open_lake(home.lake) as lake:
        known = teachers_of(home, lake, [one.student for one in waiting if one.student], home.today)
    said = standing_in(home)
    entries = [assigned(one, answerer(home, one, known, said)) for one in waiting]
    return len(home.log.append(run, entries))


def answerer(home: Home, thread: QueryThread, known: TeachersOf, said: Sequence[Delegation]) -> str | None:
    """The staff id of who answers today; None: the office. What comes from somebody without the right is the
    office's."""
    if not thread.has_right or thread.student is None:
        return None
    of_class = known.of_class.get((thread.student, thread.class_id or ""), [])
    for staff in (*of_class, *known.homeroom.get(thread.student, [])):
        there = stands_in(said, staff, home.today)
        if _is_there(home, there):
            return there
    return None


def assigned(thread: QueryThread, to: str | None, by: str = "pipeline") -> Entry:
    """The entry that says who answers; without a subject it is the office."""
    return Entry(kind="query_changed", actor=by, query=thread.id, student=thread.student, reason="assigned", subject=to)


def standing_in(home: Home) -> list[Delegation]:
    """Everybody who stands in for somebody, then, now or later."""
    return delegations(home.log.entries("query_changed"))


def delegate(home: Home, run: str, away: str, to: str, days: tuple[date, date], by: StaffId) -> None:
    """Lets somebody stand in, both days included; what is open and theirs today goes over at once.

    Raises:
        InputError: `unknown-staff`, `same-person`, `days-in-disorder`.
    """
    for one in (away, to):
        home.staff.refuse_absent(one, "feedback delegate")
    if away == to:
        raise InputError("same-person", "nobody stands in for themselves", "feedback delegate", "give somebody else")
    first, last = days
    if last < first:
        raise InputError("days-in-disorder", "the last day is before the first", "--until", "give --from, then --until")
    home.log.append(run, [Entry(kind="query_changed", actor=by, reason=DELEGATED, on_behalf_of=away, subject=to,
                                since=first.isoformat(), due=last.isoformat())])  # fmt: skip
    if first <= home.today <= last:
        there = stands_in(standing_in(home), away, home.today)
        home.log.append(run, [assigned(one, there, by) for one in _of(home, away) if _is_there(home, there)])


def _of(home: Home, staff: str) -> Iterable[QueryThread]:
    return [one for one in open_queries(threads_of(home).values()) if one.assigned_to == staff]


def _may_have(home: Home, thread: QueryThread) -> bool:
    """Whether it may stay with whom it was given to: what comes without the right stays with the office alone."""
    teachers = {one.id for one in home.staff.list() if one.role == "teacher"}
    return _is_there(home, thread.assigned_to) and (thread.has_right or thread.assigned_to not in teachers)


def _is_there(home: Home, staff: str | None) -> bool:
    """Whether they are registered; the office always is."""
    return staff is None or any(one.id == staff and not one.removed for one in home.staff.list())
