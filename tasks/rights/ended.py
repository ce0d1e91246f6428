"""Whether a right that was there has ended, by the newest word of the record and the office. Pure.

Only a fact ends it: a restriction, `legalGuardian=false`, a date, a decision. What is missing, or may be a bar, asks.
"""

from collections.abc import Iterable
from datetime import date

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.rights_decision import GIVING, RightsDecision
from termpost.tasks.rights import rules
from termpost.tasks.rights.answers import rights_of
from termpost.tasks.rights.latest_word import LatestWord
from termpost.tasks.rights.newer_record import POST_ONLY, EndedRule, RightToday
from termpost.tasks.rights.rights_decisions import students_with_decisions
from termpost.tasks.rights.second_reading import has_ended, is_by_post_alone

# a right that no longer rests on a decision of the office, where the record says nothing in its place
UNSAID = ("guardian-unknown", "emergency-only", "agreement-unknown")


def right_today(
    contact: str, word: LatestWord, papers: Iterable[RightsDecision], day: date, age_of_majority: int, *,
    was_ended: bool = False,
) -> RightToday:  # fmt: skip
    """By the rules that plans ask, and by the second reading: whichever finds that it ended.

    Args:
        papers: what the office decided about this contact of this student, also what is no longer in force.
        was_ended: whether the office ended what it had decided in their favour.
    """
    said, nobody = list(papers), PersonRef("")
    student = students_with_decisions({nobody: word.student}, {nobody: {contact: said}}, day)[nobody]
    row = next((row for row in student.contacts if row.ref == contact), None)
    if row is None:
        return RightToday(asks=word.missing or "row-missing")
    answer = rules.decide(row, rights_of(student), day, age_of_majority)
    is_over = was_ended or any(one.finding in GIVING and one.until and one.until <= day for one in said)
    ended: EndedRule | None = rules.ended_by(row, rights_of(student), day, age_of_majority)
    if ended is None and is_over and answer.rule in UNSAID:
        ended = "ruling-ended"
    if ended is None and has_ended(contact, word.student, said, day, age_of_majority, was_ended=was_ended):
        ended = "rights-ended"
    if ended is None and (rules.is_post_only(row, day) or is_by_post_alone(contact, word.student, said, day)):
        ended = POST_ONLY
    asks = word.missing or (None if answer.allowed or answer.rule == "records-hold" else answer.rule)
    return RightToday(
        ended, asks if ended is None and word.is_enrolled else None, answer.allowed and ended in (None, POST_ONLY)
    )
