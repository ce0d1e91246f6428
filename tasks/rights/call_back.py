"""Whether the number on file of somebody who lost their code is old enough to be called back.

Whoever gets a new number onto the record today, and calls about a lost code tomorrow, would be called on that number.
So a number counts once it has been on file for a while, without a break, in every extract that was loaded since.
"""

from datetime import date, timedelta

import duckdb
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity
from termpost.schemas.settings.code_settings import CALL_BACK_DAYS
from termpost.tasks.home.home import Home
from termpost.tasks.secrets.identities import read_identity

WHERE = "--identified call-back"
BY_ID = "ask for an ID at the counter: --identified id-document"


def refuse_new_number(home: Home, lake: duckdb.DuckDBPyConnection, recipient: PersonRef) -> None:
    """Where several numbers are on file, nobody can say which was called: each must be old enough.

    Raises:
        Refused: `no-number`, or `number-too-new`, which says from when it would do.
    """
    since = numbers_on_file(home, lake, recipient)
    if not since:
        raise Refused("no-number", "no phone number of this person is on file", WHERE, BY_ID)
    enough = max(since.values()) + timedelta(days=CALL_BACK_DAYS)
    if home.today < enough:
        what = f"a number on file is there since {max(since.values())}, less than {CALL_BACK_DAYS} days"
        raise Refused("number-too-new", what, WHERE, f"call back from {enough} on, or {BY_ID}")


def numbers_on_file(home: Home, lake: duckdb.DuckDBPyConnection, recipient: PersonRef) -> dict[str, date]:
    """Each number of the newest extract → the school's day from which every extract has it."""
    sealed = dict(lake.execute("SELECT extract_id, identity FROM lake.core_person"
                               " WHERE person_ref = ? AND role_code = 'contact'", [recipient]).fetchall())  # fmt: skip
    # an extract that came back, after another, stands twice
    newest_first = "SELECT extract_id, known_at FROM lake.core_extract ORDER BY known_at DESC, rowid DESC"
    found, unbroken = dict[str, date](), None
    for extract_id, known_at in lake.execute(newest_first).fetchall():
        there = _numbers(home, recipient, sealed.get(extract_id))
        unbroken = there if unbroken is None else unbroken & there
        found |= dict.fromkeys(unbroken, known_at.astimezone(home.calendar.zone).date())
    return found


def _numbers(home: Home, recipient: PersonRef, sealed: bytes | None) -> set[str]:
    if sealed is None:
        return set()
    try:
        person = read_identity(ContactIdentity, home.people.open(recipient, sealed))
    except KeyError:  # erased
        return set()
    return set(filter(None, (_digits(reach.phone) for reach in person.reach)))


def _digits(phone: str | None) -> str:
    """A number by its figures: another way of writing it is no other number."""
    return "".join(filter(str.isdigit, phone or ""))
