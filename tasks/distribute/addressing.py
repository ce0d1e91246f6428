"""Who gets what: the record's rights on the day, one parcel per recipient, refusals kept with their rule."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from termpost.schemas.base.channel_name import BRINGS_CODE, ChannelName
from termpost.schemas.base.languages import first_language
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.parcel import Parcel, ParcelReport, Plan, RecipientDecision
from termpost.schemas.documents.prepared import NO_CONTACT_KNOWN, PreparedReport, PreparedSchool
from termpost.tasks.channels.channel import Addressee
from termpost.tasks.channels.registry import channel_of, every_channel, message_channels
from termpost.tasks.rights.answers import answers
from termpost.tasks.rights.contact_methods import Reachability
from termpost.tasks.rights.recipients import Record
from termpost.tasks.rights.rules import has_full_right
from termpost.tasks.rights.terms import RightsTerms

NO_WAY = "no-channel"
NO_ADDRESS = "no-address"  # of a letter alone: the portal is open, and the code is handed over at the office
HANDED_OVER = "handed-over"  # to whoever comes to the office for it: nobody else gets it, and a person decided so
Notes = dict[ChannelName, list[Any]]  # what each channel of messages must know of recipients until the plan is whole


class _Offer(NamedTuple):
    """A report that one recipient may have, and the channels open for it."""

    report: ParcelReport
    channels: frozenset[ChannelName]
    post_only: bool


def plan_schools(
    prepared: Iterable[PreparedSchool], record: Record, terms: RightsTerms, chosen: frozenset[str] | None
) -> tuple[Plan, Notes]:
    """Decides every contact of every chosen student, and packs what is allowed.

    Args:
        prepared: schools of one cycle and extract.
        chosen: students whose report is to be released; None: all.

    Returns:
        The plan without messages, and what `settle` needs to add them.
    """
    decisions: list[RecipientDecision] = []
    letters: list[RecipientDecision] = []  # that wait for an answer, of what goes another way
    packed: defaultdict[str, list[_Offer]] = defaultdict(list)
    unreachable = []
    schools = list(prepared)
    for school in schools:
        held = school.held_students
        strangers = {hold.student for hold in school.holds if hold.reason == NO_CONTACT_KNOWN}
        for report in school.reports:
            if chosen is not None and report.student not in chosen:
                continue
            if report.student in held and report.student in record.students:
                contacts = record.students[PersonRef(report.student)].contacts
                decisions += (_said(report, contact.ref, rule="held") for contact in contacts)
                if report.student in strangers:  # who is asked about: is a row missing, or is there nobody?
                    decisions.append(_said(report, report.student, rule=NO_CONTACT_KNOWN, question=True))
            elif not _decide_all(school.school, report, record, terms, decisions, letters, packed):
                unreachable.append(report.student)
    notes: Notes = {channel.name: [] for channel in message_channels()}
    plan = Plan(
        cycle=schools[0].cycle,
        extract_id=schools[0].extract_id,
        day=terms.day,
        decisions=tuple(decisions),
        parcels=tuple(_parcel(recipient, offers, record, terms, notes) for recipient, offers in sorted(packed.items())),
        notices=tuple(letters),
        unreachable=tuple(unreachable),
    )
    return plan, notes


def settle(plan: Plan, notes: Notes, order: Sequence[str]) -> Plan:
    """The whole plan with the messages that may go, one to an address."""
    for channel in message_channels():
        plan = channel.settle(plan, notes[channel.name], in_order=channel.name in order)
    return plan


def _decide_all(
    school: str,
    report: PreparedReport,
    record: Record,
    terms: RightsTerms,
    decisions: list[RecipientDecision],
    letters: list[RecipientDecision],
    packed: defaultdict[str, list[_Offer]],
) -> bool:
    """One report that is not held: the student and each contact. False where nobody gets it."""
    student = record.students.get(PersonRef(report.student))
    if student is None:  # released, and no longer in the extract: no record of rights, so nobody has one
        return False
    by_rule: dict[tuple[str, bool], ParcelReport] = {}  # who may have it by the same rule share one
    for recipient, methods, answer in answers(report.student, student, record, terms):
        channels = _open_channels(terms.order, methods.reachability(answer.post_only))
        usable = not channels.isdisjoint(_by_post())  # the letter with the code goes by post in this form
        # where no letter may go, or can, the code is handed over in person: somebody barred may live there, say
        opened = not usable and methods.in_person and _has_page(tuple(channels))
        if opened and answer.allowed:
            why = methods.address_rule or NO_WAY
            why = NO_ADDRESS if why == NO_WAY else why
            letters.append(_said(report, recipient, rule=why, question=True, channel=BRINGS_CODE))
        if answer.allowed and (usable or opened):
            key = (answer.rule, answer.is_apart)
            if key not in by_rule:
                by_rule[key] = _in_parcel(report, school, *key)
            packed[recipient].append(_Offer(by_rule[key], channels, answer.post_only))
            asks = answer.question or opened
            decisions.append(_said(report, recipient, allowed=True, rule=answer.rule, question=asks))
        elif answer.allowed:
            decisions.append(_said(report, recipient, rule=methods.address_rule or NO_WAY, question=True))
        else:
            decisions.append(_said(report, recipient, rule=answer.rule, question=answer.question))
    if not by_rule and record.is_handed_over(report.student) and not student.records_hold:
        by_rule[HANDED_OVER, False] = _in_parcel(report, school, HANDED_OVER)
        by_post = frozenset(name for name in _by_post() if name in terms.order)
        packed[report.student].append(_Offer(by_rule[HANDED_OVER, False], by_post, post_only=True))
        decisions.append(_said(report, report.student, allowed=True, rule=HANDED_OVER))
    return bool(by_rule)


@lru_cache(maxsize=64)
def _open_channels(order: tuple[str, ...], reach: Reachability) -> frozenset[ChannelName]:
    return frozenset(one.name for one in every_channel() if one.name in order and one.is_open(reach))


@lru_cache(maxsize=1)
def _by_post() -> tuple[ChannelName, ...]:
    return tuple(channel.name for channel in every_channel() if channel.by_post)


def _said(
    report: PreparedReport,
    recipient: str,
    *,
    rule: str,
    allowed: bool = False,
    question: bool = False,
    channel: ChannelName | None = None,
) -> RecipientDecision:
    return RecipientDecision(
        student=report.student, recipient=recipient, allowed=allowed, rule=rule, question=question, channel=channel
    )


def _in_parcel(report: PreparedReport, school: str, rule: str, is_apart: bool = False) -> ParcelReport:
    return ParcelReport(
        report=report.report, version=report.version, student=report.student, own_language=report.own_language,
        renditions=report.renditions if has_full_right(rule, is_apart=is_apart) else report.without_insert,
        comments=report.comments, is_verifiable=report.is_verifiable,
        school=school, rule=rule, not_for_enrolment=is_apart,
    )  # fmt: skip


def _parcel(recipient: str, offers: Sequence[_Offer], record: Record, terms: RightsTerms, notes: Notes) -> Parcel:
    """A channel must be open for every child in the parcel: what is barred for one is not used for the others.

    What there is to say of a message to them goes into the notes.
    """
    rows = [row.reach for row in record.rows(recipient)]  # a copy, which is sorted below
    shared = frozenset.intersection(*(offer.channels for offer in offers))
    asked = tuple(row.channel for row in rows)
    # whoever asks for paper, or for no more notices, keeps the right and is written to on paper alone
    on_paper = any(name in asked for name in _by_post()) or recipient in terms.unsubscribed
    may_be_posted = not shared.isdisjoint(_by_post())
    if len(rows) > 1:
        here = {offer.report.student for offer in offers}
        rows.sort(key=lambda row: row.student not in here)
    parcel = Parcel(
        recipient=recipient,
        language=_language(tuple(row.language for row in rows), terms.languages),
        reports=tuple(offer.report for offer in offers),
        channels=_by_post() if on_paper and may_be_posted else _in_order(shared, asked, terms.order),
    )
    methods = record.methods(recipient)
    addressee = Addressee(
        recipient,
        methods,
        has_page=_has_page(parcel.channels),
        on_paper=on_paper,
        post_only=any(offer.post_only for offer in offers),
        is_primary=methods.email is not None and _is_primary(parcel, record),  # asked where two may share an address
    )
    for channel in message_channels():
        notes[channel.name].append(channel.note(addressee))
    return parcel


@lru_cache(maxsize=1024)
def _in_order(
    shared: frozenset[ChannelName], asked: tuple[str | None, ...], order: tuple[str, ...]
) -> tuple[ChannelName, ...]:
    """Those that carry reports, what is asked for before the others, both in the institution's order."""
    carrying = [name for name in shared if channel_of(name).carries_reports]
    return tuple(sorted(carrying, key=lambda name: (name not in asked, order.index(name))))


@lru_cache(maxsize=64)
def _has_page(channels: tuple[ChannelName, ...]) -> bool:
    return any(channel_of(name).is_page for name in channels)


def _is_primary(parcel: Parcel, record: Record) -> bool:
    return any(
        contact.ref == parcel.recipient and contact.is_primary is True
        for report in parcel.reports
        for contact in record.students[PersonRef(report.student)].contacts
    )


@lru_cache(maxsize=4096)
def _language(asked: tuple[str | None, ...], languages: tuple[str, ...]) -> str:
    return first_language(asked, languages)
