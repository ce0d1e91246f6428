"""A term before termpost: which cycle it is at each school of an extract, and what it may not be."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Cycle, CycleId, ExtractId, SessionId
from termpost.schemas.settings.calendar import BACKFILLED
from termpost.schemas.settings.cycle_sessions import SessionChoice
from termpost.schemas.settings.days.cycles import CycleDates
from termpost.tasks.summarise.open_cycle import open_cycle, schools_of, some_of

TermKind = Literal["midterm", "end_of_term", "final"]
SessionDates = tuple[date, date]  # of a session: first day, and the day after the last
AFTERWARDS = timedelta(days=60)  # in which marks of a term that is over may still have come
OF_EXTRACT = "SELECT session_id, start_date, end_date FROM lake.core_academic_session WHERE extract_id = ?"
ACCEPTED = "SELECT sourced_id, start_date, end_date FROM current_academic_sessions"
# some systems call a session FALL every year
OWN = """SELECT min(cycle_id) FROM lake.out_cycle
  WHERE NOT is_backfilled AND session_id = $session AND kind = $kind
    AND abs(date_diff('day', cutoff_date, $cutoff::DATE)) <= 60"""
OTHER_YEAR = """SELECT min(cutoff_date) FROM lake.out_cycle
  WHERE cycle_id = $cycle AND abs(date_diff('day', cutoff_date, $cutoff::DATE)) > 180"""


@dataclass(frozen=True)
class PastTerm:
    """What somebody asked for."""

    session: SessionId
    kind: TermKind = "final"
    cutoff: date | None = None  # the last day whose marks count; None: of each school's session the last

    @property
    def cycle_id(self) -> CycleId:
        """Of no cycle of calendar.toml."""
        return CycleId(f"{BACKFILLED}{self.session}-{self.kind}")


def sessions_known(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId | None) -> dict[SessionId, SessionDates]:
    """Those of an extract of the lake; without one those that are accepted on this connection and not loaded yet."""
    rows = lake.execute(ACCEPTED) if extract_id is None else lake.execute(OF_EXTRACT, [extract_id])
    return {SessionId(name): (starts, ends) for name, starts, ends in rows.fetchall()}


def refuse_unfit(
    lake: duckdb.DuckDBPyConnection, term: PastTerm, sessions: Mapping[SessionId, SessionDates], today: date
) -> None:
    """Before anything of the extract is loaded.

    Raises:
        InputError: `unknown-session`, `cutoff-needed`, `wrong-cutoff`, `term-not-over`, `term-prepared`,
            `session-of-two-years`.
    """
    if sessions and term.session not in sessions:
        raise InputError("unknown-session", "this session is not in the extract", "--session",
                         f"name one of academicSessions.csv: {some_of(sessions)}")  # fmt: skip
    if not sessions and term.cutoff is None:
        raise InputError("cutoff-needed", "the extract has no sessions that would say when the term ended", "--cutoff",
                         "give the last day whose marks count")  # fmt: skip
    cutoff = term.cutoff or sessions[term.session][1] - timedelta(days=1)
    if cutoff >= today:
        raise InputError("term-not-over", f"the term goes on until {cutoff}, so it is no past one", "--session",
                         "plan it as a cycle of calendar.toml, or give an earlier --cutoff")  # fmt: skip
    if sessions and not sessions[term.session][0] <= cutoff < sessions[term.session][1] + AFTERWARDS:
        starts, ends = sessions[term.session]
        raise InputError("wrong-cutoff", f"{cutoff} is not of the term", "--cutoff",
                         f"give a day from {starts} to {ends + AFTERWARDS - timedelta(days=1)}")  # fmt: skip
    said = {"session": term.session, "kind": term.kind, "cutoff": cutoff}
    (own,) = lake.execute(OWN, said).fetchall()[0]
    if own is not None:
        raise InputError("term-prepared", f"cycle {own} of this home is of that session and kind", "--session",
                         'its grades are in the history: `termpost sql "FROM cycle"`')  # fmt: skip
    (other,) = lake.execute(OTHER_YEAR, {"cycle": term.cycle_id, "cutoff": cutoff}).fetchall()[0]
    if other is not None:
        raise InputError("session-of-two-years", f"the history has a term of this id that ended {other}", "--session",
                         "give the session an id of its own in academicSessions.csv and classes.csv")  # fmt: skip


def past_cycles(lake: duckdb.DuckDBPyConnection, term: PastTerm, extract_id: ExtractId) -> list[Cycle]:
    """The term at each school of the loaded extract; a school that has its own session for it gets that one."""
    sessions = sessions_known(lake, extract_id)
    day = term.cutoff or sessions[term.session][1] - timedelta(days=1)
    plan = CycleDates(
        id="backfill", kind=term.kind, session=SessionChoice(id=term.session), cutoff=day, release=day, query_until=day
    )
    found = []
    for cycle in open_cycle(lake, plan, extract_id, schools_of(lake, extract_id)):
        ends = [sessions[name][1] for name in (cycle.session, *cycle.more_sessions) if name in sessions]
        cutoff = term.cutoff or max(ends, default=day + timedelta(days=1)) - timedelta(days=1)
        found.append(replace(cycle, id=term.cycle_id, cutoff=cutoff, is_backfilled=True))
    return found
