"""The letters to those whom neither an e-mail nor a text message reached, as the log says."""

from collections.abc import Sequence

from termpost.schemas.base.languages import first_language
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity
from termpost.schemas.documents.plain_notice import FAMILY_NOTICES
from termpost.schemas.log.entry import Entry, EntryKind, Logged
from termpost.schemas.log.notices.plain_deliveries import KINDS_OF_PLAIN, LETTER, PlainDeliveries, by_letter
from termpost.tasks.documents.postal_address import postal_lines, posted_from
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.papers.plain_letter import PlainLetter
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.rights.recipients import open_recipients
from termpost.tasks.rights.rights_decisions import open_rights_decisions


def plain_letters_due(home: Home) -> list[tuple[Logged, PlainLetter]]:
    """Oldest first, each with what the log says of it; who may be written to nowhere, or is gone, is left out."""
    due = PlainDeliveries.fold(home.log.entries(*KINDS_OF_PLAIN)).letters_due()
    people = _people(home, {PersonRef(entry.recipient or "") for entry in due})
    return [(entry, _letter(home, entry, people[ref])) for entry in due if (ref := PersonRef(entry.recipient or ""))
            in people and entry.cause in FAMILY_NOTICES]  # fmt: skip


def letter_entries(due: Sequence[Logged], kind: EntryKind, actor: str) -> list[Entry]:
    """What the log gets: `planned` before a letter can be seen, `sent` once it is printed."""
    return [
        Entry(kind=kind, actor=actor, student=one.student, recipient=one.recipient, channel=LETTER,
              delivery=by_letter(one.delivery or ""), query=one.query, cause=one.cause)
        for one in due
    ]  # fmt: skip


def _people(home: Home, refs: set[PersonRef]) -> dict[PersonRef, ContactIdentity]:
    if not refs:
        return {}
    found, decisions = dict[PersonRef, ContactIdentity](), open_rights_decisions(home)
    with open_lake(home.lake) as lake:
        for extract_id in extracts_newest_first(lake)[:1]:
            found |= open_recipients(lake, home.people, extract_id, refs, home.today, decisions)
    return found


def _letter(home: Home, entry: Logged, person: ContactIdentity) -> PlainLetter:
    reach = next(iter(person.reach), None)
    return PlainLetter.model_validate({
        "kind": entry.cause,
        "language": first_language((row.language for row in person.reach), home.settings.institution.languages),
        "recipient_name": person.name,
        "address": postal_lines(reach, posted_from(home)) if reach else (),
    })  # fmt: skip
