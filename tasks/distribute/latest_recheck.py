"""Law 13: nothing leaves for whom the newest record bars, or makes another person, read once more and plainly.

A cycle goes by the extract that it was prepared from. What was loaded since may know better, and the plan asks it; this
asks it again, row by row, with none of the plan's rules.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import duckdb
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import ContactIdentity
from termpost.schemas.documents.parcel import Parcel
from termpost.schemas.log.rights_decision import ended_by_hand
from termpost.tasks.channels.registry import is_page
from termpost.tasks.distribute.likeness import bare, line
from termpost.tasks.home.home import Home
from termpost.tasks.rights.changed_person import known_by
from termpost.tasks.rights.latest_word import extracts_newest_first, latest_words
from termpost.tasks.rights.rights_decisions import RightsDecisions
from termpost.tasks.rights.second_reading import has_ended, is_by_post_alone
from termpost.tasks.secrets.identities import open_identities


def refuse_outdated(
    home: Home, lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, day: date, parcels: Sequence[Parcel],
    decisions: RightsDecisions,
) -> None:  # fmt: skip
    """Holds every parcel against the newest record.

    Raises:
        Refused: `rights-ended`, `person-changed`.
    """
    extracts = extracts_newest_first(lake)
    asked = {(report.student, parcel.recipient): parcel for parcel in parcels for report in parcel.reports
             if report.student != parcel.recipient}  # fmt: skip
    full_age, by_hand = home.settings.rights.age_of_majority, ended_by_hand(home.standing())
    # by the plan's own extract `allowed_to` is asked
    newer = dict.fromkeys(asked, str(extract_id)) if extracts[:1] != [extract_id] else {}
    words = latest_words(lake, home.people, extracts, newer, day, full_age)
    for pair, word in words.items():
        said = decisions.get(pair[0], {}).get(pair[1], ())
        if has_ended(pair[1], word.student, said, day, full_age, was_ended=pair in by_hand) or (
            any(map(is_page, asked[pair].channels)) and is_by_post_alone(pair[1], word.student, said, day)
        ):
            raise _refused("rights-ended", "a parcel would go to whom the newest record gives no right to it")
    recipients = {PersonRef(recipient) for _, recipient in asked}
    if _strangers(home, lake, recipients, extracts, (extract_id, *extracts[:1])):
        raise _refused("person-changed", "a parcel would go to another person than had this id before")


def _strangers(
    home: Home, lake: duckdb.DuckDBPyConnection, recipients: set[PersonRef], extracts: Sequence[ExtractId],
    by: Iterable[ExtractId],
) -> bool:  # fmt: skip
    known = known_by(home, lake, recipients, extracts)
    for extract_id in set(known.values()):
        refs = [ref for ref, one in known.items() if one == extract_id]
        before = open_identities(lake, home.people, extract_id, ContactIdentity, refs)
        for other in set(by) - {extract_id}:
            now = open_identities(lake, home.people, other, ContactIdentity, refs)
            if any(ref in before and _is_stranger(before[ref], person) for ref, person in now.items()):
                return True
    return False


def _is_stranger(before: ContactIdentity, now: ContactIdentity) -> bool:
    """What is no matter of opinion: not an initial of the name is left, and the birth date differs, or of the addresses
    and numbers that both have not even the beginning of one or the end of the other."""
    names = [[bare(part) for part in (who.given, who.family)] for who in (before, now)]
    if not all(all(name) for name in names) or {part[0] for part in names[0]} & {part[0] for part in names[1]}:
        return False
    if before.birth_date and now.birth_date:
        return before.birth_date != now.birth_date
    mail = [{bare(r.email)[:1] for r in who.reach if r.email} for who in (before, now)]
    phone = [{line(r.phone)[-4:] for r in who.reach if line(r.phone)} for who in (before, now)]
    known = [way for way in (mail, phone) if all(way)]
    return bool(known) and not any(way[0] & way[1] for way in known)


def _refused(code: str, what: str) -> Refused:
    remedy = "nothing was sent; see `termpost recipients`, and tell the developers: this must not happen"
    return Refused(code, what, "the outgoing area", remedy)
