"""Which decision counts for which hold, from the log alone."""

import pytest
from termpost.schemas.documents.prepared import Hold
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.hold_decisions import HoldDecision, HoldDecisions, ResolutionWay, entries_of

CYCLE, ANNA, BELA = "2021-fall-final", "p-anna", "p-bela"


def held(rule: str, class_id: str | None = "algebra", extract: str = "one", student: str = ANNA) -> Entry:
    return Entry(kind="held", cycle=CYCLE, student=student, class_id=class_id, reason=rule, extract=extract)


def decided(way: ResolutionWay, class_id: str | None = "algebra", extract: str = "one", student: str = ANNA) -> Entry:
    (entry,) = entries_of(CYCLE, student, [class_id], way, "mlopez", extract)
    return entry


def on(entries: list[Entry], rule: str, class_id: str | None = "algebra", extract: str = "one") -> str | None:
    found = HoldDecisions.fold(CYCLE, entries).on(Hold(student=ANNA, class_id=class_id, reason=rule), extract)
    return found.way if found else None


@pytest.mark.parametrize(("way", "again"), [("accept", None), ("omit-course", "omit-course"),
                                            ("grade-to-follow", "grade-to-follow")])  # fmt: skip
def test_an_accept_counts_for_its_extract_and_the_others_wherever_the_hold_comes_again(
    way: ResolutionWay, again: str | None
) -> None:
    entries = [held("enum"), decided(way)]
    assert on(entries, "enum") == way
    assert on(entries, "enum", extract="two") == again
    assert on(entries, "range") is None
    assert on(entries, "enum", class_id="biology") is None
    assert on(entries, "enum", class_id=None) is None


def test_a_decision_is_about_the_rules_that_were_held_when_it_was_made() -> None:
    entries = [held("enum"), decided("omit-course"), held("range")]
    assert (on(entries, "enum"), on(entries, "range")) == ("omit-course", None)
    later = [*entries, held("range", extract="two"), decided("grade-to-follow", extract="two")]
    assert (on(later, "enum", extract="two"), on(later, "range", extract="two")) == ("omit-course", "grade-to-follow")


def test_the_last_decision_counts_and_only_that_of_its_student_and_cycle() -> None:
    entries = [held("enum"), held("enum", student=BELA), decided("accept"), decided("omit-course")]
    assert on(entries, "enum") == "omit-course"
    elsewhere = [entry.model_copy(update={"cycle": "2021-fall-midterm"}) for entry in entries]
    assert on(elsewhere, "enum") is None
    bela = Hold(student=BELA, class_id="algebra", reason="enum")
    assert HoldDecisions.fold(CYCLE, entries).on(bela, "one") is None


def test_it_says_who_decided_and_whether_there_is_anything_to_ask() -> None:
    decisions = HoldDecisions.fold(CYCLE, [held("enum"), decided("accept")])
    hold = Hold(student=ANNA, class_id="algebra", reason="enum")
    assert decisions.on(hold, "one") == HoldDecision("accept", "mlopez", "one")
    assert decisions
    assert not HoldDecisions.fold(CYCLE, [held("enum")])
    assert decisions.knows(hold, "one")
    assert not decisions.knows(hold, "two")


def test_a_course_is_left_off_without_a_hold_until_something_else_is_decided_about_it() -> None:
    off = decided("omit-course")
    assert HoldDecisions.fold(CYCLE, [off]).left_off == {
        (ANNA, "algebra"): HoldDecision("omit-course", "mlopez", "one")
    }
    assert HoldDecisions.fold(CYCLE, [held("enum"), off]).left_off == {}  # that is the hold's
    for later in ([decided("accept")], [held("enum"), decided("grade-to-follow")]):
        assert HoldDecisions.fold(CYCLE, [off, *later]).left_off == {}
    for nothing in (decided("accept"), decided("grade-to-follow"), decided("omit-course", class_id=None)):
        assert HoldDecisions.fold(CYCLE, [nothing]).left_off == {}
