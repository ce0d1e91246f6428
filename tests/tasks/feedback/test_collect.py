"""What families post goes into the log once, with a reason where it does not; nobody's word is believed but a key's."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from termpost.schemas.base.errors import RetryableError
from termpost.schemas.base.refs import PersonRef
from termpost.tasks.feedback.clock.thread_clock import due_of
from termpost.tasks.feedback.collect import inbox
from termpost.tasks.feedback.meetings.all_meetings import meetings_of
from termpost.tasks.feedback.queries import key_holder, threads_of
from termpost.tasks.home.notes import read_note
from termpost.tasks.log.log import Log
from termpost.tasks.store.interface import Store

from tests.posted_messages import Family, collect, waiting
from tests.school import FANNIE, FATHER, KYLE, LISA, MOTHER, Prepared, School


@pytest.fixture
def father(school: Prepared) -> Family:
    return Family(school, FATHER)


@pytest.fixture
def mother(school: Prepared) -> Family:
    return Family(school, MOTHER)


def words(school: School, query: str) -> str | None:
    thread = threads_of(school.open())[query]
    assert thread.note
    return read_note(school.open(), key_holder(school.open(), thread, thread.by), thread.note)


def test_a_question_is_in_the_log_with_its_day_and_its_words_apart(school: Prepared, father: Family) -> None:
    query = father.post("question", text="Why is the quiz missing?")
    assert dict(collect(school).counts) == {"query": 1}
    thread = threads_of(school.open())[query]
    assert (thread.student, thread.contact, thread.via) == (school.ref(LISA), school.ref(FATHER), "portal")
    assert (thread.due, thread.has_right, thread.version) == (date(2021, 12, 28), True, 1)
    assert words(school, query) == "Why is the quiz missing?"
    assert waiting(school) == []
    assert "quiz" not in json.dumps([e.model_dump(mode="json") for e in school.entries()])


def test_the_clock_runs_from_when_it_was_posted_within_what_can_be(school: Prepared, father: Family) -> None:
    assert school.as_of
    posted = school.as_of + timedelta(days=10)
    school.later(timedelta(days=20))
    asked = father.post("question", text="a", at=posted)
    ahead = father.post("question", text="b", at=school.as_of + timedelta(days=900))
    before = father.post("question", text="c", at=school.as_of - timedelta(days=900))  # before he had any report
    collect(school)
    threads = threads_of(school.open())
    assert [threads[one].received for one in (asked, ahead, before)] == [
        posted, school.as_of, school.as_of - timedelta(days=20)
    ]  # fmt: skip
    assert [threads[one].due for one in (asked, ahead, before)] == [
        date(2022, 1, 4), date(2022, 1, 13), date(2021, 12, 28)
    ]  # fmt: skip


def test_a_reply_counts_from_when_it_was_posted(school: Prepared, father: Family) -> None:
    query = father.post("question", text="Why?")
    collect(school)
    school.later(timedelta(days=12))
    assert school.as_of
    father.post("reply", text="And now?", query=query, at=school.as_of)
    school.later(timedelta(days=2))
    collect(school)
    home, thread = school.open(), threads_of(school.open())[query]
    assert (thread.due, due_of(thread, home.clocks, home.today)) == (date(2022, 1, 6), date(2022, 1, 6))


def test_a_mark_that_looks_wrong_names_class_and_piece(school: Prepared, father: Family) -> None:
    query = father.post("mark", text="It was handed in.", part=0, course=0, piece="Quiz 3")
    collect(school)
    thread = threads_of(school.open())[query]
    assert (thread.kind, thread.dispute) == ("correction", "asked")
    assert thread.class_id
    assert (words(school, query) or "").endswith("· Quiz 3\nIt was handed in.")


def test_a_rating_and_a_wish_to_meet(school: Prepared, father: Family) -> None:
    rated, met = father.post("rating", rating=2), father.post("meeting")
    assert dict(collect(school).counts) == {"query": 2}
    threads = threads_of(school.open())
    assert (threads[rated].rating, threads[rated].due, threads[rated].note) == (2, None, None)
    assert [one.reason for one in threads[met].meetings] == ["wanted"]


def test_the_wish_for_an_interpreter_is_a_fact_that_meetings_know(school: Prepared, father: Family) -> None:
    wanted, plain = father.post("meeting", interpreter=True), father.post("meeting")
    collect(school)
    found = meetings_of(school.open()).by_query
    assert (found[wanted].wishes, found[plain].wishes) == ({"interpreter"}, set())
    (said,) = [e for e in school.entries("meeting") if e.cause == "interpreter"]
    assert (said.query, said.recipient, said.student) == (wanted, school.ref(FATHER), school.ref(LISA))


def test_a_reply_opens_its_thread_again_with_a_clock_of_its_own(school: Prepared, father: Family) -> None:
    query = father.post("question", text="Why?")
    collect(school)
    school.later(timedelta(days=12))
    father.post("reply", text="And now?", query=query)
    assert dict(collect(school).counts) == {"reply": 1}
    thread = threads_of(school.open())[query]
    assert (len(thread.replies), thread.state, thread.due) == (
        1,
        "open",
        date(2022, 1, 6),
    )  # New Year is observed on Friday


def test_nobody_writes_into_the_thread_of_another_household(school: Prepared, father: Family, mother: Family) -> None:
    query = father.post("question", text="Why?")
    collect(school)
    own = mother.post("reply", text="I want to know too.", query=query, part=0)
    collect(school)
    threads = threads_of(school.open())
    assert threads[query].replies == []
    assert (threads[own].contact, threads[own].kind) == (school.ref(MOTHER), "question")


def test_a_page_of_two_children_says_which_by_its_part(school: Prepared, mother: Family) -> None:
    queries = [mother.post("question", text="?", part=part) for part in (0, 1)]
    neither = mother.post("question", text="?")
    collect(school)
    threads = threads_of(school.open())
    assert {threads[query].student for query in queries} == {school.ref(LISA), school.ref(FANNIE)}
    assert threads[neither].student is None
    assert threads[neither].has_right
    assert words(school, neither) == "?"


def test_the_same_message_twice_is_one_query(school: Prepared, father: Family) -> None:
    posted = father.message("question", text="Why?")
    father.lay(posted)
    father.lay(posted, name="1")
    assert dict(collect(school).counts) == {"query": 1, "known": 1}
    father.lay(posted)
    assert dict(collect(school).counts) == {"known": 1}
    assert len(school.entries("query_received")) == 1
    assert waiting(school) == []


def test_what_the_log_did_not_take_lies_there_still(
    school: Prepared, father: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    father.post("question", text="Why?")
    with monkeypatch.context() as away:
        away.setattr(Log, "append", raising)
        with pytest.raises(RetryableError):
            collect(school)
    assert len(waiting(school)) == 1
    assert dict(collect(school).counts) == {"query": 1}


def raising(*_: object) -> None:
    raise RetryableError("the store is away")


def dropped(school: Prepared) -> list[tuple[str, bool]]:
    return [(one.why, one.is_left) for one in collect(school).dropped]


def test_what_is_dropped_is_named_with_its_reason(school: Prepared, father: Family, mother: Family) -> None:
    put = school.store.put
    put("inbox/messages/a/nonsense.json", b"{")
    put("inbox/messages/b/" + "x" * 8 + ".json", b"y" * 40_000)
    put("inbox/messages/c/stranger.exe", b"{}")
    father.lay(father.message("question", text="x", signed_by=mother.private))
    father.lay(father.message("question", text="  "))
    father.lay(father.message("question", text="x", rating=9))
    father.lay(father.message("slot"))
    father.lay(father.message("cancel", query="q000000000000"))
    before = len(school.entries())
    assert sorted(dropped(school)) == sorted((why, False) for why in (
        "not-a-message", "too-large", "bad-name", "bad-signature", "no-words", "not-a-message", "wrong-place",
        "no-such-meeting",
    ))  # fmt: skip
    assert len(school.entries()) == before
    assert waiting(school) == []


def test_more_than_a_day_takes_stays_until_the_next(school: Prepared, father: Family, mother: Family) -> None:
    with (school.home / "termpost.toml").open("a") as file:
        file.write("\n[feedback]\nmessages_per_day = 3\n")
    for n in range(5):
        father.post("question", text=f"{n}")
    mother.post("question", text="mine", part=0)
    assert dict(collect(school).counts) == {"query": 4, "left": 2}
    assert dict(collect(school).counts) == {"left": 2}
    assert len(waiting(school)) == 2
    school.later(timedelta(days=1))
    assert dict(collect(school).counts) == {"query": 2}
    assert waiting(school) == []


def test_one_page_that_writes_without_end_costs_a_bounded_number_of_reads(
    school: Prepared, father: Family, mother: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "GROUP", 10)
    read = list[str]()
    real = inbox._read

    def reading(store: Store, key: str) -> bytes | str | None:
        read.append(key)
        return real(store, key)

    monkeypatch.setattr(inbox, "_read", reading)
    for _ in range(80):
        father.post("question", text="!")
    mother.post("question", text="mine", part=0)
    counts = collect(school).counts
    assert counts["query"] == 21
    assert len(read) <= 40
    assert len(waiting(school)) == 60


def test_who_has_no_right_is_heard_by_the_office_and_told_nothing(school: Prepared, father: Family) -> None:
    school.extract.change("supplement/contacts.csv", {"contactSourcedId": FATHER}, contactRestrictions="no-contact")
    school.later(timedelta(hours=1))
    school.prepare(school.extract)
    query = father.post("question", text="What is her address?")
    collect(school)
    thread = threads_of(school.open())[query]
    assert not thread.has_right
    assert thread.due is not None
    assert words(school, query) == "What is her address?"


def test_after_the_last_day_for_questions_it_is_taken_and_marked(school: Prepared, father: Family) -> None:
    school.later(timedelta(days=40))
    query = father.post("question", text="Late", part=0)
    collect(school)
    thread = threads_of(school.open())[query]
    assert "out-of-time" in thread.notices
    assert (thread.state, thread.has_right) == ("open", True)


def acknowledge(family: Family, **changed: Any) -> dict[str, int]:
    part = int(changed.pop("part", 0))
    proof = family.proof(part, **changed)
    family.lay(family.message("acknowledgement", part=part, proof=proof))
    return {str(fate): number for fate, number in collect(family.school).counts.items()}


def test_an_acknowledgement_is_of_exactly_that_version_on_that_day(school: Prepared, mother: Family) -> None:
    assert acknowledge(mother, part=1) == {"acknowledged": 1}
    (entry,) = school.entries("acknowledged")
    on_page = [e for e in school.entries("planned") if e.object == f"{mother.place}.html"]
    assert (entry.report, entry.version, entry.student) == (on_page[1].report, 1, on_page[1].student)
    assert (entry.recipient, entry.via, entry.reason) == (school.ref(MOTHER), "portal", "read-2021-12-17")
    assert acknowledge(mother, part=1) == {"known": 1}
    assert len(school.entries("acknowledged")) == 1


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"pdf": "0" * 64}, "bad-proof"),
        ({"signed_by": (7).to_bytes(32)}, "bad-proof"),
        ({"day": "2021-12-01"}, "wrong-day"),
        ({"day": "2022-02-01"}, "wrong-day"),
        ({"day": "2021-13-45"}, "wrong-day"),
    ],
)
def test_what_no_page_said_of_these_bytes_is_no_acknowledgement(
    school: Prepared, father: Family, changed: dict[str, Any], why: str
) -> None:
    father.lay(father.message("acknowledgement", part=0, proof=father.proof(0, **changed)))
    assert dropped(school) == [(why, False)]
    assert school.entries("acknowledged") == []


def test_an_acknowledgement_of_the_other_childs_report_does_not_count_for_this_one(mother: Family) -> None:
    mother.lay(mother.message("acknowledgement", part=0, proof=mother.proof(1)))
    assert dropped(mother.school) == [("bad-proof", False)]  # type: ignore[arg-type]


def test_what_is_hostile_is_kept_as_it_came(school: Prepared, father: Family) -> None:
    text = "<script>alert(1)</script>\x1b[2J\u202eegnahc"
    query = father.post("question", text=text)
    collect(school)
    assert words(school, query) == text


def test_whom_no_page_tells_about_is_not_guessed(school: Prepared, mother: Family) -> None:
    query = mother.post("question", text="?", page="somebody-elses", part=0)
    collect(school)
    thread = threads_of(school.open())[query]
    assert (thread.student, thread.report) == (None, None)
    assert school.ref(KYLE) not in {thread.student, thread.contact}
    assert PersonRef(thread.contact or "") == school.ref(MOTHER)
    assert thread.received <= datetime.now(UTC)
