"""Absence in bulk means deleted (OneRoster): a cut-off export would take students away, so too many stop the load.

Students are compared by their reference: nothing of a person is opened for it.
"""

from collections import Counter
from dataclasses import dataclass

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.tasks.secrets.key_store import PersonKeyStore

LAST = "SELECT extract_id FROM lake.core_extract WHERE format = ? ORDER BY known_at DESC, rowid DESC LIMIT 1"
BEFORE = "SELECT person_ref, school_id FROM lake.core_person WHERE extract_id = ? AND role_code = 'student'"
# who is in quarantine has not left; whose row is to be deleted has
NOW = """
SELECT DISTINCT u.sourced_id FROM raw_users AS u LEFT JOIN accepted_users AS a USING (row_number)
WHERE u.sourced_id IS NOT NULL AND lower(u.status) IS DISTINCT FROM 'tobedeleted'
  AND (a.row_number IS NULL OR a.role = 'student')
"""


@dataclass(frozen=True)
class DeletionGuard:
    """How many students may go at once without a word, and the number somebody has confirmed."""

    max_percent: int  # of a school's students
    confirmed: int | None = None  # students, of all schools together


def refuse_many_deletions(
    lake: duckdb.DuckDBPyConnection, people: PersonKeyStore, extract_format: str, guard: DeletionGuard
) -> None:
    """Compares the accepted extract with the one of its format that was loaded last.

    Raises:
        InputError: `many-deletions`, when of any school more than `max_percent` of the students would go and not
            exactly their number was confirmed.
    """
    last = lake.execute(LAST, [extract_format]).fetchone()
    if last is None:
        return
    schools = {PersonRef(ref): school for ref, school in lake.execute(BEFORE, [last[0]]).fetchall()}
    before = people.existing(schools)  # whom somebody erased is no deletion of this extract
    now = set(people.find_all(row[0] for row in lake.execute(NOW).fetchall()).values())
    had, lost = Counter(schools[ref] for ref in before), Counter(schools[ref] for ref in before - now)
    worst = max((100 * count // had[school] for school, count in lost.items()), default=0)
    gone, many = lost.total(), any(100 * n > guard.max_percent * had[school] for school, n in lost.items())
    if not many or gone == guard.confirmed:
        return
    raise InputError(
        "many-deletions",
        f"{gone} of {len(before)} students would go, in one school {worst} per cent of its students",
        "the extract, against the one loaded last",
        f"see whether the export is whole; if they have left, prepare it with --confirm-deletions {gone}",
    )
