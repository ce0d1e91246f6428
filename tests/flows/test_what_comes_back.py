"""What comes back, lived through: one family from the release to the end, at the door, on paper, by phone and by mail.

The clock is the school's, and nothing else is played: portal, Chromium, relay and Dovecot run as a family meets them.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from termpost.tasks.home.slip_numbers import slip_number
from termpost.tasks.lake.connection import hold_lake

from tests.flows import at_the_door
from tests.flows.at_the_door import ANSWERS
from tests.flows.district import Prefect
from tests.flows.living_school import HEADS, MAILS, SPEAKERS, TEACHERS, Living, at, copied, living
from tests.flows.outsiders import Outsiders
from tests.school import FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER
from tests.services.imap_server import ImapService, imap_service
from tests.services.smtp_server import Authority, authority, smtp_service
from tests.tasks.channels.email.mailbox.mails import mail, use_imap

FREE = ("meetings", "available", "--by", "nguyen", "--room", "204")
FRIDAY = at(1, 14, 16, 40)  # the office closed at 16:30; Monday is a holiday, and so is Wednesday in Texas
DUE = date(2022, 1, 26)


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def school(trusted: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with smtp_service(trusted.context()) as relay, living(tmp_path_factory.mktemp("living"), trusted, relay) as found:
        yield found


@pytest.fixture
def office(school: Living, tmp_path: Path) -> Iterator[Living]:
    """The same school on the afternoon of its release, for a test alone; nobody is at a door of it."""
    made = copied(school, tmp_path)
    with hold_lake(made.open().lake):
        yield made


@pytest.fixture(scope="module")
def imap(trusted: Authority) -> Iterator[ImapService]:
    with imap_service(trusted) as running:
        yield running


def is_reminded_of(school: Living, query: str) -> None:
    """Half time and the day before to the teacher, then the head; once each, and never at six in the morning."""
    school.acts("mlopez", "feedback", "assign", query, "--to", "nguyen")
    for when, box in ((at(1, 24), TEACHERS), (at(1, 25), TEACHERS), (at(1, 27), HEADS)):
        before = len(school.mails(box))
        school.runs(when.replace(hour=12))
        assert len(school.mails(box)) == before
        school.runs(when)
        school.runs(when)
        assert len(school.mails(box)) == before + 1
    reasons = [one.reason for one in school.thread(query).noticed]
    assert reasons == ["confirmed", "half-time", "day-before", "overdue"]


def is_answered(school: Living, query: str, contact: str, words: str) -> None:
    """Behind the door at once, with the next run told by mail, and nowhere in clear."""
    before = len(school.mails(MAILS[contact]))
    school.acts("mlopez", "feedback", "answer", query, "--text", words)
    assert school.as_of
    school.runs(school.as_of)
    assert len(school.mails(MAILS[contact])) == before + 1
    (shown,) = (one for one in school.door(contact).queries if one.id == query)
    assert [one.text for one in shown.answers] == [words]


def is_invited(school: Living, contact: str, method: str, day: str) -> tuple[str, int]:
    """UID and sequence of the newest invitation, which says this."""
    assert school.as_of
    school.runs(school.as_of)
    invitation = school.newest_invitation(MAILS[contact])
    (event,) = invitation.all("VEVENT")
    assert (invitation.text("METHOD"), event.of("DTSTART")[1]) == (method, day)
    assert "Woods" not in event.text("SUMMARY")
    return event.text("UID"), int(event.text("SEQUENCE"))


def is_met_moved_and_called_off(school: Living, query: str, contact: str, *, by_family: bool) -> None:
    """From a booked meeting on Thursday at three; the last step is left to whoever is at the door."""
    first = is_invited(school, contact, "REQUEST", "20220203T150000")
    school.types(*FREE, "--on", "2022-02-04", "--at", "15:00", "--until", "16:00")
    school.acts("nguyen", "meetings", "move", query, "--to", "2022-02-04T15:20")
    moved = is_invited(school, contact, "REQUEST", "20220204T152000")
    before = len(school.mails(MAILS[contact]))
    school.runs(at(2, 3))
    assert [one.reason for one in school.thread(query).meetings].count("reminded") == 1  # the day before
    assert len(school.mails(MAILS[contact])) > before
    if by_family:
        school.acts("mlopez", "meetings", "cancel", query, "--for-family")
        ended = is_invited(school, contact, "CANCEL", "20220204T152000")
        assert first[0] == moved[0] == ended[0]
        assert first[1] < moved[1] < ended[1]


@pytest.mark.soak
def test_a_family_lives_through_everything_at_its_door(school: Living, browser: Browser, prefect: Prefect) -> None:
    others, phone = Outsiders(school, browser), school.context(browser)
    school.as_of = at(1, 14, 16)
    tab = school.unlocked(phone, MOTHER)
    at_the_door.acknowledges(school, tab)
    school.as_of = FRIDAY
    query = at_the_door.asks(school, tab, at(1, 14, 16, 45), prefect=True)
    assert (query.kind, query.via, query.student, query.due) == ("question", "portal", school.ref(LISA), DUE)
    assert "January 26, 2022" in school.text(MAILS[MOTHER])
    others.get_nothing(FATHER)  # the agency may see Kyle's report until tonight
    is_reminded_of(school, query.id)
    is_answered(school, query.id, MOTHER, ANSWERS[0])
    others.get_nothing()

    tab = school.unlocked(phone, MOTHER)
    at_the_door.reads_the_answer(tab, query.id, ANSWERS[0])
    dispute = at_the_door.disputes_a_mark(school, tab)
    assert (dispute.kind, dispute.dispute, dispute.version) == ("correction", "asked", 1)
    assert dispute.class_id
    assert dispute.report
    school.extract.change("results.csv", {"sourcedId": "236789293"}, score="95")
    school.as_of = at(1, 28)
    school.prepare(school.extract, correct=[LISA])
    school.release()
    school.acts("mlopez", "feedback", "answer", dispute.id, "--text", ANSWERS[1], "--corrected", dispute.report, 2)
    school.runs(at(1, 28, 11))
    assert school.thread(dispute.id).dispute == "corrected"
    others.get_nothing()

    tab = school.unlocked(phone, MOTHER)
    at_the_door.reads_the_answer(tab, dispute.id, ANSWERS[1])
    meeting = at_the_door.wishes_to_meet(school, tab)
    hers = school.types("feedback", "add", "--student", KYLE, "--from", OTHER, "--kind", "meeting", "--text", "Please")
    school.types(*FREE, "--on", "2022-02-03", "--at", "15:00", "--until", "16:00")
    for one in (meeting, hers["id"]):
        offered = school.acts("nguyen", "feedback", "meet", one, "--with", "nguyen")["offered"]
        assert [time[:16] for time in offered] == ["2022-02-03T15:00", "2022-02-03T15:20", "2022-02-03T15:40"]
    school.runs(at(1, 28, 13))
    tabs = [school.unlocked(phone, contact) for contact in (MOTHER, OTHER)]
    assert at_the_door.picks_a_time(tabs[0], meeting, 0) == 204
    assert at_the_door.picks_a_time(tabs[1], hers["id"], 0) == 409  # it is hers no more
    others.get_nothing()
    is_met_moved_and_called_off(school, meeting, MOTHER, by_family=False)
    tab = school.unlocked(phone, MOTHER)
    at_the_door.gives_the_time_back(tab, meeting)
    assert is_invited(school, MOTHER, "CANCEL", "20220204T152000")[1] >= 2
    rating = at_the_door.rates(school, tab)
    assert (rating.kind, rating.rating, rating.due) == ("rating", 4, None)
    others.insist()
    others.get_nothing()
    school.is_whole()
    school.told_nobody(prefect)


@pytest.mark.soak
def test_on_paper_and_by_phone_it_is_the_same(office: Living) -> None:
    report = next(e.report for e in office.entries("report_made") if e.student == office.ref(KYLE))
    slip = ("--slip", slip_number(office.open(), report or "", 1, office.ref(OTHER)))
    by_phone = ("--student", KYLE, "--from", OTHER, "--via", "phone")
    add = ("feedback", "add", "--kind")
    office.as_of = FRIDAY
    assert office.types(*add, "acknowledgement", *slip)["new"]
    asked = office.types(*add, "question", *slip, "--text", "Where is the sonnet?")
    assert (asked["due"], asked["right"]) == (DUE.isoformat(), True)
    barred = office.types(*add, "question", "--student", LISA, "--from", FATHER, "--via", "phone", "--text", "Where?")
    unknown = office.types(*add, "question", "--student", LISA, "--via", "phone", "--text", "Where?")
    assert (barred["right"], unknown["right"]) == (False, False)
    fathers = len(office.mails(MAILS[FATHER]))
    office.runs(at(1, 14, 16, 45))
    assert "January 26, 2022" in office.text(MAILS[OTHER])
    is_reminded_of(office, asked["id"])
    is_answered(office, asked["id"], OTHER, ANSWERS[0])

    dispute = office.types(*add, "correction", *by_phone, "--text", "It was handed in.")["id"]
    office.acts("mlopez", "feedback", "refuse", dispute, "--text", "It was not.")
    assert office.thread(dispute).dispute == "refused"
    meeting = office.types(*add, "meeting", *by_phone, "--text", "Thursdays suit us.")["id"]
    office.types(*FREE, "--on", "2022-02-03", "--at", "15:00", "--until", "16:00")
    office.acts("nguyen", "feedback", "meet", meeting, "--with", "nguyen")
    office.acts("mlopez", "meetings", "book", meeting, "--slot", 1)
    is_met_moved_and_called_off(office, meeting, OTHER, by_family=True)
    office.types(*add, "rating", *slip, "--rating", 4)
    office.runs(at(2, 4))
    assert (office.newest().rating, office.newest().due) == (4, None)
    assert len(office.mails(MAILS[FATHER])) == fathers
    assert office.door(FATHER).queries == ()
    office.is_whole()


@pytest.mark.soak
def test_by_mail_through_a_real_mailbox_it_is_the_same(office: Living, imap: ImapService) -> None:
    user, day = imap.user(), "Fri, 14 Jan 2022 16:40:00 -0600"
    use_imap(office, user)
    senders = [MAILS[OTHER], MAILS[FATHER], "stranger@example.org"]
    user.put(*(mail(one, message_id=f"<{n}@x>", Date=day) for n, one in enumerate(senders)), came=FRIDAY)
    before = {box: len(found) for box, found in office.relay.boxes.items()}
    office.runs(at(1, 18, 18))  # the mailbox was away until Tuesday evening
    threads = {one.contact: one for one in office.threads()}
    assert set(threads) == {office.ref(OTHER), office.ref(FATHER)}
    mine, his = threads[office.ref(OTHER)], threads[office.ref(FATHER)]
    assert (mine.via, mine.student, mine.due, mine.has_right) == ("email", office.ref(KYLE), DUE, True)
    assert not his.has_right
    is_answered(office, mine.id, OTHER, ANSWERS[0])
    assert {box: len(found) - before[box] for box, found in office.relay.boxes.items() if box in before} == {
        **dict.fromkeys(before, 0), MAILS[OTHER]: 2
    }  # fmt: skip
    assert "stranger@example.org" not in office.relay.boxes
    office.is_whole()


@pytest.mark.parametrize("languages", [("es", "ar"), pytest.param(tuple(SPEAKERS), marks=pytest.mark.soak)])
def test_in_each_language_the_door_opens_and_a_question_arrives(
    school: Living, browser: Browser, languages: tuple[str, ...]
) -> None:
    school.as_of = max(school.as_of or FRIDAY, at(1, 14, 16))
    phone = school.context(browser)
    for language in languages:
        at_the_door.asks_in(school, phone, language, SPEAKERS[language])
    school.types("feedback", "collect")
    asked = {one.contact: one.student for one in school.threads()}
    for language in languages:
        assert asked[school.ref(SPEAKERS[language])] == school.ref(FANNIE)
