"""Where a short notice may go: the same rules as for the notice of a report, asked of the newest record."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb
from termpost.schemas.base.own_domain import is_own
from termpost.schemas.base.refs import ExtractId, PersonRef, StaffId
from termpost.schemas.documents.identity import ContactReach, StudentStanding, TeacherIdentity
from termpost.schemas.documents.notice import writable
from termpost.schemas.log.notice_wishes import unsubscribed
from termpost.tasks.channels.channel import Addressee
from termpost.tasks.channels.email.notice_rules import notice_wish
from termpost.tasks.channels.registry import every_channel
from termpost.tasks.documents.locale.telephone import dialled
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.rights.recipients import Record, open_record
from termpost.tasks.rights.rights_decisions import RightsDecisions, open_rights_decisions
from termpost.tasks.rights.rules import is_post_only
from termpost.tasks.rights.sameness.phone import compare_phones
from termpost.tasks.secrets.identities import open_identities

NOT_KNOWN = "not-known"  # no extract has them, or they were erased
UNWRITABLE = "address-unwritable"
MAY = "may-notify"
DIGEST = StaffId("[deadlines] to")  # nobody's id: whoever reads that address
E164 = re.compile(r"\+[1-9][0-9]{7,14}")  # ITU-T E.164


@dataclass(frozen=True)
class NoticeWay:
    """How one person may be told that something waits. Personal: it stays in memory."""

    rule: str  # may-notify, or a closed code that says why not by e-mail
    email: str | None = None
    phone: str | None = None  # E.164; only of whom no e-mail address is known, and nothing bars


def ways_of(home: Home, refs: Collection[PersonRef]) -> dict[PersonRef, NoticeWay]:
    """Of each person, by the newest extract that has them, on the home's day. Whoever wants no notices has no way."""
    found = dict.fromkeys(refs, NoticeWay(NOT_KNOWN))
    left, stopped, decisions = set(refs), unsubscribed(home.standing()), open_rights_decisions(home)
    if not left:
        return found
    with open_lake(home.lake) as lake:
        for extract_id in extracts_newest_first(lake):
            record = _record(home, lake, extract_id, left, decisions)
            known = {ref for ref in left if ref in record.contacts or ref in record.students}
            found |= {ref: _way(home, record, ref, is_stopped=ref in stopped) for ref in known}
            left -= known
            if not left:
                break
    return found


def _record(
    home: Home, lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, refs: Collection[PersonRef],
    decisions: RightsDecisions,
) -> Record:  # fmt: skip
    """Of these people and all their children, with whoever is barred from one of them."""
    contacts = open_identities(lake, home.people, extract_id, ContactReach, refs)
    own = open_identities(lake, home.people, extract_id, StudentStanding, refs)
    children = {PersonRef(reach.student) for contact in contacts.values() for reach in contact.reach}
    record = open_record(lake, home.people, extract_id, children | own.keys(), home.today, decisions)
    record.contacts.update(contacts)
    return record


def _way(home: Home, record: Record, ref: PersonRef, *, is_stopped: bool) -> NoticeWay:
    methods, rows = record.methods(ref), record.rows(ref)
    by_post = [one.name for one in every_channel() if one.by_post]  # whoever asks for paper hears by paper
    wish = notice_wish(
        Addressee(
            ref, methods, has_page=True, on_paper=is_stopped or any(row.reach.channel in by_post for row in rows),
            post_only=_is_post_only(record, ref, home), is_primary=False,
        )
    )  # fmt: skip
    if wish.rule == "no-email":
        return NoticeWay(wish.rule, phone=_phone(record, ref, home.calendar.country))
    if wish.rule != MAY:
        return NoticeWay(wish.rule)
    email = writable(next((row.reach.email for row in rows if row.reach.email), "") or "")
    return NoticeWay(MAY, email) if email else NoticeWay(UNWRITABLE)


def _is_post_only(record: Record, ref: PersonRef, home: Home) -> bool:
    """About any child: one notice is about all of them."""
    said = [one for student in record.students.values() for one in student.contacts if one.ref == ref]
    return any(is_post_only(one, home.today) for one in said)


def _phone(record: Record, ref: PersonRef, country: str) -> str | None:
    """The one number on record, where it is whole and none that somebody barred from a child of theirs has."""
    rows = record.rows(ref)
    said = [row.reach.phone for row in rows if row.reach.phone]
    numbers = {dialled(phone, country).removeprefix("tel:") for phone in said}
    number = next(iter(numbers)) if len(numbers) == 1 else ""
    barred = [other.reach.phone for row in rows for other in record.barred_around(row.reach.student)]
    is_shared = any(compare_phones(mine, theirs).may_be_same for mine in said for theirs in barred)
    return number if E164.fullmatch(number) and not is_shared else None


def staff_addresses(home: Home, staff: Sequence[StaffId]) -> dict[StaffId, str | None]:
    """A teacher's own as the record has it, where it is the school's; of everybody else, and where none is known, that
    of the office or the head. None: nobody can be written to."""
    settings, members = home.settings, {member.id: member for member in home.staff.list() if not member.removed}
    teachers = {
        member.id: ref for member in members.values()
        if member.id in staff and member.teacher_id and (ref := home.people.find(member.teacher_id))
    }  # fmt: skip
    known = _teachers(home, set(teachers.values()))
    office = settings.feedback.office_mail or settings.checks.mail_to or None
    found: dict[StaffId, str | None] = {}
    for one in staff:
        own = known.get(teachers[one]) if one in teachers else None
        is_head = one in members and members[one].role == "head"
        to = settings.deadlines.to if one == DIGEST else ""
        found[one] = to or own or (settings.feedback.head_mail if is_head else "") or office
    return found


def _teachers(home: Home, refs: set[PersonRef]) -> dict[PersonRef, str]:
    if not refs:
        return {}
    found: dict[PersonRef, str] = {}
    with open_lake(home.lake) as lake:
        for extract_id in extracts_newest_first(lake)[:1]:
            for ref, teacher in open_identities(lake, home.people, extract_id, TeacherIdentity, refs).items():
                address = writable(teacher.email or "")
                if address and is_own(address, home.settings.institution.email_domain):
                    found[ref] = address
    return found
