"""A request is noted when it comes: who asks for whose records, and by when they are given or refused."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.records.parents_apart import APART
from termpost.schemas.log.records.requests import (
    RECEIVED,
    REQUEST_KINDS,
    TOLD,
    RecordsRequest,
    RecordsRequests,
    RequestKind,
)
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import keep_note, read_note
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.records.requests.right import parent_apart
from termpost.tasks.secrets.staff import Role

MAY: frozenset[Role] = frozenset({"registrar", "head", "office"})


@dataclass(frozen=True)
class AskedRecords:
    """Who asks for whose records."""

    kind: RequestKind
    student: PersonRef
    who: PersonRef  # the student, where they ask themselves
    received: date
    words: str = ""  # of a transfer, the name of the next school


def requests_of(home: Home) -> RecordsRequests:
    """As of now."""
    return RecordsRequests.fold(home.log.entries(*REQUEST_KINDS))


def receive_request(home: Home, run: str, asked: AskedRecords, by: StaffId) -> RecordsRequest:
    """Notes it, once: who asked for the same and waits is still the same case.

    Raises:
        InputError: `later-day`, where it is said to have come on a day that is still to come.
    """
    if asked.received > home.today:
        raise InputError("later-day", "a request cannot have come on a day that is still to come", "--received",
                         "give the day on which it came")  # fmt: skip
    there = requests_of(home).open_of(asked.kind, asked.student, asked.who)
    if there is not None and (not asked.words or words_of_request(home, there) == asked.words):
        return there
    case, key, digest = "c" + secrets.token_hex(6), None, None
    if asked.words:
        key = f"notes/requests/{case}.sealed"
        digest = keep_note(home, asked.student, key, asked.words)
    due, _ = home.law.access_due(asked.received, home.calendar)
    with open_lake(home.lake) as lake:
        is_apart = asked.kind == "access_request" and parent_apart(home, lake, asked.student, asked.who)
    home.log.append(run, [
        Entry(kind=asked.kind, actor=by, student=asked.student, recipient=asked.who, reason=RECEIVED, case=case,
              since=asked.received.isoformat(), due=due.isoformat(), object=key, digest=digest,
              cause=APART if is_apart else None)
    ])  # fmt: skip
    return requests_of(home).by_case[case]


def tell_other_parent(home: Home, run: str, request: RecordsRequest, told: date, by: StaffId) -> RecordsRequest:
    """Notes when the other parent was told; the records wait from then on, and are due the day after.

    Raises:
        InputError: `later-day`; `no-other-parent`, where no law has them told, or the child lives with whoever asked.
    """
    line = home.law.other_parent()
    with open_lake(home.lake) as lake:
        if line is None or not parent_apart(home, lake, request.student, request.recipient):
            raise InputError("no-other-parent", "nobody has to be told of this request", "--told", "leave --told out")
    if not request.received <= told <= home.today:
        raise InputError("later-day", "they were told after the request came, and by today", "--told",
                         "give the day on which the letters were posted")  # fmt: skip
    due = max(request.due, told + timedelta(days=line.days + 1))
    end_request(home, run, request, by, TOLD, since=told.isoformat(), due=due.isoformat())
    return requests_of(home).by_case[request.case]


def end_request(home: Home, run: str, request: RecordsRequest, by: StaffId, reason: str, **more: str | None) -> None:
    """`given` with the packet's digest, `refused` with the rule in `cause`, or `withdrawn`."""
    entry = Entry(kind=request.kind, actor=by, student=request.student, recipient=request.recipient, reason=reason,
                  case=request.case)  # fmt: skip
    home.log.append(run, [entry.model_copy(update=more)])


def open_case(home: Home, case: str) -> RecordsRequest:
    """The request of that case that waits.

    Raises:
        InputError: `unknown-case`, `case-ended`.
    """
    found = requests_of(home).by_case.get(case)
    if found is None:
        raise InputError("unknown-case", "there is no such request", case, "see `termpost records access`")
    if found.state != "open":
        raise InputError("case-ended", f"this request is {found.state} already", case, "note a new one")
    return found


def words_of_request(home: Home, request: RecordsRequest) -> str:
    """What came with it; empty where there was nothing, or it was erased."""
    try:
        return (read_note(home, request.student, request.note) or "") if request.note else ""
    except KeyError:
        return ""
