"""Law 13: nothing leaves for whom the record gives what somebody barred also has, read once more and plainly.

The plan compares by tables (rights/sameness). This shares nothing with them but the words of the record: letters and
digits as they stand, and the commonest kinds of street. It finds less, and what it finds is no matter of opinion.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import duckdb
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import ContactIdentity, Reach, StudentIdentity
from termpost.schemas.documents.parcel import Parcel
from termpost.tasks.channels.registry import channel_of
from termpost.tasks.home.home import Home
from termpost.tasks.rights.recipients import open_record
from termpost.tasks.rights.rights_decisions import RightsDecisions, in_force
from termpost.tasks.rights.second_reading import is_kept_away
from termpost.tasks.secrets.identities import open_identities

KINDS = ("street", "avenue", "road", "drive", "lane", "court", "circle", "boulevard", "place", "terrace", "parkway",
         "highway", "square", "trail", "cove", "way")  # fmt: skip
DIRECTIONS = {"n": "north", "s": "south", "e": "east", "w": "west"}
DOORS = {"apt": "#", "apartment": "#", "no": "#"}
LINE = 9  # last digits of a telephone number that are one line in a country
SHORT = 4  # letters of a kind of street that is shortened


def refuse_likeness(
    home: Home, lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, day: date, parcels: Sequence[Parcel],
    letters: Mapping[PersonRef, ContactIdentity], students: Mapping[PersonRef, StudentIdentity],
    decisions: RightsDecisions,
) -> None:  # fmt: skip
    """Holds every parcel against those barred from its students, and its letter against where they live.

    Args:
        letters: recipients with the address that stands on their letter.

    Raises:
        Refused: a recipient, or a letter, is like somebody barred, and no answer of the office says that it is not.
    """
    barred = {
        ref: [c for c in s.contacts if is_kept_away(c, in_force(decisions, ref, c.ref, day), day)]
        for ref, s in students.items()
    }
    barred = {ref: contacts for ref, contacts in barred.items() if contacts}
    around = {PersonRef(contact.ref) for contacts in barred.values() for contact in contacts}
    around |= {PersonRef(parcel.recipient) for parcel in parcels if any(r.student in barred for r in parcel.reports)}
    people = open_identities(lake, home.people, extract_id, ContactIdentity, around)
    found = set[tuple[PersonRef, PersonRef, bool]]()  # student, recipient, whether it is the letter alone
    for parcel in parcels:
        recipient, letter = PersonRef(parcel.recipient), letters.get(PersonRef(parcel.recipient))
        posted = any(channel_of(name).by_post for name in parcel.channels)
        for student in {PersonRef(r.student) for r in parcel.reports} & barred.keys():
            others = [people[PersonRef(c.ref)] for c in barred[student] if c.ref != recipient and c.ref in people]
            if recipient in people and any(_is_like(people[recipient], other) for other in others):
                found.add((student, recipient, False))
            if posted and letter and any(live_alike(letter.reach[:1], other.reach) for other in others):
                found.add((student, recipient, True))
    if found:
        _refuse_unanswered(home, lake, extract_id, day, found, decisions)


def _refuse_unanswered(
    home: Home, lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, day: date,
    found: Iterable[tuple[PersonRef, PersonRef, bool]], decisions: RightsDecisions,
) -> None:  # fmt: skip
    asked = list(found)
    record = open_record(lake, home.people, extract_id, {student for student, *_ in asked}, day, decisions)
    for student, recipient, letter_alone in asked:
        if not record.is_answered(student, recipient, "address-alone" if letter_alone else "another-person"):
            raise Refused(
                "address-of-barred" if letter_alone else "shared-with-barred",
                "a parcel would go to whom, or where, somebody barred may be",
                "the outgoing area",
                "nothing was sent; see `termpost recipients`, and tell the developers: this must not happen",
            )


def _is_like(one: ContactIdentity, other: ContactIdentity) -> bool:
    if {bare(r.email) for r in one.reach} & {bare(r.email) for r in other.reach} - {""}:
        return True
    if {line(r.phone) for r in one.reach} & {line(r.phone) for r in other.reach} - {""}:
        return True
    names = [(bare(who.given), bare(who.family)) for who in (one, other)]
    if names[0] != names[1] or not all(names[0]):
        return False
    born = one.birth_date is not None and one.birth_date == other.birth_date
    return born or live_alike(one.reach, other.reach)


def live_alike(some: Iterable[Reach], others: Sequence[Reach]) -> bool:
    """Whether one of these addresses is one of the others, as far as plain letters say."""
    return any(_is_one_house(one, other) for one in some for other in others)


def _is_one_house(one: Reach, other: Reach) -> bool:
    """The same digits in the same order, the same words but for a kind of street that is shortened."""
    codes = [re.sub(r"\D", "", reach.postal_code or "")[:5] for reach in (one, other)]
    towns = [bare(reach.city) for reach in (one, other)]
    if (codes[0] != codes[1]) if all(codes) else (towns[0] != towns[1]):
        return False
    mine, theirs = _words(one.street), _words(other.street)
    if not mine or len(mine) != len(theirs) or not any(word.isdigit() for word in mine):
        return False
    return all(_is_one_word(*pair, first=n < 2) for n, pair in enumerate(zip(mine, theirs, strict=True)))  # noqa: PLR2004 - a house and a name


def _is_one_word(one: str, other: str, *, first: bool) -> bool:
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if first or long not in KINDS or len(short) > SHORT or short[:1] != long[:1]:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _words(street: str | None) -> list[str]:
    said = re.findall(r"[^\W\d_]+|\d+|#", _folded(street))
    return [DIRECTIONS.get(word, DOORS.get(word, word)) for word in said]


def bare(text: str | None) -> str:
    return "".join(sign for sign in _folded(text) if sign.isalnum() or sign in "@.+")


def line(phone: str | None) -> str:
    digits = re.sub(r"\D", "", _folded(phone))[-LINE:]
    return digits if len(digits) == LINE and len(set(digits)) > 1 else ""


def _folded(text: str | None) -> str:
    whole = unicodedata.normalize("NFKD", text or "").casefold()
    return "".join(sign for sign in whole if unicodedata.category(sign) not in ("Cf", "Mn"))
