"""Who of the staff may open and answer a query: a teacher those of their own, the office every one, an auditor none."""

from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import StaffId
from termpost.schemas.log.query_threads import QueryThread
from termpost.tasks.feedback.answering.teachers import teachers_of
from termpost.tasks.feedback.queries import threads_of
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.secrets.staff import Role

OFFICE: frozenset[Role] = frozenset({"registrar", "head", "office"})
ANSWERING: frozenset[Role] = OFFICE | {"teacher"}


def thread_of(home: Home, query_id: str) -> QueryThread:
    """The query of that id.

    Raises:
        InputError: `unknown-query`.
    """
    found = threads_of(home).get(query_id)
    if found is None:
        raise InputError("unknown-query", "there is no such query", "feedback", "see `termpost feedback list`")
    return found


def proved_for(home: Home, thread: QueryThread, staff: str, otp: str, may: frozenset[Role] = ANSWERING) -> StaffId:
    """Who it is, once the code fits and the query is theirs to see. The code is spent only where it is.

    Raises:
        Refused: `not-their-query`, or as `Staff.prove` does.
    """
    member = next((one for one in home.staff.list() if one.id == staff and not one.removed), None)
    if member is not None and member.role == "teacher" and "teacher" in may and not _is_theirs(home, thread, staff):
        raise Refused("not-their-query", "this query is about another teacher's class", "--by",
                      "ask the office, or `termpost feedback assign` it")  # fmt: skip
    return home.staff.prove(staff, otp, home.clock.now(), may)


def _is_theirs(home: Home, thread: QueryThread, staff: str) -> bool:
    """What was given to them; and of a student or class of theirs whatever came from somebody with the right."""
    if thread.assigned_to == staff:
        return True
    if thread.student is None or not thread.has_right:
        return False
    with open_lake(home.lake) as lake:
        known = teachers_of(home, lake, [thread.student], home.today)
    return known.teaches(staff, thread.student, thread.class_id)
