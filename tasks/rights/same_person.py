"""Whether a contact may be somebody barred under another name or number, and what the office answered. Pure.

A bar that is entered for one row of a person and not for another would be none: what a contact shares with a barred
one is a question for the office, before anything is delivered.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Final, Literal, NamedTuple, get_args

from termpost.schemas.documents.identity import Reach
from termpost.schemas.log.rights_decision import RightsFinding
from termpost.tasks.rights.sameness.address import compare_places
from termpost.tasks.rights.sameness.mailbox import compare_mailboxes
from termpost.tasks.rights.sameness.outcome import Sameness, strongest
from termpost.tasks.rights.sameness.person import FullName, compare_names
from termpost.tasks.rights.sameness.phone import compare_phones

SHARED_WITH_BARRED: Final = "shared-with-barred"
SharedValue = Literal["email", "phone", "name-and-birth-date", "name-and-address"]
SHARED_VALUES: tuple[SharedValue, ...] = get_args(SharedValue)


class KnownContact(NamedTuple):
    """All that a record says of who somebody is. Personal: it stays in memory."""

    ref: str
    name: FullName
    birth_date: date | None
    reach: tuple[Reach, ...]


def shared_values(one: KnownContact, barred: KnownContact) -> frozenset[SharedValue]:
    """What makes the two perhaps one person. A name alone does not, nor does an address."""
    found = set[SharedValue]()
    if _any(compare_mailboxes(a.email, b.email) for a in one.reach for b in barred.reach):
        found.add("email")
    if _any(compare_phones(a.phone, b.phone) for a in one.reach for b in barred.reach):
        found.add("phone")
    if compare_names(one.name, barred.name).may_be_same:
        if one.birth_date is not None and one.birth_date == barred.birth_date:
            found.add("name-and-birth-date")
        if _any(compare_places(a, b) for a in one.reach for b in barred.reach):
            found.add("name-and-address")
    return frozenset(found)


def compared(one: KnownContact, barred: Iterable[KnownContact], finding: RightsFinding) -> str:
    """SHA-256, in hex, of all that an answer rests on: another value, or another barred contact, and it is void.

    It lies sealed with the answer and nowhere else.
    """
    whole = finding == "another-person"
    said = [_said(one, whole=whole), *(_said(other, whole=whole) for other in sorted(barred, key=lambda b: b.ref))]
    return hashlib.sha256(json.dumps([finding, said], ensure_ascii=False).encode()).hexdigest()


def _said(one: KnownContact, *, whole: bool) -> list[object]:
    """The values of one contact; what they are reached by about a second child only where it differs."""
    rows = {
        (r.street, r.city, r.state, r.postal_code, r.country, *((r.email, r.phone) if whole else ())) for r in one.reach
    }
    who = [*one.name, one.birth_date and one.birth_date.isoformat()] if whole else []
    return [one.ref, who, sorted([value or "" for value in row] for row in rows)]


def _any(outcomes: Iterable[Sameness]) -> bool:
    return strongest(outcomes).may_be_same
