"""Whether an extract is as new as its contracts ask for. Old marks on a report are wrong marks."""

from collections.abc import Iterable
from datetime import date, timedelta

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.documents.findings import Problem
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.formats.header import file_problem

# outside the sessions, and in the first days of one, there is nothing new to come
OPEN = "SELECT bool_or(start_date <= $first AND end_date > $day) FROM typed_academic_sessions"
CHANGES = {"date", "timestamp"}


def _newest(con: duckdb.DuckDBPyConnection, contract: Contract, day: date) -> date | None:
    """The day of the newest mark or change that lies not after `day`."""
    dates = [
        column.name
        for column in contract.kept
        if column.logical_type in CHANGES and column.name in {"date_last_modified", "score_date"}
    ]
    days = ", ".join(f"max(CAST({name} AS DATE)) FILTER (WHERE CAST({name} AS DATE) <= $day)" for name in dates)
    found = con.execute(f"SELECT {days} FROM typed_{contract.dataset}", {"day": day}).fetchone()
    return max((newest for newest in found or () if newest is not None), default=None)


def judge_freshness(
    con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract], filled: frozenset[str], terms: CheckParameters
) -> tuple[Problem, ...]:
    """Warns of each file whose newest change is older than its contract allows, on the day of the run or the cut-off.

    A file without any date says nothing of its age; without a day (`terms.today`) nothing is known.
    """
    if terms.today is None:
        return ()
    day = min(terms.today, terms.cutoff or terms.today)
    problems: list[Problem] = []
    for contract in contracts:
        if contract.fresh_days is None or contract.dataset not in filled:
            continue
        oldest = day - timedelta(days=contract.fresh_days)
        is_open = con.execute(OPEN, {"first": oldest, "day": day}).fetchone()
        newest = _newest(con, contract, day)
        if is_open and is_open[0] and newest is not None and newest < oldest:
            age = f"it is {(day - newest).days} days old"
            problems.append(file_problem(contract.file, "stale", "warning", hint=age))
    return tuple(problems)
