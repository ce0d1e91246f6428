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
from termpost.schemas.documents.identity import ContactIdentity, ContactRights, StudentIdentity, StudentStanding
from termpost.schemas.documents.report import stamped_number
from termpost.schemas.log.rights_decision import RightsDecision
from termpost.schemas.settings.settings import RightsSettings
from termpost.tasks.rights.answers import may_have_own
from termpost.tasks.rights.rights_decisions import RightsDecisions, in_force

PARENTS = {"mother", "father", "parent"}
BARS = {"no-contact", "no-records"}
GAVE = {"guardian", "agreement"}
POST = "post-only"
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


def plans_of(
    recipient: PersonRef, allowed: Mapping[str, PersonRef], students: Mapping[PersonRef, StudentIdentity], day: date,
    settings: RightsSettings, *, waits_apart: bool,
) -> frozenset[str]:  # fmt: skip
    """Those numbers of `allowed_to` whose plan of special education may go along, read from the recipient's rows.

    Args:
        waits_apart: whether the law of the place gives a parent apart something less than the other one.
    """
    found = set()
    for number, ref in allowed.items():
        student = students[ref]
        if ref == recipient:
            is_full = student.birth_date is not None and _age(student.birth_date, day) >= settings.age_of_majority
        else:
            rows = [row for row in student.contacts if row.ref == recipient]
            relations = {(row.relation or "").strip().lower() for row in rows}
            is_away = bool(relations & PARENTS) and any(row.lives_with is False for row in rows)
            is_full = bool(rows) and "agency" not in relations and not (waits_apart and is_away)
        if is_full:
            found.add(number)
    return frozenset(found)


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


def has_ended(
    recipient: str, student: StudentStanding, papers: Iterable[RightsDecision], day: date, full_age: int, *,
    was_ended: bool = False,
) -> bool:  # fmt: skip
    """Whether some fact takes the right away for certain, row by row; what is missing or unreadable takes nothing.

    Args:
        student: with the rows of the newest extract that has any about this recipient.
        papers: what the office says of this contact, also what is over.
        was_ended: whether the office took back what it had said for them.
    """
    rows = [row for row in student.contacts if row.ref == recipient]
    said = list(papers)
    now = {paper.finding for paper in said if covers(paper.since, paper.until, day)}
    if now & BARS or any(row.restriction in BARS and _is_certain(row, day) for row in rows):
        return True
    relations = {(row.relation or "").strip().lower() for row in rows} - {""}
    grown = student.birth_date is not None and not _is_minor(student, day, full_age)
    may_still = True in (student.dependent, student.consent_to_parents) and "agency" not in relations
    if grown and not may_still and not student.consent_contradicts:
        return True
    if not rows or relations & PARENTS or ("agency" in relations and len(relations) > 1):
        return False
    is_over = was_ended or any(paper.finding in GAVE and paper.until and paper.until <= day for paper in said)
    if relations == {"agency"}:
        ends = {row.agreement_until for row in rows} - {None}
        return all(end is not None and end <= day for end in ends) if ends else is_over and "agreement" not in now
    guardian = {row.legal_guardian for row in rows} - {None}
    if guardian == {False}:
        return True
    return guardian != {True} and "guardian" not in now and ("not-guardian" in now or (not guardian and is_over))


def is_by_post_alone(
    recipient: str, student: StudentStanding, papers: Iterable[RightsDecision], day: date
) -> bool:  # fmt: skip
    """Whether some row, or the office, says that nothing but the post may go to them."""
    rows = [row for row in student.contacts if row.ref == recipient]
    said = any(paper.finding == POST and covers(paper.since, paper.until, day) for paper in papers)
    is_silent = not any(row.restriction or row.restriction_from or row.restriction_until for row in rows)
    return (said and is_silent) or any(row.restriction == POST and _is_certain(row, day) for row in rows)


def _is_certain(row: ContactRights, day: date) -> bool:
    begin, end = row.restriction_from, row.restriction_until
    return (begin is None or end is None or begin < end) and covers(begin, end, day)


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


def _is_minor(student: StudentStanding, day: date, full_age: int) -> bool:
    """Whether that birthday is yet to come; where none is known, a grade up to the ninth says so."""
    born = student.birth_date
    if born is None:
        return UP_TO_NINTH.fullmatch(student.grade_level or "") is not None
    return _age(born, day) < full_age


def _age(born: date, day: date) -> int:
    had_birthday = (day.month, day.day) >= (born.month, born.day)
    return day.year - born.year - (0 if had_birthday else 1)
