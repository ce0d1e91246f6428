"""Who has written: an address that is on record, exactly, of somebody the newest extract knows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactReach, StudentStanding
from termpost.schemas.documents.notice import writable
from termpost.schemas.log.entry import Logged
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.secrets.identities import open_identities


@dataclass(frozen=True)
class KnownSender:
    """One person with an address, and whose children the record says they are asked about."""

    ref: PersonRef
    students: frozenset[PersonRef]  # of a student, themselves


@dataclass(frozen=True)
class MailAbout:
    """From whom a mail is and about whom, as far as that can be told; the rest is for the office."""

    sender: PersonRef
    student: PersonRef | None = None
    report: str | None = None
    version: int | None = None


def known_senders(home: Home) -> dict[str, tuple[KnownSender, ...]]:
    """Address in small letters → whoever has it. A mailbox may be that of several records."""
    found: defaultdict[str, dict[PersonRef, set[PersonRef]]] = defaultdict(lambda: defaultdict(set))
    with open_lake(home.lake) as lake:
        for extract_id in extracts_newest_first(lake)[:1]:
            for ref, contact in open_identities(lake, home.people, extract_id, ContactReach).items():
                for reach in contact.reach:
                    _add(found, reach.email, ref, PersonRef(reach.student))
            for ref, student in open_identities(lake, home.people, extract_id, StudentStanding).items():
                _add(found, student.email, ref, ref)
    return {
        address: tuple(KnownSender(ref, frozenset(students)) for ref, students in sorted(people.items()))
        for address, people in found.items()
    }


def _add(
    found: Mapping[str, dict[PersonRef, set[PersonRef]]], email: str | None, ref: PersonRef, student: PersonRef
) -> None:  # fmt: skip
    address = writable(email or "")
    if address:
        found[address.casefold()][ref].add(student)


def about(senders: Iterable[KnownSender], answered: Iterable[Logged]) -> MailAbout | None:
    """None where several people have this mailbox, and nothing says which of them wrote.

    Args:
        answered: the deliveries of the messages of ours that the mail answers. They prove nothing: they only choose
            among what the sender has anyway.
    """
    people = {one.ref: one for one in senders}
    mine = [entry for entry in answered if entry.recipient in people]
    refs = {PersonRef(entry.recipient or "") for entry in mine} or set(people)
    if len(refs) != 1:
        return None
    (ref,) = refs
    students = {PersonRef(entry.student) for entry in mine if entry.student} or set(people[ref].students)
    student = next(iter(students)) if len(students) == 1 else None
    versions = set(_versions(mine)) if student else set()
    report, version = next(iter(versions)) if len(versions) == 1 else (None, None)
    return MailAbout(ref, student, report, version)


def _versions(entries: Iterable[Logged]) -> Iterator[tuple[str, int]]:
    for entry in entries:
        if entry.report and entry.version:
            yield entry.report, entry.version
