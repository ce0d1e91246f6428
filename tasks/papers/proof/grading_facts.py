"""What of a school's grades was asked, decided and signed off, for the proof pack; and who left."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.schemas.documents.identity import TeacherIdentity
from termpost.schemas.log.grade_decisions import GradeDecisions, SaidBy, WarningDecisions
from termpost.tasks.home.home import Home
from termpost.tasks.lake.sql import sql
from termpost.tasks.papers.prepared import PACKAGE, SchoolCycle
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.stage.grade_questions import KINDS, AskedQuestion, asked_in
from termpost.tasks.stage.mark_authority import reason_of
from termpost.tasks.stage.sign_off import graded_classes

TITLES = """SELECT line_item_id, title FROM lake.core_line_item WHERE extract_id = $extract
  UNION ALL SELECT category_id, title FROM lake.core_category WHERE extract_id = $extract
  UNION ALL SELECT session_id, title FROM lake.core_academic_session WHERE extract_id = $extract
  UNION ALL SELECT class_id, title FROM lake.core_class WHERE extract_id = $extract"""


@dataclass(frozen=True)
class SaidFact:
    """Who said something about grades, for whom and why, as people read it."""

    by: str
    teacher: str = ""  # for whom; empty: for themselves
    day: date | None = None
    words: str = ""


@dataclass(frozen=True)
class QuestionFact:
    """One question with its decision."""

    asked: AskedQuestion
    about: str  # title of the piece or part
    said: SaidFact | None

    @property
    def ref(self) -> str:
        return self.asked.question.person_ref

    @property
    def class_id(self) -> str:
        return self.asked.question.class_id


@dataclass(frozen=True)
class SignOffFact:
    """A class that was signed off, or the school's word."""

    class_id: str  # empty: the whole school
    said: SaidFact


@dataclass(frozen=True)
class Leaver:
    """A student who left every class."""

    ref: str
    last_day: date


@dataclass(frozen=True)
class WarnedFact:
    """What a teacher changed on one student's progress notice."""

    ref: str
    class_id: str
    way: str  # added or removed
    reason: str
    said: SaidFact


@dataclass(frozen=True)
class GradingFacts:
    """Of one school."""

    questions: tuple[QuestionFact, ...] = ()
    sign_offs: tuple[SignOffFact, ...] = ()
    leavers: tuple[Leaver, ...] = ()
    warned: tuple[WarnedFact, ...] = ()

    @property
    def open_questions(self) -> int:
        """That nobody decided."""
        return sum(fact.asked.is_open for fact in self.questions)

    @property
    def people(self) -> set[str]:
        """References of the students who are named."""
        named = {fact.ref for fact in self.questions if fact.ref} | {leaver.ref for leaver in self.leavers}
        return named | {fact.ref for fact in self.warned}


def grading_facts(home: Home, lake: duckdb.DuckDBPyConnection, school: SchoolCycle) -> GradingFacts:
    """By the log, and what the school was prepared from."""
    extract_id = ExtractId(school.prepared.extract_id)
    entries = list(home.log.entries(*KINDS))
    decisions = GradeDecisions.fold(school.prepared.cycle, entries, extract_id)
    teachers = open_identities(lake, home.people, extract_id, TeacherIdentity)
    names = {str(ref): teacher.name for ref, teacher in teachers.items()}
    titles = dict(lake.execute(TITLES, {"extract": extract_id}).fetchall())
    asked = [one for one in asked_in(lake, [school.prepared], entries) if one.decision or not one.is_with_hold]
    signed = {name: said for name, said in decisions.sign_offs.items() if name in graded_classes(lake, school.prepared)}
    whole = {"": decisions.complete} if decisions.complete else {}
    return GradingFacts(
        tuple(_question(home, one, titles, names) for one in asked),
        tuple(SignOffFact(name, _said(home, said, names)) for name, said in (whole | signed).items()),
        tuple(Leaver(*row) for row in lake.execute(sql(PACKAGE, "proof_leavers"), school.summaries.key).fetchall()),
        tuple(_warned(home, school, names)),
    )


def _warned(home: Home, school: SchoolCycle, names: Mapping[str, str]) -> Iterator[WarnedFact]:
    """What the notices were made by; the words beside it are those of the last decision."""
    made = WarningDecisions.fold(school.prepared.cycle, home.log.entries("warning_decided")).made
    for one in school.prepared.warned:
        said = made[PersonRef(one.student), one.class_id]
        yield WarnedFact(one.student, one.class_id, one.way, one.reason, _said(home, said, names, one.student))


def _question(
    home: Home, asked: AskedQuestion, titles: Mapping[str, str], names: Mapping[str, str]
) -> QuestionFact:  # fmt: skip
    one = asked.question
    place = one.line_item_id or one.part_id
    said = _said(home, asked.decision, names, one.person_ref) if asked.decision else None
    return QuestionFact(asked, titles.get(place, place), said)


def _said(home: Home, said: SaidBy, names: Mapping[str, str], student: str = "") -> SaidFact:
    day = said.at and said.at.astimezone(home.calendar.zone).date()
    for_whom = names.get(said.on_behalf_of, said.on_behalf_of) if said.on_behalf_of else ""
    return SaidFact(said.by, for_whom, day, reason_of(home, said, student or None))
