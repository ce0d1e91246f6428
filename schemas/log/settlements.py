"""What teachers and staff decided about marks that are not there, read from the distribution log alone."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from termpost.schemas.base.refs import CycleId
from termpost.schemas.log.entry import WITH_HOLD, Entry

PIECE, PUPIL = "unmarked-piece", "unmarked-pupil"
CAUSES: Final = (PIECE, PUPIL, "empty-category", "empty-period", "move-differs")


@dataclass(frozen=True, order=True)
class Question:
    """Something the school must decide before a grade is true: a row of `out_question`, without its counts."""

    cause: str  # one of CAUSES
    class_id: str
    line_item_id: str = ""
    person_ref: str = ""
    part_id: str = ""


def question_of(entry: Entry) -> Question | None:
    """What an entry is about; None where it names no question."""
    if not (entry.cause and entry.class_id):
        return None
    return Question(
        entry.cause, entry.class_id, entry.line_item_id or "", entry.student or "", entry.part_id or ""
    )  # fmt: skip


def decided_question(entry: Entry, extract_id: str | None = None) -> Question | None:
    """The question that an entry decides, and that still counts for an extract; None: it decides none."""
    if entry.kind != "grade_decided":
        return None
    is_of_hold = entry.via == WITH_HOLD and entry.reason == "accept"
    return None if is_of_hold and extract_id not in (None, entry.extract) else question_of(entry)


@dataclass(frozen=True)
class Settlements:
    """Of one cycle: classes whose marks are complete, and questions after which a grade stands as it is."""

    signed_off: frozenset[str] = frozenset()  # classes: a blank of theirs is missing
    accepted: frozenset[Question] = frozenset()  # left out, and said on the report

    @classmethod
    def fold(cls, cycle: CycleId, entries: Iterable[Entry], extract_id: str | None = None) -> "Settlements":
        """Folds the log, oldest entry first; of a question the last decision counts.

        Args:
            extract_id: what is summarised; who accepted a hold of another extract said nothing of this one.
        """
        signed_off, accepted = set[str](), set[Question]()
        for entry in entries:
            if entry.cycle != cycle:
                continue
            if entry.kind == "grading_complete" and entry.class_id:
                signed_off.add(entry.class_id)
            elif (question := decided_question(entry, extract_id)) is not None:
                (accepted.add if entry.reason == "accept" else accepted.discard)(question)
        return cls(frozenset(signed_off), frozenset(accepted))

    @property
    def version(self) -> str:
        """What of a policy's content version is theirs; empty without any."""
        if not (self.signed_off or self.accepted):
            return ""
        content = [sorted(self.signed_off), [list(vars(one).values()) for one in sorted(self.accepted)]]
        return "." + hashlib.sha256(json.dumps(content).encode()).hexdigest()[:8]


NOTHING_SETTLED = Settlements()
