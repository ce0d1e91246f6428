"""Who gets what: the record's rights on the day, one parcel per recipient, refusals kept with their rule."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple, get_args

from termpost.schemas.base.languages import best_language
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactRights, Reach
from termpost.schemas.documents.parcel import Channel, Decision, Parcel, ParcelReport, Plan
from termpost.schemas.documents.prepared import PreparedReport, PreparedSchool
from termpost.schemas.settings.settings import RightsSettings
from termpost.tasks.rights import rules as rights
from termpost.tasks.rights.contact_methods import Ways
from termpost.tasks.rights.notice_rules import Notice, notice_of
from termpost.tasks.rights.recipients import Record, Student, as_record

CHANNELS: tuple[Channel, ...] = get_args(Channel)
decided = lru_cache(maxsize=100_000)(rights.decide)  # pure, and a district asks it the same things again and again
OF_FIRST_FORM: frozenset[Channel] = frozenset({"portal", "print"})  # of a notice by e-mail `with_notices` decides
NO_WAY = "no-channel"


@dataclass(frozen=True)
class Terms:
    """What the institution and the day say."""

    day: date
    age_of_majority: int
    own_copy_below_age: bool
    order: tuple[str, ...]  # the channels of the institution, best first
    languages: tuple[str, ...]  # of the institution; the first where the record names none, or one not offered
    unsubscribed: frozenset[str] = frozenset()  # recipients who want no more notices: they are written to on paper


class _Offer(NamedTuple):
    """A report that one recipient may have, and the channels open for it."""

    report: ParcelReport
    channels: frozenset[Channel]
    post_only: bool


def plan_schools(
    prepared: Iterable[PreparedSchool], record: Record, terms: Terms, chosen: frozenset[str] | None
) -> tuple[Plan, list[Notice]]:
    """Decides every contact of every chosen student, and packs what is allowed.

    Args:
        prepared: schools of one cycle and extract.
        chosen: students whose report is to be released; None: all.

    Returns:
        The plan, and for each parcel what there is to say of a notice, in the parcels' order.
    """
    decisions: list[Decision] = []
    packed: defaultdict[str, list[_Offer]] = defaultdict(list)
    unreachable = []
    schools = list(prepared)
    for school in schools:
        held = school.held_students
        for report in school.reports:
            if chosen is not None and report.student not in chosen:
                continue
            if report.student in held and report.student in record.students:
                contacts = record.students[PersonRef(report.student)].contacts
                decisions += (_said(report, contact.ref, rule="held") for contact in contacts)
            elif not _decide_all(school.school, report, record, terms, decisions, packed):
                unreachable.append(report.student)
    made = [_parcel(recipient, offers, record, terms) for recipient, offers in sorted(packed.items())]
    plan = Plan(
        cycle=schools[0].cycle,
        extract_id=schools[0].extract_id,
        day=terms.day,
        decisions=tuple(decisions),
        parcels=tuple(parcel for parcel, _ in made),
        unreachable=tuple(unreachable),
    )
    return plan, [notice for _, notice in made]


def decide(
    contact: ContactRights, student: Student, reach: Reach | None, day: date, age_of_majority: int
) -> rights.Decision:
    """The pure rule, asked with what the record says."""
    has_address, has_email = bool(reach and reach.address), bool(reach and reach.email)
    return rights.decide(as_record(contact, has_address, has_email), rights_of(student), day, age_of_majority)


def may_have_own(student: Student, day: date, settings: RightsSettings) -> bool:
    """Whether the student gets their own report."""
    return rights.decide_own(rights_of(student), day, settings.age_of_majority, settings.own_copy_below_age).allowed


def rights_of(student: Student) -> rights.Student:
    return rights.Student(
        birth_date=student.birth_date,
        dependent=student.dependent,
        consent_to_parents=student.consent_to_parents,
        records_hold=student.records_hold,
    )


def _decide_all(
    school: str,
    report: PreparedReport,
    record: Record,
    terms: Terms,
    decisions: list[Decision],
    packed: defaultdict[str, list[_Offer]],
) -> bool:
    """One report that is not held: the student and each contact. False where nobody gets it."""
    student = record.students.get(PersonRef(report.student))
    if student is None:  # released, and no longer in the extract: no record of rights, so nobody has one
        return False
    by_rule: dict[str, ParcelReport] = {}  # who may have it by the same rule share one
    for recipient, way, answer in answers(report.student, student, record, terms):
        channels = _open_channels(terms.order, answer.channels_barred)
        usable = "print" in channels and way.home is not None  # the letter with the code goes by post in this form
        if answer.allowed and usable:
            if answer.rule not in by_rule:
                by_rule[answer.rule] = _in_parcel(report, school, answer.rule)
            post_only = answer.channels_barred >= rights.POST_ONLY
            packed[recipient].append(_Offer(by_rule[answer.rule], channels, post_only))
            decisions.append(_said(report, recipient, allowed=True, rule=answer.rule, question=answer.question))
        elif answer.allowed:
            decisions.append(_said(report, recipient, rule=way.address_rule or NO_WAY, question=True))
        else:
            decisions.append(_said(report, recipient, rule=answer.rule, question=answer.question))
    return bool(by_rule)


def answers(ref: str, student: Student, record: Record, terms: Terms) -> Iterator[tuple[str, Ways, rights.Decision]]:
    """Of the student, unless no copy was ever meant, and of each contact."""
    standing = rights_of(student)
    own = rights.decide_own(standing, terms.day, terms.age_of_majority, terms.own_copy_below_age)
    if own.rule != "student-under-age":
        yield ref, record.ways(ref), own
    for contact in student.contacts:
        way = record.ways(contact.ref)
        asked = as_record(contact, has_address=way.home is not None, has_email=way.email is not None)
        yield contact.ref, way, decided(asked, standing, terms.day, terms.age_of_majority)


@lru_cache(maxsize=64)
def _open_channels(order: tuple[str, ...], barred: frozenset[Channel]) -> frozenset[Channel]:
    return frozenset(channel for channel in CHANNELS if channel in order) - barred


def _said(
    report: PreparedReport, recipient: str, *, rule: str, allowed: bool = False, question: bool = False
) -> Decision:
    return Decision(student=report.student, recipient=recipient, allowed=allowed, rule=rule, question=question)


def _in_parcel(report: PreparedReport, school: str, rule: str) -> ParcelReport:
    return ParcelReport(
        report=report.report, version=report.version, student=report.student, own_language=report.own_language,
        renditions=report.renditions, comments=report.comments, school=school, rule=rule,
    )  # fmt: skip


def _parcel(recipient: str, offers: Sequence[_Offer], record: Record, terms: Terms) -> tuple[Parcel, Notice]:
    """A channel must be open for every child in the parcel: what is barred for one is not used for the others.

    With what there is to say of a notice to them.
    """
    rows = [row.reach for row in record.rows(recipient)]  # a copy, which is sorted below
    shared = frozenset.intersection(*(offer.channels for offer in offers)) & OF_FIRST_FORM
    asked = tuple(row.channel for row in rows)
    # whoever asks for paper, or for no more notices, keeps the right and is written to on paper alone
    on_paper = "print" in asked or recipient in terms.unsubscribed
    if len(rows) > 1:
        here = {offer.report.student for offer in offers}
        rows.sort(key=lambda row: row.student not in here)
    parcel = Parcel(
        recipient=recipient,
        language=_language(next((row.language for row in rows if row.language), None), terms.languages),
        reports=tuple(offer.report for offer in offers),
        channels=("print",) if on_paper else _in_order(shared, asked, terms.order),
    )
    way = record.ways(recipient)
    return parcel, notice_of(
        recipient, way, on_paper=on_paper,
        has_portal="portal" in parcel.channels,
        post_only=any(offer.post_only for offer in offers),
        is_primary=way.email is not None and _is_primary(parcel, record),
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _in_order(shared: frozenset[Channel], asked: tuple[str | None, ...], order: tuple[str, ...]) -> tuple[Channel, ...]:
    """Those that are asked for before the others, both in the institution's order."""
    return tuple(sorted(shared, key=lambda channel: (channel not in asked, order.index(channel))))


def _is_primary(parcel: Parcel, record: Record) -> bool:
    return any(
        contact.ref == parcel.recipient and contact.is_primary is True
        for report in parcel.reports
        for contact in record.students[PersonRef(report.student)].contacts
    )


@lru_cache(maxsize=4096)
def _language(asked: str | None, languages: tuple[str, ...]) -> str:
    return best_language(asked, languages)
