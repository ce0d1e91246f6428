"""The rights of a recipient, read a second time and from their own side (law 13). Pure.

The plan folds the rows about a contact into one (`one_contact.py`) and asks `rules.py`. This asks every row by itself
and puts the question the other way round: is there a right, and does nothing at all speak against it? Of contacts it
shares no code with the first, so that neither has the other's fault; where they differ, nothing leaves.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from termpost.schemas.base.period import covers
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, ContactRights, StudentIdentity
from termpost.schemas.documents.report import stamped_number
from termpost.schemas.log.rights_decision import RightsDecision
from termpost.schemas.settings.settings import RightsSettings
from termpost.tasks.rights.answers import may_have_own
from termpost.tasks.rights.rights_decisions import RightsDecisions, in_force

PARENTS = {"mother", "father", "parent"}
BARS = {"no-contact", "no-records"}
UP_TO_NINTH = re.compile(r"(?:(?:^|, )(?:IT|PR|PK|TK|KG?|0?[0-9]))+", re.IGNORECASE)


def allowed_to(
    recipient: PersonRef,
    identity: ContactIdentity,
    students: Mapping[PersonRef, StudentIdentity],
    decisions: RightsDecisions,
    day: date,
    settings: RightsSettings,
) -> dict[str, PersonRef]:
    """The stamped number of every student whose report they may have.

    Only those whom the recipient's own record names are looked at, of students who are known already.
    """
    found = {}
    for ref in {PersonRef(reach.student) for reach in identity.reach}:
        student = students.get(ref)
        if student is None:
            continue
        rows = [contact for contact in student.contacts if contact.ref == recipient]
        papers = in_force(decisions, ref, recipient, day)
        has_right = bool(rows) and _has_right(rows, papers, student, day, settings.age_of_majority)
        if has_right or (ref == recipient and (may_have_own(student, day, settings) or _by_hand(student, papers))):
            found[stamped_number(student.number)] = ref
    return found


def _has_right(
    rows: Sequence[ContactRights], papers: Sequence[RightsDecision], student: StudentIdentity, day: date, full_age: int
) -> bool:
    if student.records_hold or any(row.contradicts for row in rows):
        return False
    if any(is_kept_away(row, papers, day) for row in rows):
        return False
    relations = {(row.relation or "").strip().lower() for row in rows} - {""}
    if relations == {"agency"}:
        ends = [row.agreement_until for row in rows] + [paper.until for paper in papers if paper.finding == "agreement"]
        return _is_minor(student, day, full_age) and any(end is not None and day < end for end in ends)
    grown_ups_may = student.consent_to_parents is True or student.dependent is True
    if "agency" in relations or not (grown_ups_may or _is_minor(student, day, full_age)):
        return False
    guardian = {row.legal_guardian for row in rows} - {None}
    if len(guardian) != 1:  # the record is silent, or speaks against itself: a paper decides
        decided = [paper.finding == "guardian" for paper in papers if paper.finding in ("guardian", "not-guardian")]
        if len(guardian) > 1 and not decided:
            return False
        guardian = set(decided[-1:])
    return bool(relations & PARENTS) or guardian == {True}


def _by_hand(student: StudentIdentity, papers: Iterable[RightsDecision]) -> bool:
    """Whether the office may hand the report over itself: it decided so, and nothing stops the record."""
    return not student.records_hold and "hand-over" in {paper.finding for paper in papers}


def is_kept_away(row: ContactRights, papers: Iterable[RightsDecision], day: date) -> bool:
    """By any restriction but `post-only`, unless its time is over or yet to come, or by the office's word.

    Dates that nobody can read keep away too; words only until the office has read them.

    Args:
        papers: what the office says of this contact on that day.
    """
    findings, begin, end = {paper.finding for paper in papers}, row.restriction_from, row.restriction_until
    if findings & BARS:
        return True
    is_impossible = begin is not None and end is not None and end <= begin
    if row.restriction == "post-only":
        return is_impossible
    if row.restriction not in BARS and (not (row.restriction or begin or end) or "no-restriction" in findings):
        return False
    return is_impossible or covers(begin, end, day)


def _is_minor(student: StudentIdentity, day: date, full_age: int) -> bool:
    """Whether that birthday is yet to come; where none is known, a grade up to the ninth says so."""
    born = student.birth_date
    if born is None:
        return UP_TO_NINTH.fullmatch(student.grade_level or "") is not None
    return _age(born, day) < full_age


def _age(born: date, day: date) -> int:
    had_birthday = (day.month, day.day) >= (born.month, born.day)
    return day.year - born.year - (0 if had_birthday else 1)
