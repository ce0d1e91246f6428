"""Who has a right to a student's report on a day. Pure; docs/rights.md is its table of cases.

Sources: 34 CFR 99.3 to 99.5 and 99.31(a)(8) (FERPA); procedure, section 4.2. What is not known is not yes: it is
refused and goes to the office as a question.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from termpost.schemas.base.period import covers
from termpost.schemas.documents.identity import ContactRights, StudentRights
from termpost.schemas.log.records.parents_apart import ApartRule

Rule = Literal[
    # allowed
    "parent", "legal-guardian", "agency-agreement", "own-record", "own-copy",
    # refused
    "records-hold", "no-contact", "no-records", "restriction-unclear", "age-unknown", "student-of-full-age",
    "student-under-age", "contradicting-contact", "guardian-unknown", "not-legal-guardian", "emergency-only",
    "agreement-unknown", "agreement-ended",
]  # fmt: skip
RULES: tuple[Rule, ...] = get_args(Rule)

# what a fact on record says, or a date: each ends a right. Everything else that refuses only asks
ENDINGS: tuple[Rule, ...] = (
    "no-contact", "no-records", "student-of-full-age", "not-legal-guardian", "agreement-ended",
)  # fmt: skip
PARENTS = frozenset({"mother", "father", "parent"})  # a step-parent is one only as a legal guardian
# CEDS codes of the grades up to 9, and how they are commonly written; several of one student are all looked at
MINOR_GRADES = frozenset({"IT", "PR", "PK", "TK", "KG", "K", *map(str, range(10)), *(f"{n:02}" for n in range(10))})
FULL: frozenset[str] = frozenset({"parent", "legal-guardian", "own-record"})
POST_ONLY = "post-only"  # leaves the right, and nothing but the post to use it by


@dataclass(frozen=True)
class RightsAnswer:
    """Yes or no, with its rule.

    `question` means that the office must ask: because something is not known, because there is no way to write, or
    because a right is taken away and no paper says so.
    """

    allowed: bool
    # the last are said beside this table: by same_person.py, changed_person.py, ended.py and parents_apart.py
    rule: (
        Rule | ApartRule | Literal["shared-with-barred", "person-changed", "ruling-ended", "rights-ended", "post-only"]
    )
    question: bool = False
    post_only: bool = False  # nothing may be sent to them but by post
    is_apart: bool = False  # a parent apart, by parents_apart.py: what they get is marked as not for enrolment


def of_full_age(birth_date: date, day: date, age_of_majority: int) -> bool:
    """Whether that birthday has come; someone born on 29 February has it on 1 March in other years."""
    years = day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
    return years >= age_of_majority


def minor_by_grade(grade_level: str | None) -> bool:
    """Whether the grade alone says so: up to grade 9, where no birth date does; above it a student may be of age."""
    return bool(grade_level) and {code.strip().upper() for code in (grade_level or "").split(",")} <= MINOR_GRADES


def decide(
    contact: ContactRights, student: StudentRights, day: date, age_of_majority: int, *,
    has_address: bool = True, has_email: bool = True,
) -> RightsAnswer:  # fmt: skip
    """Whether this contact gets this student's report on this day. The most protective rule speaks first."""
    if student.records_hold:
        return RightsAnswer(False, "records-hold")
    bar = _restricted(contact, day)
    if bar is not None:
        return replace(bar, question=bar.question or _lacks_paper(contact, student, day, age_of_majority))
    refusal = _of_age(contact, student, day, age_of_majority)
    if refusal is not None:
        return refusal
    if contact.contradicts:
        return RightsAnswer(False, "contradicting-contact", question=True)
    standing = _standing(contact, day)
    if not standing.allowed:
        return standing
    post_only = is_post_only(contact, day)
    reached = has_address or (has_email and not post_only)
    asks = not reached or (post_only and not _has_paper(contact, day))
    return RightsAnswer(True, standing.rule, question=asks, post_only=post_only)


def decide_own(student: StudentRights, day: date, age_of_majority: int, own_copy: bool = False) -> RightsAnswer:
    """Whether the student gets the report: as its owner (34 CFR 99.5: from full age on), before that by setting.

    Args:
        own_copy: of the institution; with it a student gets one at any age, so an age that is not known is no question.
    """
    if student.records_hold:
        return RightsAnswer(False, "records-hold")
    if own_copy and (student.birth_date is None or not of_full_age(student.birth_date, day, age_of_majority)):
        return RightsAnswer(True, "own-copy")
    if student.birth_date is None and minor_by_grade(student.grade_level):
        return RightsAnswer(False, "student-under-age")
    if student.birth_date is None:
        return RightsAnswer(False, "age-unknown", question=True)
    grown = of_full_age(student.birth_date, day, age_of_majority)
    return RightsAnswer(True, "own-record") if grown else RightsAnswer(False, "student-under-age")


def has_full_right(rule: str, *, is_apart: bool) -> bool:
    """Whether a right reaches as far as a student's individual plan: that of parents, of guardians and of a student of
    full age does; an agreement, a copy by setting, a hand-over and a parent apart have the report alone."""
    return rule in FULL and not is_apart


def ended_by(contact: ContactRights, student: StudentRights, day: date, age_of_majority: int) -> Rule | None:
    """The fact on record that ends this contact's right; each is asked for by itself, so that no doubt hides it.

    A hold on the student's records is none: it stops what has not left.
    """
    said = (
        _restricted(contact, day),
        _of_age(contact, student, day, age_of_majority),
        None if contact.contradicts else _standing(contact, day),
    )
    return next((rule for answer in said if answer for rule in ENDINGS if rule == answer.rule), None)


def is_post_only(contact: ContactRights, day: date) -> bool:
    """Whether nothing but the post may go to them that day."""
    return contact.restriction == POST_ONLY and _in_force(contact, day)


def is_barred(contact: ContactRights, day: date) -> bool:
    """Whether a restriction, or one that nobody can read, keeps this student's records from the contact that day.

    It is asked apart from the right: where a barred contact lives, nothing goes, whatever else is decided.
    """
    return _restricted(contact, day) is not None


def _relation(contact: ContactRights) -> str:
    return (contact.relation or "").strip().lower()


def _in_force(contact: ContactRights, day: date) -> bool:
    return covers(contact.restriction_from, contact.restriction_until, day)


def _restricted(contact: ContactRights, day: date) -> RightsAnswer | None:
    begin, end = contact.restriction_from, contact.restriction_until
    if begin is not None and end is not None and end <= begin:
        return RightsAnswer(False, "restriction-unclear", question=True)
    dated = begin is not None or end is not None
    if not _in_force(contact, day) or (not contact.restriction and not dated):
        return None
    match contact.restriction:
        case "no-contact":
            return RightsAnswer(False, "no-contact")
        case "no-records":
            return RightsAnswer(False, "no-records")
        case "post-only":
            return None
    return RightsAnswer(False, "restriction-unclear", question=True)  # another word, or dates without one


def _has_paper(contact: ContactRights, day: date) -> bool:
    """Whether the restriction rests on a document of a day that has come (34 CFR 99.4)."""
    dated = contact.restriction_document_date
    return bool(contact.restriction_document) and dated is not None and dated <= day


def _lacks_paper(contact: ContactRights, student: StudentRights, day: date, age_of_majority: int) -> bool:
    """Whether somebody who would have the right is barred, and nothing says by which document. The bar stands."""
    if _has_paper(contact, day):
        return False
    free = replace(contact, restriction=None, restriction_from=None, restriction_until=None)
    return decide(free, student, day, age_of_majority).allowed


def _of_age(contact: ContactRights, student: StudentRights, day: date, age_of_majority: int) -> RightsAnswer | None:
    """At full age the right is the student's; parents keep it with consent, or while the student is a dependent.

    A birth date that is not known could be that of an adult, so it is refused and asked, unless the grade says that it
    is none, or consent or dependency on record make the age irrelevant. Both of these speak of parents and guardians:
    an agency's right ends.
    """
    released = student.consent_to_parents is True or student.dependent is True
    if released and _relation(contact) != "agency":
        return None
    if student.birth_date is None and minor_by_grade(student.grade_level):
        return None
    grown = student.birth_date is None or of_full_age(student.birth_date, day, age_of_majority)
    if grown and student.consent_contradicts:
        return RightsAnswer(False, "contradicting-contact", question=True)
    if student.birth_date is None:
        return RightsAnswer(False, "age-unknown", question=True)
    if of_full_age(student.birth_date, day, age_of_majority):
        return RightsAnswer(False, "student-of-full-age")
    return None


def _standing(contact: ContactRights, day: date) -> RightsAnswer:
    """The right by relation alone. Custody, a shared home or being called first neither give nor take it."""
    relation = _relation(contact)
    if relation == "agency":
        return _agency(contact, day)
    if relation in PARENTS:  # 34 CFR 99.4: either parent, unless an order on record revokes it
        return RightsAnswer(True, "parent")
    if contact.legal_guardian is True:
        return RightsAnswer(True, "legal-guardian")
    if contact.legal_guardian is False:
        return RightsAnswer(False, "not-legal-guardian")
    only_emergency = contact.emergency is True and not contact.lives_with and not contact.is_primary
    if only_emergency and relation != "guardian":
        return RightsAnswer(False, "emergency-only")
    return RightsAnswer(False, "guardian-unknown", question=True)


def _agency(contact: ContactRights, day: date) -> RightsAnswer:
    if contact.agreement_until is None:
        return RightsAnswer(False, "agreement-unknown", question=True)
    live = day < contact.agreement_until
    return RightsAnswer(live, "agency-agreement" if live else "agreement-ended")
