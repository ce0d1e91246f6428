"""What the office was asked about who may have a report, and since when: each question has a day to be answered by.

A question is about one student and one contact (or the student), by the rule that asks it. Whether it is still asked,
the record says; the log says since when, so that a question which is put off does not become a new one.
"""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from termpost.schemas.log.entry import Entry, EntryKind, Logged
from termpost.schemas.settings.clocks import Clocks

QUESTION_KINDS: Final[tuple[EntryKind, ...]] = ("question_asked", "question_settled")


class RightsQuestion(NamedTuple):
    """References alone."""

    student: str
    recipient: str  # the student, where no contact is meant
    rule: str


class QuestionClock(NamedTuple):
    """By when a question is to be answered."""

    due: date
    state: Literal["due", "overdue"]


@dataclass
class OpenQuestions:
    """Folds the log, oldest entry first."""

    asked: dict[RightsQuestion, datetime] = field(default_factory=dict)  # that stand, since when
    times: Counter[RightsQuestion] = field(default_factory=Counter)

    @classmethod
    def fold(cls, entries: Iterable[Logged]) -> "OpenQuestions":
        found = cls()
        for entry in entries:
            if entry.kind not in QUESTION_KINDS or not (entry.student and entry.recipient and entry.reason):
                continue
            question = RightsQuestion(entry.student, entry.recipient, entry.reason)
            if entry.kind == "question_asked":
                found.asked[question] = entry.day
                found.times[question] += 1
            else:
                found.asked.pop(question, None)
        return found

    def entries(self, now: AbstractSet[RightsQuestion], looked_at: AbstractSet[str]) -> list[Entry]:
        """What the log does not know yet.

        Args:
            now: what is asked.
            looked_at: students; of others an earlier question stands.
        """
        fresh = [_entry("question_asked", one, self.times[one] + 1) for one in sorted(now - self.asked.keys())]
        gone = [one for one in self.asked if one.student in looked_at and one not in now]
        return fresh + [_entry("question_settled", one, self.times[one]) for one in sorted(gone)]

    def clock(self, question: RightsQuestion, clocks: Clocks, today: date) -> QuestionClock:
        """Five office days from the day it was first asked; one that nobody wrote down yet is asked today."""
        asked = self.asked.get(question)
        due = clocks.office_due(asked or today)
        return QuestionClock(due, "overdue" if today > due else "due")


def _entry(kind: EntryKind, question: RightsQuestion, times: int) -> Entry:
    return Entry(kind=kind, student=question.student, recipient=question.recipient, reason=question.rule,
                 count=times if times > 1 else None)  # fmt: skip
