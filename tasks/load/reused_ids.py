"""Students whose id was somebody else's in a past term: school systems give an id anew after years.

The marks of one must not become the history of the other."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import duckdb
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import StudentIdentity
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.secrets.key_store import PersonKeyStore

PAST = "SELECT extract_id FROM lake.core_backfill ORDER BY known_at, extract_id"
NEWEST_FIRST = "SELECT extract_id FROM lake.core_extract ORDER BY known_at DESC, rowid DESC"
KNOWN = "SELECT person_ref FROM lake.core_reused_id WHERE extract_id = ?"
IN_BOTH = """
SELECT DISTINCT a.person_ref FROM lake.core_person a JOIN lake.core_person b ON b.person_ref = a.person_ref
WHERE a.extract_id = ? AND b.extract_id = ? AND a.role_code = 'student' AND b.role_code = 'student'
"""


def past_extracts(lake: duckdb.DuckDBPyConnection) -> list[ExtractId]:
    """Those of terms before termpost."""
    return [ExtractId(row[0]) for row in lake.execute(PAST).fetchall()]


def extracts_that_count(lake: duckdb.DuckDBPyConnection) -> list[ExtractId]:
    """All others, the newest first, each once."""
    return list(dict.fromkeys(ExtractId(row[0]) for row in lake.execute(NEWEST_FIRST).fetchall()))


def note_reused_ids(
    lake: duckdb.DuckDBPyConnection, people: PersonKeyStore, past: Iterable[ExtractId], present: Sequence[ExtractId],
    known_at: datetime,
) -> int:  # fmt: skip
    """Keeps in core_reused_id who is another person by the first of `present` that has them; gives how many are new.

    Args:
        present: newest first.
    """
    new = 0
    for extract_id in past:
        found = {row[0] for row in lake.execute(KNOWN, [extract_id]).fetchall()}
        compared = set[PersonRef]()
        reused = set[PersonRef]()
        for other in present:
            refs = {PersonRef(row[0]) for row in lake.execute(IN_BOTH, [extract_id, other]).fetchall()} - compared
            compared |= refs
            then = open_identities(lake, people, extract_id, StudentIdentity, refs)
            now = open_identities(lake, people, other, StudentIdentity, then)
            reused |= {ref for ref, student in now.items() if is_another_student(then[ref], student)}
        rows = [[extract_id, known_at, ref] for ref in sorted(reused - found)]
        if rows:
            lake.executemany("INSERT INTO lake.core_reused_id VALUES (?, ?, ?)", rows)
        new += len(rows)
    return new


def is_another_student(then: StudentIdentity, now: StudentIdentity) -> bool:
    """Another birth date; where one of the records has none, another given name and another family name."""
    if then.birth_date is not None and now.birth_date is not None:
        return then.birth_date != now.birth_date
    return _differ(then.given, now.given) and _differ(then.family, now.family)


def _differ(one: str | None, other: str | None) -> bool:
    words, others = set((one or "").casefold().split()), set((other or "").casefold().split())
    return bool(words and others) and not words & others
