"""What the school keeps about a student that one person may see, gathered from lake, log and store.

Of others nothing is read but what is left out: entries are taken by who asked, never filtered afterwards.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity
from termpost.schemas.documents.records.packet import (
    PacketAcknowledgement,
    PacketComment,
    PacketDecision,
    PacketDelivery,
    PacketLook,
    PacketPerson,
    PacketReach,
)
from termpost.schemas.log.cycle_state import DELIVERY_KINDS
from termpost.schemas.log.entry import EntryKind, Logged
from termpost.schemas.log.feedback.acknowledgements import read_on
from termpost.tasks.documents.postal_address import postal_lines, posted_from
from termpost.tasks.home.home import Home
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.secrets.identities import Identity, open_identities

LOOKS: dict[EntryKind, str] = {"opened": "opened", "query_read": "query-read", "exported": "exported"}


@dataclass(frozen=True)
class RecordsOf:
    """Whose records for whom, and all that the log says. Personal: it stays in memory."""

    home: Home
    student: PersonRef
    who: PersonRef
    entries: Sequence[Logged]

    @property
    def is_own(self) -> bool:
        return self.student == self.who

    def mine(self, *kinds: EntryKind) -> Iterator[Logged]:
        """Entries about this student and this person."""
        for one in self.entries:
            if one.kind in kinds and one.student == self.student and one.recipient == self.who:
                yield one

    def staff_name(self, actor: str) -> str:
        """Name and role of a member of staff; the school, where nobody is known by that id."""
        known = next((one for one in self.home.staff.list() if one.id == actor), None)
        return f"{known.name} ({known.role})" if known else self.home.settings.institution.called


def newest_identity(
    home: Home, lake: duckdb.DuckDBPyConnection, kind: type[Identity], person: PersonRef
) -> Identity | None:
    """As the newest extract that has them."""
    for extract in extracts_newest_first(lake):
        found = open_identities(lake, home.people, extract, kind, [person])
        if person in found:
            return found[person]
    return None


def person_of(student: StudentIdentity) -> PacketPerson:
    return PacketPerson(
        id=student.id, number=student.number, name=student.name, preferred=student.preferred,
        birth_date=student.birth_date, grade_level=student.grade_level, email=student.email,
        language=student.language, dependent=student.dependent, consent_to_parents=student.consent_to_parents,
    )  # fmt: skip


def reach_of(of: RecordsOf, student: StudentIdentity, contact: ContactIdentity | None) -> tuple[PacketReach, ...]:
    """The rows about whoever asked, and this student."""
    if contact is None:
        return ()
    rows = [row for row in student.contacts if row.ref == of.who]
    said = rows[0] if rows else None
    where = posted_from(of.home)
    return tuple(
        PacketReach(
            relation=said.relation if said else None, restriction=said.restriction if said else None,
            address=postal_lines(reach, where), email=reach.email, phone=reach.phone, language=reach.language,
        )
        for reach in contact.reach if reach.student == of.student
    )  # fmt: skip


def comments_of_student(student: StudentIdentity, titles: dict[str, str]) -> tuple[PacketComment, ...]:
    """As teachers wrote them, whatever was made of them for a report."""
    return tuple(
        PacketComment(cycle=one.cycle, course=titles.get(one.class_id, one.class_id) if one.class_id else None,
                      author=one.author, text="\n".join(_texts(one)))
        for one in student.comments
    )  # fmt: skip


def _texts(comment: Any) -> Iterator[str]:
    if comment.text:
        yield comment.text
    yield from (str(said) for said in comment.parts.model_dump().values() if isinstance(said, str) and said)


def deliveries_of(of: RecordsOf) -> tuple[PacketDelivery, ...]:
    return tuple(
        PacketDelivery.model_validate({
            "at": one.day, "event": one.kind, "channel": one.channel or "", "cycle": one.cycle or "",
            "version": one.version,
        })
        for one in of.mine(*DELIVERY_KINDS) if one.delivery and one.version and one.cycle
    )  # fmt: skip


def acknowledgements_of(of: RecordsOf) -> tuple[PacketAcknowledgement, ...]:
    return tuple(
        PacketAcknowledgement.model_validate({"cycle": one.cycle or "", "version": one.version, "day": read_on(one)})
        for one in of.mine("acknowledged") if one.version
    )  # fmt: skip


def decisions_of(of: RecordsOf) -> tuple[PacketDecision, ...]:
    zone = of.home.calendar.zone
    return tuple(
        PacketDecision(day=one.day.astimezone(zone).date(), finding=one.finding or "")
        for one in of.mine("right_decided")
    )


def looks_of(of: RecordsOf, objects: Iterable[str], queries: Iterable[str]) -> tuple[PacketLook, ...]:
    """Who opened something of this: the person themselves, staff who read their words, exports, earlier packets.
    Of what others opened nothing is said."""
    there, asked, found = set(objects), set(queries), list[tuple[datetime, str, str]]()
    for one in of.entries:
        if one.kind == "opened" and (one.student, one.recipient) == (of.student, of.who):
            found.append((one.day, "", "opened"))
        elif one.kind == "query_read" and one.query in asked:
            found.append((one.day, of.staff_name(one.actor), "query-read"))
        elif one.kind == "exported" and (one.object in there or (one.report and one.student == of.student)):
            what = "shown" if one.object in there else "exported"
            found.append((one.day, of.staff_name(one.actor), what))
        elif one.kind == "access_request" and one.reason == "given" and (one.student, one.recipient) == (
            of.student, of.who,
        ):  # fmt: skip
            found.append((one.day, of.staff_name(one.actor), "given"))
    return tuple(PacketLook.model_validate({"at": at, "by": by, "what": what}) for at, by, what in found)
