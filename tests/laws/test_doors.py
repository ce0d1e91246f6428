"""A household's door says what is live for this person today, and nothing of anybody else (laws 4, 6, 8 and 13)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import Refused
from termpost.schemas.documents.feedback.door import DoorContent, DoorReport
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.query_threads import TO_APPROVE
from termpost.tasks.channels.portal.door.messages import owners_of_doors
from termpost.tasks.channels.portal.door.reopen_door import reopen_door
from termpost.tasks.channels.portal.void_code import void_code
from termpost.tasks.feedback.door import refresh as refreshing
from termpost.tasks.feedback.door.content import content_of
from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.feedback.queries import NewQuery, receive
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import keep_note
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.records.erase import erase_person

from tests.family_messages import hkdf
from tests.laws.test_taken_back import assert_log_holds, dying_before_put
from tests.school import FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Prepared

pytestmark = pytest.mark.released


def door_key(home: Home, recipient: str) -> str:
    """Where it lies, by the format alone."""
    secret = code_of(home, recipient).replace("-", "").encode()
    return f"door/{hkdf(secret, bytes(32), b'termpost.door/1 locator', 16).hex()}.json"


def door_of(school: Prepared, contact: str) -> DoorContent:
    home, ref = school.open(), school.ref(contact)
    return reopen_door(home.store.get(door_key(home, ref)), code_of(home, ref)).content


def ask(school: Prepared, student: str, contact: str, text: str) -> str:
    """By phone."""
    home = school.open()
    new = NewQuery("question", "phone", text, home.clock.today(), school.ref(student), school.ref(contact))
    query, entries = receive(home, new)
    home.log.append("test", entries)
    return query


def test_its_own_replies_stand_in_the_thread_and_no_other_s(school: Prepared) -> None:
    query, home = ask(school, LISA, FATHER, "Why?"), school.open()
    for number, contact in enumerate((FATHER, MOTHER)):  # hers cannot be there; were it, it is not shown
        key = f"notes/{query}/reply-{number}.sealed"
        digest = keep_note(home, school.ref(LISA), key, f"And now? {number}")
        home.log.append("test", [Entry(kind="query_noticed", query=query, student=school.ref(LISA), reason="replied",
                                       recipient=school.ref(contact), via="portal", object=key, digest=digest,
                                       since="2021-12-17T15:00:00+00:00")])  # fmt: skip
    refresh_doors(home, "test")
    (shown,) = door_of(school, FATHER).queries
    assert [(one.text, one.at.isoformat()) for one in shown.replies] == [("And now? 0", "2021-12-17T15:00:00+00:00")]
    assert door_of(school, MOTHER).queries == ()


def children(school: Prepared, contact: str) -> list[str]:
    return sorted(one.student for one in door_of(school, contact).reports)


def test_each_finds_their_own_children_behind_their_own_code(school: Prepared) -> None:
    home = school.open()
    assert children(school, FATHER) == ["Lisa Sybil Woods"]
    assert len(children(school, MOTHER)) == 2
    assert len(children(school, OTHER)) == 1
    assert set(children(school, OTHER)).isdisjoint(children(school, MOTHER))
    for contact in (MOTHER, FATHER, OTHER):
        content = door_of(school, contact)
        assert content.messages
        assert content.messages.to == "https://portal.grand-bend.example/messages"
        for one in content.reports:
            assert home.store.head(f"sealed/{school.ref(contact)}/{one.page}.html")
    keys = list(home.store.list("door/"))
    assert owners_of_doors(home.log.entries()).keys() == set(keys)
    assert refresh_doors(home, "again") == 0
    assert_log_holds(school)


def test_an_answer_is_behind_the_door_of_who_asked_and_of_nobody_else(school: Prepared) -> None:
    home = school.open()
    query, entries = receive(
        home,
        NewQuery(
            "question", "phone", "Why is the quiz missing?", home.clock.today(), school.ref(LISA), school.ref(MOTHER)
        ),
    )
    home.log.append("test", entries)
    assert refresh_doors(home, "run") == 1
    (asked,) = door_of(school, MOTHER).queries
    assert (asked.id, asked.text, asked.step, asked.answers) == (query, "Why is the quiz missing?", "open", ())
    key = f"notes/{query}/answer.sealed"
    digest = keep_note(home, school.ref(LISA), key, "It was marked on Friday.")
    home.log.append("test", [Entry(kind="query_answered", actor="mlopez", student=school.ref(LISA), query=query,
                                   object=key, digest=digest)])  # fmt: skip
    assert refresh_doors(home, "run", [school.ref(FATHER)]) == 0
    assert refresh_doors(home, "run", [school.ref(MOTHER), school.ref(FATHER)]) == 1
    (asked,) = door_of(school, MOTHER).queries
    assert (asked.step, [(one.by, one.text) for one in asked.answers]) == (
        "answered", [("Maria Lopez, registrar", "It was marked on Friday.")])  # fmt: skip
    assert door_of(school, FATHER).queries == ()


def test_an_answer_that_a_second_person_must_see_first_waits(school: Prepared) -> None:
    settings = school.home / "termpost.toml"
    settings.write_text(settings.read_text() + "\n[feedback]\nsecond_eyes = true\n")
    home = school.open()
    query = ask(school, LISA, MOTHER, "Why?")
    key = f"notes/{query}/answer.sealed"
    digest = keep_note(home, school.ref(LISA), key, "So.")
    said = Entry(kind="query_answered", actor="mlopez", query=query, object=key, digest=digest, reason=TO_APPROVE)
    yes = Entry(kind="query_changed", actor="jkim", query=query, reason="approved", object=key)
    home.log.append("test", [said])
    refresh_doors(home, "run")
    assert door_of(school, MOTHER).queries[0].answers == ()
    home.log.append("test", [yes])
    refresh_doors(home, "run")
    assert [one.text for one in door_of(school, MOTHER).queries[0].answers] == ["So."]


def test_whose_right_has_ended_finds_whom_to_call_and_nothing_else(school: Prepared) -> None:
    home = school.open()
    _, entries = receive(
        home, NewQuery("question", "phone", "Why?", home.clock.today(), school.ref(LISA), school.ref(FATHER))
    )
    home.log.append("test", entries)
    refresh_doors(home, "run")
    assert len(door_of(school, FATHER).queries) == 1
    school.extract.change("supplement/contacts.csv", {"contactSourcedId": FATHER}, contactRestrictions="no-records")
    school.prepare(school.extract)
    content = door_of(school, FATHER)
    assert (content.reports, content.queries, content.messages) == ((), (), None)
    assert content.school.name
    assert len(children(school, MOTHER)) == 2
    school.extract.change("supplement/contacts.csv", {"contactSourcedId": FATHER}, contactRestrictions="")
    school.prepare(school.extract)
    school.feedback()
    again = door_of(school, FATHER)
    assert (len(again.queries), again.reports) == (1, ())  # until a release shows it to him again
    assert_log_holds(school)


def test_a_revoked_code_finds_nothing_and_the_next_one_finds_all(school: Prepared) -> None:
    home, ref = school.open(), school.ref(MOTHER)
    old, code = door_key(home, ref), code_of(home, ref)
    before = door_of(school, MOTHER)
    void_code(home, "revoke", "operator", ref)
    assert refresh_doors(home, "revoke") == 2
    assert home.store.head(old) is None
    assert door_key(home, ref) != old
    assert code_of(home, ref) != code
    after = door_of(school, MOTHER)
    assert after.messages != before.messages  # a key of its own
    assert [one.page for one in after.reports] == [one.page for one in before.reports]
    assert refresh_doors(home, "revoke") == 0
    assert_log_holds(school)


def test_an_erased_person_has_no_door(school: Prepared) -> None:
    home, ref = school.open(), school.ref(OTHER)
    key = door_key(home, ref)
    erase_person(home, ref)
    assert refresh_doors(school.open(), "run") == 1
    assert home.store.head(key) is None
    assert refresh_doors(school.open(), "run") == 0


def test_killed_between_log_and_door_the_next_run_finishes(school: Prepared) -> None:
    home = school.open()
    _, entries = receive(
        home, NewQuery("question", "phone", "Why?", home.clock.today(), school.ref(LISA), school.ref(MOTHER))
    )
    home.log.append("test", entries)
    count = len(school.entries("sealed"))
    with dying_before_put("door/"):
        refresh_doors(home, "run")
    assert len(school.entries("sealed")) == count + 1  # the log knew first
    assert door_of(school, MOTHER).queries == ()
    assert refresh_doors(school.open(), "run") == 1
    assert len(school.entries("sealed")) == count + 1
    assert len(door_of(school, MOTHER).queries) == 1
    assert_log_holds(school)


@contextmanager
def faulty(change: dict[str, Any]) -> Iterator[None]:
    """Doors that hold what they should not."""

    def wrong(*given: Any) -> DoorContent:
        return content_of(*given).model_copy(update=change)

    with patch.object(refreshing, "content_of", wrong):
        yield


def test_a_door_with_somebody_elses_report_or_question_is_not_put(school: Prepared) -> None:
    home = school.open()
    theirs = door_of(school, OTHER).reports
    _, entries = receive(
        home, NewQuery("question", "phone", "Why?", home.clock.today(), school.ref(KYLE), school.ref(OTHER))
    )
    home.log.append("test", entries)
    refresh_doors(home, "run")
    asked = door_of(school, OTHER).queries
    wish = door_of(school, FATHER).messages
    assert wish
    for change, code in (
        ({"reports": theirs}, "foreign-report"), ({"queries": asked}, "foreign-query"),
        ({"messages": wish.model_copy(update={"to": "https://elsewhere.example/messages"})}, "wrong-messages"),
        ({"recipient": str(school.ref(OTHER))}, "wrong-door"),
    ):  # fmt: skip
        before = home.store.get(door_key(home, school.ref(FATHER)))
        with faulty(change), pytest.raises(Refused) as caught:
            refresh_doors(home, "run", [school.ref(FATHER)])
        assert caught.value.code == code
        assert home.store.get(door_key(home, school.ref(FATHER))) == before


def test_a_report_named_in_anothers_place_is_not_put(school: Prepared) -> None:
    """The second child's report where the first one's stands, on a page with both, is still theirs; a place that is
    not there is nobody's."""
    reports = door_of(school, MOTHER).reports
    beyond = tuple(DoorReport.model_validate(one.model_dump() | {"part": 7}) for one in reports)
    with faulty({"reports": beyond}), pytest.raises(Refused):
        refresh_doors(school.open(), "run", [school.ref(MOTHER)])


@pytest.mark.soak
def test_a_correction_and_a_withdrawal_show_behind_the_door(school: Prepared) -> None:
    assert len(door_of(school, FATHER).reports) == 1
    (page,) = [one.page for one in door_of(school, FATHER).reports]
    school.later(timedelta(days=1))
    school.extract.change("supplement/attendance.csv", {"studentSourcedId": LISA}, studentSourcedId=FANNIE)
    school.prepare(school.extract, correct=[LISA])
    school.release()
    (now,) = door_of(school, FATHER).reports
    assert now.page != page
    assert now.is_latest
    assert_log_holds(school)


def test_without_a_portal_nobody_has_a_door(school: Prepared) -> None:
    settings = school.home / "termpost.toml"
    text = settings.read_text().replace('order = ["portal", "print"]', 'order = ["print"]')
    settings.write_text(text.replace('[channels.portal]\nbase_url = "https://portal.grand-bend.example"', ""))
    assert refresh_doors(school.open(), "run") == 0


def test_in_clear_a_door_says_the_format_and_a_key(school: Prepared) -> None:
    home = school.open()
    for key in home.store.list("door/"):
        raw = home.store.raw.get(key)
        assert raw.startswith(b'{"format":"termpost.door/1","key":"')
        assert b"Lisa" not in raw
