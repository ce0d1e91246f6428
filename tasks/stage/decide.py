"""Decisions about questions of grades: all that are of a kind at once, each an entry of its own in the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import StaffId
from termpost.schemas.documents.prepared import PreparedSchool
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.grade_decisions import grade_entry
from termpost.schemas.log.hold_decisions import ResolutionWay
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.stage.grade_questions import KINDS, AskedQuestion, asked_in
from termpost.tasks.stage.mark_authority import MarkClasses, SigningPerson, keep_reason, prove_authority

WHERE = "holds resolve"


@dataclass(frozen=True)
class QuestionChoice:
    """Which questions: all that agree with everything given."""

    student: str | None = None  # reference, of a question about one student
    piece: str | None = None
    class_id: str | None = None
    cause: str | None = None

    def takes(self, asked: AskedQuestion) -> bool:
        one = asked.question
        pairs = ((self.student, one.person_ref), (self.piece, one.line_item_id), (self.class_id, one.class_id),
                 (self.cause, one.cause))  # fmt: skip
        return all(wanted is None or wanted == found for wanted, found in pairs)


@dataclass(frozen=True)
class DecidedQuestions:
    """What was decided, by whom and for whom."""

    questions: tuple[AskedQuestion, ...]
    by: StaffId
    on_behalf_of: str | None


def chosen_of(asked: Sequence[AskedQuestion], choice: QuestionChoice) -> list[AskedQuestion]:
    """Those that are open; where none is, those that were decided: a person may change their mind."""
    found = [one for one in asked if choice.takes(one)]
    return [one for one in found if one.is_open] or found


def decide_questions(
    home: Home, schools: Sequence[PreparedSchool], choice: QuestionChoice, way: ResolutionWay, person: SigningPerson
) -> DecidedQuestions:
    """Decides; the next preparation goes by it.

    Args:
        schools: the cycle's manifests.
        way: `accept` leaves what is not there out for whoever lacks it; `omit-course` leaves the course off their
            reports; `grade-to-follow` leaves the question as it is, knowingly.

    Raises:
        InputError: `no-such-question`, or as `prove_authority`.
        Refused: as `prove_authority`.
    """
    with open_lake(home.lake) as lake, one_transaction(lake):
        chosen = chosen_of(asked_in(lake, schools, list(home.log.entries(*KINDS))), choice)
        if not chosen:
            raise InputError("no-such-question", "nothing is asked about this", WHERE,
                             "see `termpost holds` for what is")  # fmt: skip
        classes = MarkClasses(chosen[0].extract_id, {one.question.class_id: one.school for one in chosen})
        staff, on_behalf_of = prove_authority(home, lake, person, classes)
    reasons = _reasons(home, staff, chosen, person.reason)
    home.log.append("holds-resolve", [
        decided_entry(schools[0].cycle, one, way, staff, on_behalf_of, reasons.get(one.question.person_ref))
        for one in chosen
    ])  # fmt: skip
    return DecidedQuestions(tuple(chosen), staff, on_behalf_of)


def decided_entry(
    cycle: str,
    asked: AskedQuestion,
    way: ResolutionWay,
    staff: StaffId,
    on_behalf_of: str | None = None,
    reason: tuple[str, str] | None = None,
    via: str | None = None,
) -> Entry:
    """A decision as the log has it; `reason` is key and digest of the words."""
    key, digest = reason or (None, None)
    return grade_entry(
        "grade_decided", cycle, asked.question, actor=staff, on_behalf_of=on_behalf_of, reason=way,
        extract=asked.extract_id, count=asked.students, object=key, digest=digest, via=via,
    )  # fmt: skip


def _reasons(
    home: Home, staff: StaffId, chosen: Sequence[AskedQuestion], words: str | None
) -> Mapping[str, tuple[str, str]]:
    """The words once for each student that a question is about, and once ("") for those about whole classes."""
    kept = {
        student: keep_reason(home, staff, chosen[0].extract_id, words, student or None)
        for student in sorted({one.question.person_ref for one in chosen})
    }
    return {student: reason for student, reason in kept.items() if reason is not None}
