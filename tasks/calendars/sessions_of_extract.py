"""The terms of an extract, with the schools that hold classes in them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import ExtractId
from termpost.tasks.calendars.proposed import Term
from termpost.tasks.summarise.open_cycle import HELD_IN, above

QUERY = """SELECT session_id, title, session_type, start_date, end_date, parent_id
FROM lake.core_academic_session WHERE extract_id = ? ORDER BY ALL"""
YEAR, PERIOD = "schoolYear", "gradingPeriod"


def terms_of(lake: duckdb.DuckDBPyConnection, extract_id: ExtractId) -> list[Term]:
    """Every session of a loaded extract.

    Raises:
        InputError: `no-sessions`, where the extract's format has none.
    """
    rows = lake.execute(QUERY, [extract_id]).fetchall()
    if not rows:
        raise InputError(
            "no-sessions", "the extract names no sessions, so it says nothing of terms", "academicSessions",
            "write the cycles by hand: the comments of calendar.toml show how",
        )  # fmt: skip
    parents = {row[0]: row[5] for row in rows}
    held = {school: set(ids) for school, ids in lake.execute(HELD_IN, [extract_id]).fetchall()}
    schools = _schools(parents, held)
    return [
        Term(name, title, kind == YEAR, kind == PERIOD, first, last - timedelta(days=1), parent,
             schools[name] or (frozenset() if held else frozenset({""})))
        for name, title, kind, first, last, parent in rows
    ]  # fmt: skip


def _schools(parents: Mapping[str, str | None], held: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """A school has to do with the sessions of its classes, what lies around them, and their parts."""
    found: dict[str, set[str]] = defaultdict(set)
    around = {name: list(above(name, parents, lambda parent: parent)) for name in parents}
    for school, ids in held.items():
        mine = set(ids)
        for name in mine & set(parents):
            for one in around[name]:
                found[one].add(school)
        for name in parents:
            if mine & set(around[name]):
                found[name].add(school)
    return {name: frozenset(found[name]) for name in parents}
