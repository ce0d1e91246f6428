"""Which sessions a cycle reports on at each school: systems give each school sessions of its own as often as not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Cycle, CycleId, ExtractId, SchoolId, SessionId
from termpost.schemas.settings.cycle_sessions import SessionChoice
from termpost.schemas.settings.days.cycles import CycleDates

Id = TypeVar("Id", bound=str)
T = TypeVar("T")

SHOWN = 8  # sessions of one message
SAME_DATES = timedelta(days=7)  # two schools of a district may begin a term in the same week
SESSIONS = (
    "SELECT session_id, title, start_date, end_date, parent_id FROM lake.core_academic_session WHERE extract_id = ?"
)
SCHOOLS = """
SELECT DISTINCT school_id FROM lake.core_enrollment WHERE extract_id = $extract_id AND role_code = 'student'
UNION
SELECT DISTINCT p.school_id FROM lake.core_person p
JOIN lake.core_org o ON o.extract_id = p.extract_id AND o.org_id = p.school_id AND o.org_type = 'school'
WHERE p.extract_id = $extract_id AND p.role_code = 'student'
ORDER BY ALL"""
HELD_IN = """SELECT school_id, list(DISTINCT session_id) FROM (
  SELECT school_id, unnest(session_ids) AS session_id FROM lake.core_class WHERE extract_id = ?) GROUP BY school_id"""


@dataclass(frozen=True)
class _Session:
    id: SessionId
    title: str
    starts: date
    ends: date  # exclusive
    parent: SessionId | None

    def overlaps(self, starts: date, ends: date) -> bool:
        return self.starts < ends and starts < self.ends

    def is_alike(self, other: "_Session") -> bool:
        """Whether another school's session stands for the same part of the year."""
        if not self.overlaps(other.starts, other.ends):
            return False
        same = abs(self.starts - other.starts) <= SAME_DATES and abs(self.ends - other.ends) <= SAME_DATES
        return same or _folded(self.title) == _folded(other.title)


_Sessions = Mapping[SessionId, _Session]


def schools_of(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId) -> list[SchoolId]:
    """The schools of an extract that have students: in their classes, or by the record of who sits in none."""
    return [SchoolId(row[0]) for row in lake.execute(SCHOOLS, {"extract_id": extract_id}).fetchall()]


def open_cycle(
    lake: duckdb.DuckDBPyConnection, plan: CycleDates, extract_id: ExtractId, schools: Sequence[SchoolId]
) -> list[Cycle]:
    """The cycle as the calendar plans it, for each of the schools; without a session where it has none there.

    Raises:
        InputError: `unknown-session`, a session of the calendar is not in the extract; `nobody-left`, there is no
            school, since the check put aside what all its students hang on, so that nobody would be missed.
    """
    if not schools:
        raise InputError(
            "nobody-left", "no school of the extract has a student left after the check", "orgs.csv, users.csv",
            "see what was put aside (termpost check EXTRACT), mend it at the source, and export again",
        )  # fmt: skip
    rows = lake.execute(SESSIONS, [extract_id]).fetchall()
    sessions = {SessionId(row[0]): _Session(SessionId(row[0]), *row[1:]) for row in rows}
    held_in = {school: set(ids) for school, ids in lake.execute(HELD_IN, [extract_id]).fetchall()}
    found = []
    for school in schools:
        ids = _of_school(plan, school, sessions, held_in.get(school, set()))
        found.append(Cycle(CycleId(plan.id), school, ids[0] if ids else SessionId(""), plan.kind, plan.cutoff, ids[1:]))
    return found


def _of_school(
    plan: CycleDates, school: SchoolId, sessions: _Sessions, held_in: set[SessionId]
) -> tuple[SessionId, ...]:  # fmt: skip
    if plan.session is None:
        named = tuple(SessionId(name) for name in plan.sessions.get(school, ()))
        return _known(named, plan, sessions, f"sessions {school}")
    if plan.session.id is not None:
        (one,) = _known((SessionId(plan.session.id),), plan, sessions, "session")
        return _counterparts(one, sessions, held_in)
    if not sessions:
        return (SessionId(str(plan.session)),)  # a gradebook that knows none is all of the cycle's
    chosen = _matching(plan.session, plan.cutoff, sessions.values())
    if not chosen:
        what = f"no session of the extract is {plan.session}, as cycle {plan.id} has it"
        raise unknown_session(what, known=some_of(sessions))
    mine = [one for one in chosen if _touches(one.id, held_in, sessions)] or [
        one for one in chosen if any(one.overlaps(s.starts, s.ends) for s in _those(held_in, sessions))
    ][:1]
    return tuple(one.id for one in _tops(mine, sessions))


def _known(
    named: tuple[SessionId, ...], plan: CycleDates, sessions: _Sessions, key: str
) -> tuple[SessionId, ...]:  # fmt: skip
    for name in named:
        if sessions and name not in sessions:
            raise unknown_session(f"session {name} of cycle {plan.id} is not in the extract", key, some_of(sessions))
    return named


def unknown_session(what: str, key: str = "session", known: str = "") -> InputError:
    """What the calendar names and the extract does not have.

    Args:
        known: some that it has.
    """
    remedy = f"name one of academicSessions.csv: {known}" if known else "name one of academicSessions.csv"
    return InputError("unknown-session", what, f"calendar.toml [[cycle]] {key}", remedy)


def some_of(sessions: Iterable[SessionId]) -> str:
    """A few of them, so that whoever mistyped one sees how they are spelt."""
    names = sorted(sessions)
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")


def _counterparts(named: SessionId, sessions: _Sessions, held_in: set[SessionId]) -> tuple[SessionId, ...]:
    """The session itself, or, where no class of the school has to do with it, the school's own like it."""
    if not sessions or _touches(named, held_in, sessions):
        return (named,)
    alike = [one for one in _those(held_in, sessions) if one.is_alike(sessions[named])]
    return tuple(one.id for one in _tops(alike, sessions)) or (named,)


def _matching(choice: SessionChoice, cutoff: date, sessions: Iterable[_Session]) -> list[_Session]:
    """The sessions of that title and those dates, the earliest first."""
    found = [one for one in sessions if choice.title is None or _folded(one.title) == _folded(choice.title)]
    if choice.starts is not None or choice.ends is not None:
        starts, ends = choice.starts or date.min, choice.ends or date.max
        if choice.title is None:
            found = [one for one in found if starts - SAME_DATES <= one.starts and one.ends <= ends + SAME_DATES]
        else:
            found = [one for one in found if one.overlaps(starts, ends)]
    else:  # of several years the one that runs, or ran last
        begun = [one for one in found if one.starts <= cutoff]
        last = max((one.ends for one in begun), default=date.min)
        found = [one for one in begun if one.ends > cutoff or last - one.ends <= SAME_DATES]
    return sorted(found, key=lambda one: (one.starts, one.id))


def _tops(chosen: Sequence[_Session], sessions: _Sessions) -> list[_Session]:
    """Without those that lie in another one of them."""
    ids = {one.id for one in chosen}
    return [one for one in chosen if not ids & set(_above(one.parent, sessions))]


def _touches(session: SessionId, held_in: set[SessionId], sessions: _Sessions) -> bool:
    """Whether a class is held in the session, in one around it or in a part of it."""
    if held_in & {session, *_above(sessions[session].parent, sessions)}:
        return True
    return any(session in _above(one, sessions) for one in held_in)


def above(session: Id | None, sessions: Mapping[Id, T], parent_of: Callable[[T], Id | None]) -> Iterable[Id]:
    """The session and those around it, from the inside; a circle of parents ends it."""
    seen: set[Id] = set()
    while session is not None and session in sessions and session not in seen:
        yield session
        seen.add(session)
        session = parent_of(sessions[session])


def _above(session: SessionId | None, sessions: _Sessions) -> Iterable[SessionId]:
    return above(session, sessions, lambda one: one.parent)


def _those(ids: set[SessionId], sessions: _Sessions) -> list[_Session]:
    return sorted((sessions[one] for one in ids if one in sessions), key=lambda one: (one.starts, one.id))


def _folded(title: str) -> str:
    return " ".join(title.split()).casefold()
