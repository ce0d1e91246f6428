"""Whether a contact's id has passed to another person: then it is held, and not served with the code of the first.

A school system gives an id anew, or somebody types over a row. A new name alone is a marriage, a new number alone a new
telephone; what is missing on either side says nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import duckdb
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import ContactIdentity
from termpost.tasks.home.home import Home
from termpost.tasks.rights.sameness.lettering import plain
from termpost.tasks.rights.sameness.mailbox import compare_mailboxes
from termpost.tasks.rights.sameness.outcome import Sameness, strongest
from termpost.tasks.rights.sameness.person import compare_names
from termpost.tasks.rights.sameness.phone import compare_phones
from termpost.tasks.secrets.identities import open_identities

FIRST_SEEN = """
SELECT p.person_ref, arg_min(p.extract_id, row(p.known_at, p.rowid)) FROM lake.core_person p
WHERE p.role_code = 'contact' AND p.person_ref IN (SELECT unnest(?::VARCHAR[])) GROUP BY p.person_ref
"""
BOTH = 2


def is_another(before: ContactIdentity, now: ContactIdentity) -> bool:
    """Another name and birth date; or another name, e-mail address and telephone, as far as both records have them.

    Where one of these two is all there is, no part of the name may be left: a bride with a new number is no stranger.
    """
    names, others = _words(before), _words(now)
    if not names or not others or not _is_other_name(before, now):
        return False
    shares_a_name = bool(names & others)
    known = before.birth_date is not None and now.birth_date is not None
    if known:
        if before.birth_date != now.birth_date:
            return True
        if shares_a_name:
            return False
    changed = list(_changed_ways(before, now))
    return all(changed) and (len(changed) == BOTH or not shares_a_name)


def changed_people(
    home: Home, lake: duckdb.DuckDBPyConnection, by: Sequence[ExtractId], contacts: Iterable[PersonRef],
    extracts: Sequence[ExtractId],
) -> frozenset[str]:  # fmt: skip
    """Those of the contacts who are another by one of these extracts than by the last that is known to be theirs, or
    than by what was added to that since.

    Args:
        extracts: newest first.
    """
    wanted = set(contacts)
    asked: defaultdict[ExtractId, set[PersonRef]] = defaultdict(set)
    for ref, extract_id in known_by(home, lake, wanted, extracts).items():
        if set(by) != {extract_id}:
            asked[extract_id].add(ref)
    changed = set[str]()
    for extract_id, refs in asked.items():
        before = open_identities(lake, home.people, extract_id, ContactIdentity, refs)
        for other in set(by) - {extract_id}:
            now = open_identities(lake, home.people, other, ContactIdentity, before)
            changed |= {ref for ref, person in now.items() if is_another(before[ref], person)}
            renamed = {ref: before[ref] for ref, one in now.items() if _is_other_name(before[ref], one)}
            changed |= _another_on_the_way(home, lake, renamed, _between(extracts, extract_id, other))
    return frozenset(changed)


def _between(extracts: Sequence[ExtractId], older: ExtractId, newer: ExtractId) -> Sequence[ExtractId]:
    """What came after the older one up to the newer one, oldest first."""
    if older not in extracts or newer not in extracts:
        return ()
    return extracts[extracts.index(newer) : extracts.index(older)][::-1]


def _another_on_the_way(
    home: Home, lake: duckdb.DuckDBPyConnection, before: Mapping[PersonRef, ContactIdentity], way: Sequence[ExtractId]
) -> set[str]:
    """A birth date or an address that came in since then makes a stranger as well. Only few have another name.

    Args:
        way: extracts that followed, oldest first; the last is the one that is asked about.
    """
    known, changed = dict(before), set[str]()
    for extract_id in way:
        if not known:
            break
        people = open_identities(lake, home.people, extract_id, ContactIdentity, known)
        changed = {ref for ref, person in people.items() if is_another(known[ref], person)}
        known |= {ref: _added(known[ref], person) for ref, person in people.items() if ref not in changed}
    return changed


def _added(before: ContactIdentity, now: ContactIdentity) -> ContactIdentity:
    """What is known by both, the newer word first; what is missing from it stays known."""
    is_whole = any(reach.email for reach in now.reach) and any(reach.phone for reach in now.reach)
    named = now if _words(now) else before
    return replace(
        named, birth_date=now.birth_date or before.birth_date,
        reach=now.reach if is_whole else (*now.reach, *before.reach),
    )  # fmt: skip


def known_by(
    home: Home, lake: duckdb.DuckDBPyConnection, contacts: set[PersonRef], extracts: Sequence[ExtractId]
) -> dict[PersonRef, ExtractId]:
    """Of each contact the newest extract by which they were served, or the office said whose the id is; where there is
    none, the first that has them."""
    known, order = home.known_holders().extracts, {extract_id: n for n, extract_id in enumerate(extracts)}
    found: dict[PersonRef, ExtractId] = {}
    for ref in contacts:
        mine = [order[ExtractId(one)] for one in known.get(ref, ()) if one in order]
        if mine:
            found[ref] = extracts[min(mine)]
    rest = lake.execute(FIRST_SEEN, [list(contacts - found.keys())]).fetchall() if contacts - found.keys() else []
    return found | {PersonRef(ref): ExtractId(extract_id) for ref, extract_id in rest}


def _is_other_name(before: ContactIdentity, now: ContactIdentity) -> bool:
    mine, theirs = _words(before), _words(now)
    if min(len(mine), len(theirs)) < BOTH:  # half a name: another only where nothing of it is left
        return not mine & theirs
    return compare_names(_full(before), _full(now)) is Sameness.DIFFERENT


def _changed_ways(before: ContactIdentity, now: ContactIdentity) -> Iterable[bool]:
    """Of e-mail address and telephone, where both have one, whether none is left."""
    for known, other, compare in (
        ([r.email for r in before.reach if r.email], [r.email for r in now.reach if r.email], compare_mailboxes),
        ([r.phone for r in before.reach if r.phone], [r.phone for r in now.reach if r.phone], compare_phones),
    ):
        if known and other:
            yield not strongest(compare(a, b) for a in known for b in other).may_be_same


def _full(person: ContactIdentity) -> tuple[str | None, str | None, str | None]:
    return (person.given, person.middle, person.family)


def _words(person: ContactIdentity) -> set[str]:
    return {word for part in _full(person) if part for word in plain(part).replace("-", " ").split()}
