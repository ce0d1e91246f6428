"""The pure rule, asked with what the record says: from a student to whoever may have the report."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from functools import lru_cache
from operator import attrgetter

from termpost.schemas.documents.identity import ContactRights, Reach, StudentRights, StudentStanding
from termpost.schemas.settings.settings import RightsSettings
from termpost.tasks.rights import rules
from termpost.tasks.rights.caregivers import CAREGIVER, is_limited
from termpost.tasks.rights.contact_methods import ContactMethods
from termpost.tasks.rights.newer_record import PERSON_CHANGED, POST_ONLY, NewerRecord
from termpost.tasks.rights.parents_apart import is_apart
from termpost.tasks.rights.recipients import Record
from termpost.tasks.rights.rights_decisions import in_force
from termpost.tasks.rights.rules import RightsAnswer
from termpost.tasks.rights.same_person import SHARED_WITH_BARRED
from termpost.tasks.rights.terms import RightsTerms

said_of = attrgetter(*(field.name for field in fields(ContactRights) if field.name != "ref"))


def answers(
    ref: str, student: StudentStanding, record: Record, terms: RightsTerms
) -> Iterator[tuple[str, ContactMethods, RightsAnswer]]:
    """Of the student, unless no copy was ever meant, and of each contact: who, how they are reached, and the answer."""
    standing = rights_of(student)
    own = rules.decide_own(standing, terms.day, terms.age_of_majority, terms.own_copy_below_age)
    if own.rule != "student-under-age":
        yield ref, record.methods(ref), own
    for contact in student.contacts:
        methods = record.methods(contact.ref)
        has_address, has_email = methods.home is not None, methods.email is not None
        answer = _decided(said_of(contact), standing, terms.day, terms.age_of_majority, has_address, has_email)
        if answer.allowed and record.may_be_barred(ref, contact.ref):
            answer = RightsAnswer(False, SHARED_WITH_BARRED, question=True)
        if answer.allowed and (waits := terms.apart.rule(ref, contact, terms.day)) is not None:
            answer = RightsAnswer(False, waits)
        elif answer.allowed and terms.apart.days and is_apart(contact):
            answer = replace(answer, is_apart=True)
        elif answer.allowed and terms.limited_caregivers:
            papers = in_force(record.decisions, ref, contact.ref, terms.day)
            if is_limited(contact, papers, terms.limited_caregivers):
                answer = replace(answer, rule=CAREGIVER)
        yield contact.ref, methods, _by_newer(answer, ref, contact.ref, record.newer)


def _by_newer(answer: RightsAnswer, student: str, contact: str, newer: NewerRecord) -> RightsAnswer:
    """What a newer record than the plan's takes away. It gives nothing: for that the cycle is prepared again."""
    if not answer.allowed:
        return answer
    ended = newer.ended(student, contact)
    if ended == POST_ONLY:
        answer = replace(answer, post_only=True)
    elif ended is not None:
        return RightsAnswer(False, ended)
    return RightsAnswer(False, PERSON_CHANGED, question=True) if contact in newer.changed else answer


@lru_cache(maxsize=100_000)
def _decided(
    said: tuple[object, ...], student: StudentRights, day: date, age: int, has_address: bool, has_email: bool
) -> RightsAnswer:
    """Asked once: the contacts of a whole district say only some dozens of different things, whoever they are."""
    contact = ContactRights("", *said)  # type: ignore[arg-type]  # as `said_of` took them
    return rules.decide(contact, student, day, age, has_address=has_address, has_email=has_email)


def decide(
    contact: ContactRights, student: StudentStanding, reach: Reach | None, day: date, age_of_majority: int
) -> RightsAnswer:
    """Of one contact, reached as this row has it."""
    has_address, has_email = bool(reach and reach.address), bool(reach and reach.email)
    return rules.decide(contact, rights_of(student), day, age_of_majority, has_address=has_address, has_email=has_email)


def may_have_own(student: StudentStanding, day: date, settings: RightsSettings) -> bool:
    """Whether the student gets their own report."""
    return rules.decide_own(rights_of(student), day, settings.age_of_majority, settings.own_copy_below_age).allowed


def rights_of(student: StudentStanding) -> StudentRights:
    """Without the rest of the student, so that the same answer serves all who are alike."""
    return StudentRights(
        student.birth_date, student.dependent, student.consent_to_parents,
        student.consent_contradicts, student.records_hold, student.grade_level if student.birth_date is None else None,
    )  # fmt: skip
