"""Who is told what came back: nobody twice, nobody without the right, and whoever was erased is in nobody's way."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import StaffId
from termpost.schemas.documents.feedback.door import DoorContent
from termpost.schemas.documents.plain_notice import PlainMail
from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.query_threads import QueryThread, query_threads
from termpost.tasks.channels.email.plain.reach import NoticeWay
from termpost.tasks.channels.email.plain.send import send_plain
from termpost.tasks.channels.portal.door.locator import door_place, locator_of
from termpost.tasks.channels.portal.door.messages import home_message_key
from termpost.tasks.channels.portal.door.reopen_door import reopen_door
from termpost.tasks.feedback.acknowledging.unacknowledged import ASKED
from termpost.tasks.feedback.answering import languages
from termpost.tasks.feedback.answering.answers import answer
from termpost.tasks.feedback.answering.languages import AboutSomebody
from termpost.tasks.feedback.door.refresh import refresh_doors
from termpost.tasks.feedback.entitled import ask_rights
from termpost.tasks.feedback.meetings.booking import book_offer
from termpost.tasks.feedback.queries import threads_of
from termpost.tasks.feedback.telling import meetings, tell
from termpost.tasks.feedback.telling.tell import tell_everybody
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import code_of

from tests.family_messages import posted
from tests.posted_messages import Family, collect, waiting
from tests.school import FATHER, LISA, MOTHER, Prepared
from tests.tasks.feedback.meetings.meeting_office import TEACHER, MeetingOffice

SAID = "This is about Lisa."


def told(school: Prepared) -> set[tuple[str | None, str | None]]:
    """Who was, or would have been, told what: there is no relay, so each is for a letter."""
    return {(one.recipient, one.cause) for one in school.entries("failed") if one.cycle is None}


def behind(school: Prepared, contact: str) -> DoorContent:
    home = school.open()
    code = code_of(home, school.ref(contact))
    return reopen_door(home.store.get(door_place(locator_of(code))), code).content


def barred(school: Prepared, contact: str) -> None:
    school.extract.change("supplement/contacts.csv", {"contactSourcedId": contact}, contactRestrictions="no-records")
    school.later(timedelta(hours=1))
    school.prepare(school.extract)


def test_who_was_erased_since_keeps_nobody_else_from_being_told(school: Prepared) -> None:
    Family(school, FATHER).post("question", text="Why?", part=0)
    Family(school, MOTHER).post("question", text="And why?", part=0)
    collect(school)
    home, father = school.open(), school.ref(FATHER)
    home.people.delete(father)
    tell_everybody(home, "test")
    assert told(school) == {(school.ref(MOTHER), "confirmed")}


def test_of_who_was_erased_nothing_more_is_taken(school: Prepared) -> None:
    mother = Family(school, MOTHER)
    mother.post("question", text="?")  # about neither child, so that only her own key could hold it
    school.open().people.delete(school.ref(MOTHER))
    (dropped,) = collect(school).dropped
    assert (dropped.why, waiting(school)) == ("unknown-sender", [])


def test_what_is_about_no_child_in_particular_ends_with_the_last_right(school: Prepared) -> None:
    mother = Family(school, MOTHER)
    query = mother.post("question", text="May they both come?")
    collect(school)
    home = school.open()
    answer(home, "test", threads_of(home)[query], StaffId("mlopez"), SAID)
    refresh_doors(home, "test")
    assert [one.text for one in behind(school, MOTHER).queries[0].answers] == [SAID]
    barred(school, MOTHER)
    tell_everybody(school.open(), "test")
    found = behind(school, MOTHER)
    assert (found.reports, found.queries, found.messages) == ((), (), None)
    assert told(school) == set()


def test_who_writes_about_no_child_in_particular_is_asked_for_the_right(school: Prepared) -> None:
    barred(school, MOTHER)
    home = school.open()
    home.log.append("test", [
        Entry(kind="query_received", query=f"q{number}", recipient=school.ref(contact), reason="question", via="email",
              due="2021-12-28")
        for number, contact in enumerate((MOTHER, FATHER))
    ])  # fmt: skip
    assert ask_rights(home, "test") == 1
    assert [one.has_right for one in threads_of(home).values()] == [False, True]
    tell_everybody(home, "test")
    assert told(school) == {(school.ref(FATHER), "confirmed")}


def test_whoever_was_told_costs_no_further_look_at_the_record(
    school: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = {"recipient": school.ref(MOTHER), "student": school.ref(LISA)}
    school.open().log.append("test", [Entry.model_validate(who | {"kind": "query_noticed", "reason": ASKED})])
    asked, real = list[int](), languages.languages_of

    def counted(home: Home, about: Collection[AboutSomebody]) -> dict[AboutSomebody, str]:
        asked.append(len(about))
        return real(home, about)

    monkeypatch.setattr(tell, "languages_of", counted)
    for _ in range(2):
        tell_everybody(school.open(), "test")
    assert asked == [1, 0]


def test_one_message_that_waits_puts_off_no_other_s_note(school: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Family(school, FATHER).post("question", text="Why?", part=0)
    second = Family(school, MOTHER).post("question", text="And why?", part=0)
    collect(school)

    def only_his(home: Home, run: str, mails: Sequence[PlainMail]) -> Counter[str]:
        mine = [one for one in mails if one.to_ref == school.ref(FATHER)]
        return send_plain(home, run, mine) + Counter(later=len(mails) - len(mine))

    with monkeypatch.context() as slow:
        slow.setattr(tell, "send_plain", only_his)
        assert tell_everybody(school.open(), "test")["later"] == 1
    assert [e.query for e in school.entries("query_noticed") if e.reason == "confirmed"] == [first]
    tell_everybody(school.open(), "test")
    assert [e.query for e in school.entries("query_noticed") if e.reason == "confirmed"] == [first, second]


def test_an_invitation_that_cannot_be_written_waits_and_keeps_nobody_else_from_being_told(
    school: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = school.home / "termpost.toml"
    kept = settings.read_text()
    settings.write_text(kept.replace('email = "office@grand-bend.example.org"\n', ""))
    office = MeetingOffice(school)
    office.can_meet()
    query = office.asks()
    office.offers(query)
    book_offer(office.home, "test", query, 1, TEACHER)
    Family(school, FATHER).post("question", text="Why?", part=0)
    collect(school)
    monkeypatch.setattr(meetings, "ways_of", lambda _, refs: {ref: NoticeWay("may-notify", "m@x.org") for ref in refs})
    with pytest.raises(InputError) as refused:
        tell_everybody(school.open(), "test")
    assert refused.value.code == "no-organizer"
    assert (school.ref(FATHER), "confirmed") in told(school)
    assert (school.ref(MOTHER), "meeting") not in told(school)
    settings.write_text(kept)
    tell_everybody(school.open(), "test")
    assert (school.ref(MOTHER), "meeting") in told(school)


def test_the_meeting_book_is_opened_once_a_run(school: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = list[int]()

    def counted(entries: Iterable[Logged]) -> dict[str, QueryThread]:
        opened.append(1)
        return query_threads(entries)

    monkeypatch.setattr("termpost.tasks.feedback.meetings.all_meetings.query_threads", counted)
    tell_everybody(school.open(), "test")
    assert opened == [1]


def test_a_mailbox_that_does_not_open_keeps_no_door_from_following(school: Prepared) -> None:
    with (school.home / "termpost.toml").open("a") as file:
        file.write('\n[feedback]\nmailbox = "mails"\n')
    father = Family(school, FATHER)
    key, said = home_message_key(school.open()).public, {"kind": "question", "text": "Why?"}
    message = posted(father.private, key, father.place, said)
    father.lay(message)
    with pytest.raises(InputError) as refused:
        school.feedback()
    assert refused.value.code == "no-mailbox"
    assert [one.reason for one in school.entries("refused")] == ["no-mailbox"]
    assert told(school) == {(school.ref(FATHER), "confirmed")}
