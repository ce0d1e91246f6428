"""Who gets what: the record's rights on the day, one parcel per recipient, refusals kept with their rule."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import get_args

from schemas.identity import ContactIdentity, ContactRights, Reach, StudentIdentity
from schemas.languages import best_language
from schemas.parcel import Channel, Decision, Parcel, ParcelReport, Plan
from schemas.prepared import PreparedReport, PreparedSchool
from schemas.refs import PersonRef
from tasks.distribute import rights

CHANNELS: tuple[Channel, ...] = get_args(Channel)
OF_FIRST_FORM: frozenset[Channel] = frozenset({"portal", "print"})  # e-mail and meetings come later
_Offer = tuple[ParcelReport, frozenset[Channel], str]  # a report, the channels open for it, a language


def plan_school(
    prepared: PreparedSchool,
    students: Mapping[PersonRef, StudentIdentity],
    contacts: Mapping[PersonRef, ContactIdentity],
    *,
    chosen: frozenset[str],
    day: date,
    age_of_majority: int,
    order: Sequence[str],
    languages: Sequence[str],
) -> Plan:
    """Decides every contact of every chosen student, and packs what is allowed.

    Args:
        chosen: students whose report is to be released.
        order: the channels of the institution, best first.
        languages: of the institution; the first where the record names none, or one that it does not offer.
    """
    decisions: list[Decision] = []
    packed: defaultdict[str, list[_Offer]] = defaultdict(list)
    unreachable = []
    for report in prepared.reports:
        if report.student not in chosen:
            continue
        student = students.get(PersonRef(report.student))
        if student is None:  # released, and no longer in the extract: no record of rights, so nobody has one
            unreachable.append(report.student)
            continue
        if report.student in prepared.held_students:
            decisions += (_refused(report, contact.ref, "held") for contact in student.contacts)
            continue
        if rights.decide_own(rights_of(student), day, age_of_majority).allowed:
            # in this form nothing can be handed to a student, so the office is asked to
            decisions.append(_refused(report, report.student, "no-channel", question=True))
        reached = False
        for contact in student.contacts:
            reach = _reach(contacts.get(PersonRef(contact.ref)), report.student)
            decision = decide(contact, student, reach, day, age_of_majority)
            channels = frozenset(c for c in CHANNELS if c in order and c not in decision.channels_barred)
            usable = "print" in channels  # the letter with the code goes by post in this form
            decisions.append(_said(report, contact, decision, usable))
            if decision.allowed and usable:
                parcel = ParcelReport(**report.model_dump(), school=prepared.school, rule=decision.rule)
                asked = reach.language if reach else None
                packed[contact.ref].append((parcel, channels, best_language(asked, languages)))
                reached = True
        if not reached:
            unreachable.append(report.student)
    return Plan(
        cycle=prepared.cycle,
        extract_id=prepared.extract_id,
        day=day,
        decisions=tuple(decisions),
        parcels=tuple(_parcel(ref, items, order) for ref, items in sorted(packed.items())),
        unreachable=tuple(unreachable),
    )


def decide(
    contact: ContactRights, student: StudentIdentity, reach: Reach | None, day: date, age_of_majority: int
) -> rights.Decision:
    """The pure rule, asked with what the record says."""
    return rights.decide(
        rights.Contact(
            relation=contact.relation or "",
            is_primary=contact.is_primary,
            lives_with=contact.lives_with,
            emergency=contact.emergency,
            legal_guardian=contact.legal_guardian,
            restriction=contact.restriction or "",
            restriction_from=contact.restriction_from,
            restriction_until=contact.restriction_until,
            agreement_until=contact.agreement_until,
            has_address=bool(reach and reach.address),
            has_email=bool(reach and reach.email),
        ),
        rights_of(student),
        day,
        age_of_majority,
    )


def rights_of(student: StudentIdentity) -> rights.Student:
    return rights.Student(
        birth_date=student.birth_date,
        dependent=student.dependent,
        consent_to_parents=student.consent_to_parents,
        records_hold=student.records_hold,
    )


def _reach(identity: ContactIdentity | None, student: str) -> Reach | None:
    return next((r for r in identity.reach if r.student == student), None) if identity else None


def _refused(report: PreparedReport, recipient: str, rule: str, question: bool = False) -> Decision:
    return Decision(student=report.student, recipient=recipient, allowed=False, rule=rule, question=question)


def _said(report: PreparedReport, contact: ContactRights, decision: rights.Decision, usable: bool) -> Decision:
    no_way = decision.allowed and not usable
    return Decision(
        student=report.student,
        recipient=contact.ref,
        allowed=decision.allowed and usable,
        rule="no-channel" if no_way else decision.rule,
        question=decision.question or no_way,
    )


def _parcel(recipient: str, items: Iterable[_Offer], order: Sequence[str]) -> Parcel:
    """A channel must be open for every child in the parcel: what is barred for one is not used for the others."""
    reports, channel_sets, languages = zip(*items, strict=True)
    shared = frozenset.intersection(*channel_sets)
    return Parcel(
        recipient=recipient,
        language=languages[0],
        reports=reports,
        channels=tuple(c for c in order if c in shared and c in OF_FIRST_FORM),
    )


def merge(plans: Sequence[Plan]) -> Plan:
    """One plan for all schools: a contact with children in two schools gets one parcel."""
    by_recipient: defaultdict[str, list[Parcel]] = defaultdict(list)
    for plan in plans:
        for parcel in plan.parcels:
            by_recipient[parcel.recipient].append(parcel)
    parcels = []
    for recipient, mine in sorted(by_recipient.items()):
        shared = frozenset.intersection(*(frozenset(p.channels) for p in mine))
        parcels.append(
            Parcel(
                recipient=recipient,
                language=mine[0].language,
                reports=tuple(r for p in mine for r in p.reports),
                channels=tuple(c for c in mine[0].channels if c in shared),
            )
        )
    first = plans[0]
    return Plan(
        cycle=first.cycle,
        extract_id=first.extract_id,
        day=first.day,
        parcels=tuple(parcels),
        decisions=tuple(d for p in plans for d in p.decisions),
        unreachable=tuple(u for p in plans for u in p.unreachable),
    )
