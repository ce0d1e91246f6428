"""Who decided what about grades that wait and about progress notices, and whose grading is complete, read from the log.

`Settlements` says what of it changes a grade; this says by whom, for whom and when.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal, get_args

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import WITH_HOLD, Entry, EntryKind, Logged
from termpost.schemas.log.hold_decisions import RESOLUTION_WAYS, ResolutionWay
from termpost.schemas.log.settlements import PIECE, PUPIL, Question, decided_question

GRADING_KINDS: Final[tuple[EntryKind, ...]] = ("grading_complete", "grade_decided")
WarningWay = Literal["added", "removed"]
WARNING_WAYS: Final[tuple[WarningWay, ...]] = get_args(WarningWay)
IN_WORDS: Final = "in-words"
# why, as a closed code; `in-words` has the words beside it
WARNING_REASONS: Final[Mapping[WarningWay, tuple[str, ...]]] = {
    "added": ("may-fall", "work-missing", "often-absent", IN_WORDS),
    "removed": ("mark-to-come", "mark-wrong", "family-told", IN_WORDS),
}


@dataclass(frozen=True)
class SaidBy:
    """A person's word, and what it rests on."""

    by: str  # staff id
    on_behalf_of: str | None = None  # a teacher: staff id, or reference
    at: datetime | None = None  # None: not from a log
    words: tuple[str, str] | None = None  # the reason in words: store key and digest


@dataclass(frozen=True)
class GradeDecision(SaidBy):
    """What was decided about one question."""

    way: ResolutionWay = "accept"
    with_hold: bool = False  # by a decision on a hold of the one student whom the question is about


@dataclass
class GradeDecisions:
    """Folds the entries of one cycle, oldest first; a later decision goes before an earlier one."""

    cycle: str
    made: dict[Question, GradeDecision] = field(default_factory=dict)
    sign_offs: dict[str, SaidBy] = field(default_factory=dict)  # class → who signed it off first
    complete: SaidBy | None = None  # who first said so for the school

    @classmethod
    def fold(cls, cycle: str, entries: Iterable[Entry], extract_id: str | None = None) -> "GradeDecisions":
        """As `Settlements.fold`."""
        decisions = cls(cycle)
        for entry in entries:
            if entry.cycle == cycle:
                decisions._add(entry, decided_question(entry, extract_id))
        return decisions

    def _add(self, entry: Entry, question: Question | None) -> None:
        said = (entry.actor, entry.on_behalf_of, _day(entry), _words(entry))
        if question is not None:
            with_hold = entry.via == WITH_HOLD
            self.made |= {one: GradeDecision(*said, way, with_hold) for one in [question] for way in _way(entry)}
        elif entry.kind == "grading_complete" and entry.class_id:
            self.sign_offs.setdefault(entry.class_id, SaidBy(*said))
        elif entry.kind == "grading_complete" and self.complete is None:
            self.complete = SaidBy(*said)

    def on(self, question: Question) -> GradeDecision | None:
        """The decision that counts for a question; one on a piece is on each pupil who is asked about alone."""
        found = self.made.get(question)
        if found is None and question.cause == PUPIL:
            found = self.made.get(replace(question, cause=PIECE, person_ref=""))
        return found

    def by_way(self, way: ResolutionWay) -> frozenset[Question]:
        """The questions that were decided so."""
        return frozenset(question for question, decision in self.made.items() if decision.way == way)

    def completed_at(self, classes: Sequence[str]) -> datetime | None:
        """When grading was complete: the school said so, or the last of the classes was signed off; None before."""
        said = [self.complete.at] if self.complete and self.complete.at else []
        signed = [one.at for class_id in classes if (one := self.sign_offs.get(class_id)) and one.at]
        if classes and len(signed) == len(classes):
            said.append(max(signed))
        return min(said, default=None)


@dataclass(frozen=True)
class WarningDecision(SaidBy):
    """Of one student's course in one cycle."""

    way: WarningWay = "added"
    reason: str = IN_WORDS


@dataclass
class WarningDecisions:
    """Of one cycle; of a course the last word counts."""

    made: dict[tuple[PersonRef, str], WarningDecision] = field(default_factory=dict)

    @classmethod
    def fold(cls, cycle: str, entries: Iterable[Entry]) -> "WarningDecisions":
        """Folds the log, oldest entry first; other kinds and cycles are passed over."""
        found = cls()
        for entry in entries:
            if entry.kind != "warning_decided" or entry.cycle != cycle or not (entry.student and entry.class_id):
                continue
            for way in (one for one in WARNING_WAYS if one == entry.cause):
                found.made[PersonRef(entry.student), entry.class_id] = WarningDecision(
                    entry.actor, entry.on_behalf_of, _day(entry), _words(entry), way, entry.reason or IN_WORDS
                )
        return found

    def of(self, student: PersonRef) -> dict[str, WarningWay]:
        """Class → what was decided of it."""
        return {class_id: one.way for (ref, class_id), one in self.made.items() if ref == student}


def grade_entry(kind: EntryKind, cycle: str, question: Question, **more: object) -> Entry:
    """An entry about a question; what it does not name is absent."""
    about = {
        "cause": question.cause, "class_id": question.class_id, "line_item_id": question.line_item_id or None,
        "student": question.person_ref or None, "part_id": question.part_id or None,
    }  # fmt: skip
    return Entry.model_validate({"kind": kind, "cycle": cycle, **about, **more})


def _way(entry: Entry) -> list[ResolutionWay]:
    return [way for way in RESOLUTION_WAYS if way == entry.reason]


def _day(entry: Entry) -> datetime | None:
    return entry.day if isinstance(entry, Logged) else None


def _words(entry: Entry) -> tuple[str, str] | None:
    return (entry.object, entry.digest) if entry.object and entry.digest else None
