"""What was decided about grades, and whose grading is complete, from the log alone."""

from datetime import UTC, datetime

import pytest
from termpost.schemas.base.refs import CycleId
from termpost.schemas.log.entry import WITH_HOLD, Entry, Logged
from termpost.schemas.log.grade_decisions import GradeDecisions, grade_entry
from termpost.schemas.log.settlements import PIECE, PUPIL, Question, Settlements, question_of

CYCLE = CycleId("2021-fall-final")
EXAM = Question(PIECE, "algebra", "exam")
ANNA = Question(PUPIL, "algebra", "exam", "p-anna")
EMPTY = Question("empty-category", "algebra", part_id="Lab")


def decided(question: Question, way: str, **more: object) -> Entry:
    return grade_entry("grade_decided", CYCLE, question, actor="afry", reason=way, **more)


def signed(class_id: str | None, hour: int) -> Logged:
    at = datetime(2021, 12, 13, hour, tzinfo=UTC)
    return Logged(kind="grading_complete", actor="afry", cycle=CYCLE, class_id=class_id, seq=hour, at=at, run="r")


@pytest.mark.parametrize("question", [EXAM, ANNA, EMPTY, Question("move-differs", "alg2", "", "p-anna", "alg1")])
def test_an_entry_names_its_question_in_fields(question: Question) -> None:
    assert question_of(decided(question, "accept")) == question


def test_what_is_accepted_is_settled_until_something_else_is_decided() -> None:
    entries = [decided(EXAM, "accept"), decided(EMPTY, "accept"), decided(EXAM, "omit-course")]
    assert Settlements.fold(CYCLE, entries).accepted == {EMPTY}
    assert Settlements.fold(CYCLE, entries).version
    assert Settlements.fold(CYCLE, [decided(EXAM, "grade-to-follow")]).version == ""
    assert Settlements.fold(CycleId("another"), entries) == Settlements()
    assert GradeDecisions.fold(CYCLE, entries).by_way("omit-course") == {EXAM}


def test_who_accepted_a_hold_said_nothing_of_another_extract() -> None:
    with_hold = decided(ANNA, "accept", extract="one", via=WITH_HOLD)
    left_off = decided(ANNA, "omit-course", extract="one", via=WITH_HOLD)
    for entries, elsewhere in (([with_hold], None), ([left_off, with_hold], "omit-course")):
        here, there = (GradeDecisions.fold(CYCLE, entries, extract).on(ANNA) for extract in ("one", "two"))
        assert here is not None
        assert (here.way, here.with_hold, there and there.way) == ("accept", True, elsewhere)
    assert Settlements.fold(CYCLE, [with_hold], "one").accepted == {ANNA}
    assert Settlements.fold(CYCLE, [with_hold], "two").accepted == frozenset()


def test_a_decision_on_a_piece_is_on_each_pupil_who_is_asked_about_alone_later() -> None:
    decisions = GradeDecisions.fold(CYCLE, [decided(EXAM, "grade-to-follow")])
    found = decisions.on(ANNA)
    assert found is not None
    assert found.way == "grade-to-follow"
    assert decisions.on(Question(PUPIL, "algebra", "another", "p-anna")) is None
    assert GradeDecisions.fold(CYCLE, [decided(ANNA, "accept")]).on(EXAM) is None


def test_grading_is_complete_with_the_last_class_or_the_schools_word_whichever_was_first() -> None:
    classes = [signed("algebra", 8), signed("physics", 9), signed("algebra", 11)]
    assert Settlements.fold(CYCLE, classes).signed_off == {"algebra", "physics"}
    for entries, hour in ((classes[:1], None), (classes, 9), ([*classes, signed(None, 12)], 9), ([signed(None, 7)], 7)):
        at = GradeDecisions.fold(CYCLE, entries).completed_at(["algebra", "physics"])
        assert at == (hour and datetime(2021, 12, 13, hour, tzinfo=UTC))
    assert GradeDecisions.fold(CYCLE, classes).completed_at([]) is None
    assert Settlements.fold(CYCLE, [signed(None, 7)]) == Settlements()  # the school's word settles no blank
