"""A right that ends between a question and its answer, between an offer and the meeting: from then on they get nothing,
and what they asked is the office's."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from termpost.schemas.base.refs import StaffId
from termpost.schemas.documents.feedback.door import DoorContent
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.rights_decision import RightsDecision
from termpost.tasks.channels.portal.door.locator import door_place, locator_of
from termpost.tasks.channels.portal.door.reopen_door import reopen_door
from termpost.tasks.feedback.answering.answers import answer
from termpost.tasks.feedback.answering.assign import assign_queries
from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.feedback.entitled import ask_rights
from termpost.tasks.feedback.queries import threads_of
from termpost.tasks.feedback.telling.tell import tell_everybody
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.rights.rights_decisions import keep_rights_decision

from tests.posted_messages import Family, collect
from tests.school import FANNIE, FATHER, LISA, MOTHER, Prepared
from tests.tasks.gradebook import Rooms

pytestmark = pytest.mark.released
SAID = "She was moved to the other group."
EIGHTEEN = datetime(2026, 9, 13, 12, tzinfo=UTC)  # on Lisa's birthday


def behind(school: Prepared, contact: str) -> DoorContent:
    home = school.open()
    refresh_doors(home, "test")
    code = code_of(home, school.ref(contact))
    return reopen_door(home.store.get(door_place(locator_of(code))), code).content


def told(school: Prepared) -> set[tuple[str | None, str | None]]:
    """Who was, or would have been, told what: there is no relay, so each is for a letter."""
    tell_everybody(school.open(), "test")
    return {(one.recipient, one.cause) for one in school.entries("failed") if one.cycle is None}


def decided(school: Prepared, contact: str, student: str = LISA) -> None:
    """The office has an order, and says so."""
    decision = RightsDecision(
        finding="no-records", basis="court-order", document="C-17", by="mlopez", dated=date(2021, 1, 4)
    )
    keep_rights_decision(school.open(), "test", school.ref(student), school.ref(contact), decision)


def in_the_record(school: Prepared, contact: str, **cells: str) -> None:
    school.extract.change("supplement/contacts.csv", {"studentSourcedId": LISA, "contactSourcedId": contact}, **cells)
    school.later(timedelta(hours=1))
    Rooms(school.open()).take_in(school.extract.folder)


def of_age(school: Prepared, _: str) -> None:
    assert school.as_of
    school.later(EIGHTEEN - school.as_of)


ENDS: dict[str, Callable[[Prepared, str], None]] = {
    "by an order": decided,
    "by the record": lambda school, contact: in_the_record(school, contact, contactRestrictions="no-contact"),
    "by a birthday": of_age,
    "by the end of an agreement": lambda school, contact: in_the_record(
        school, contact, relation="Agency", legalGuardian="false", agreementUntil="2021-12-16"
    ),
}
SOAKED = ("by the record", "by the end of an agreement")  # each takes another extract in


@pytest.mark.parametrize(
    "how", ["by an order", "by a birthday", *(pytest.param(one, marks=pytest.mark.soak) for one in SOAKED)]
)
def test_an_open_question_is_the_offices_from_then_on_and_its_answer_goes_nowhere(school: Prepared, how: str) -> None:
    school.register("nguyen", "teacher")
    father = Family(school, FATHER)
    query = father.post("question", text="Which group?", part=0)
    collect(school)
    home = school.open()
    home.log.append("test", [Entry(kind="query_changed", query=query, student=school.ref(LISA), reason="assigned",
                                   subject="nguyen")])  # fmt: skip
    assert (ask_rights(home, "test"), threads_of(home)[query].assigned_to) == (0, "nguyen")
    ENDS[how](school, FATHER)
    home = school.open()
    assert ask_rights(home, "test") == 1
    assign_queries(home, "test")
    thread = threads_of(home)[query]
    assert (thread.has_right, thread.assigned_to, thread.state) == (False, None, "open")
    assert thread.due is not None  # it may be a request for access, which is answered in writing
    answer(home, "test", thread, StaffId("mlopez"), SAID)
    assert behind(school, FATHER).queries == ()
    assert told(school) == set()


def test_an_answer_that_was_given_is_not_told_and_not_shown_once_the_right_ended(school: Prepared) -> None:
    query = Family(school, FATHER).post("question", text="Which group?", part=0)
    collect(school)
    home = school.open()
    answer(home, "test", threads_of(home)[query], StaffId("mlopez"), SAID)
    assert [one.text for one in behind(school, FATHER).queries[0].answers] == [SAID]
    decided(school, FATHER)
    found = behind(school, FATHER)
    assert (found.reports, found.queries, found.messages) == ((), (), None)
    assert told(school) == set()


def test_who_replies_after_the_right_ended_is_heard_by_the_office_and_by_no_teacher(school: Prepared) -> None:
    school.register("nguyen", "teacher")
    father = Family(school, FATHER)
    query = father.post("question", text="Which group?", part=0)
    collect(school)
    home = school.open()
    home.log.append("test", [Entry(kind="query_changed", query=query, student=school.ref(LISA), reason="assigned",
                                   subject="nguyen")])  # fmt: skip
    answer(home, "test", threads_of(home)[query], StaffId("nguyen"), SAID)
    decided(school, FATHER)
    father.post("reply", text="And when does she leave school?", query=query)
    collect(school)
    home = school.open()
    assert ask_rights(home, "test") == 1
    assign_queries(home, "test")
    thread = threads_of(home)[query]
    assert (len(thread.replies), thread.state, thread.assigned_to) == (1, "open", None)


def test_whose_right_to_one_of_two_children_ended_reads_nothing_that_may_be_about_that_child(school: Prepared) -> None:
    mother = Family(school, MOTHER)
    either, hers = mother.post("question", text="Which group?"), mother.post("question", text="?", part=0)
    collect(school)
    home = school.open()
    for query in (either, hers):
        answer(home, "test", threads_of(home)[query], StaffId("mlopez"), SAID)
    (about,) = {threads_of(home)[hers].student}
    other, sibling = (FANNIE, LISA) if about == school.ref(LISA) else (LISA, FANNIE)
    assert {one.id for one in behind(school, MOTHER).queries} == {either, hers}
    decided(school, MOTHER, other)
    found = behind(school, MOTHER)
    assert [one.id for one in found.queries] == [hers]
    assert len(found.reports) == 1
    assert told(school) == {(school.ref(MOTHER), "answer")}
    again = mother.post("question", text="Which group is it?")
    collect(school)
    assert not threads_of(school.open())[again].has_right
    assert school.ref(sibling) == about


def test_a_withdrawn_report_keeps_nobody_from_the_answer_to_what_they_asked_of_it(school: Prepared) -> None:
    query = Family(school, FATHER).post("mark", text="It was handed in.", part=0, course=0, piece="Quiz")
    collect(school)
    home = school.open()
    about = next(one for one in school.entries("delivered") if one.recipient == school.ref(FATHER))
    home.log.append("test", [about.fact.model_copy(update={"kind": "withdrawn", "reason": "wrong-mark"})])
    assert ask_rights(home, "test") == 0
    answer(home, "test", threads_of(home)[query], StaffId("mlopez"), SAID)
    assert told(school) == {(school.ref(FATHER), "answer")}
