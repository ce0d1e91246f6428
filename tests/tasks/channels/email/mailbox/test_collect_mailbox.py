"""The mailbox: what a known person wrote becomes a query once, the rest is named; nothing is lost, nothing twice."""

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import RetryableError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.query_threads import query_threads
from termpost.tasks.channels.email.mailbox import collect as collect_module
from termpost.tasks.channels.email.mailbox.collect import OF_ONE, LeftMail, collect_mailbox
from termpost.tasks.channels.email.mailbox.folder import MailFolder
from termpost.tasks.channels.email.mailbox.lying_mail import LARGEST_MAIL
from termpost.tasks.channels.email.mailbox.take import take_mail
from termpost.tasks.channels.email.plain.send import send_plain
from termpost.tasks.home.notes import read_note

from tests.school import FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Prepared
from tests.services.smtp_server import SmtpService
from tests.tasks.channels.email.bounces import POSTFIX, TOKEN
from tests.tasks.channels.email.mailbox.mails import QUESTION, lying, mail, put, use_folder
from tests.tasks.channels.email.plain.told_school import MOTHERS, OTHERS, take_in_again
from tests.tasks.channels.email.plain.told_school import told as mail_to


def test_what_a_known_person_wrote_is_a_query_and_its_words_are_sealed(told: Prepared) -> None:
    folder = use_folder(told)
    put(folder, "1.eml", mail(f'"Camille H" <{OTHERS.upper()}>'))
    news = collect_mailbox(told.open(), "test")
    (thread,) = query_threads(told.entries()).values()
    assert (news.taken, news.left) == ([thread.id], [])
    assert (thread.kind, thread.via) == ("question", "email")
    assert (thread.student, thread.contact) == (told.ref(KYLE), told.ref(OTHER))
    assert QUESTION in (read_note(told.open(), told.ref(KYLE), thread.note or "") or "")
    assert lying(folder) == {"": [], "taken": ["1.eml"]}
    everything = b"".join(told.store.get(key) for key in told.store.list("") if key.startswith(("log/", "notes/")))
    assert b"quiz" not in everything
    assert b"example.org>" not in everything


def test_of_several_children_the_notice_that_is_answered_says_which_and_else_the_office(
    told: Prepared, service: SmtpService
) -> None:
    folder = use_folder(told)
    send_plain(told.open(), "test", [mail_to(told, MOTHER, student=PersonRef(told.ref(FANNIE)))])
    (sent,) = told.entries("sent")
    token = service.boxes[MOTHERS][0].partition(b"X-Envelope-Id: ")[2].split()[0].decode()
    put(folder, "1.eml", mail(MOTHERS, message_id="<1@x>", In_Reply_To=f"<{token}@grand-bend.example.org>"))
    put(folder, "2.eml", mail(MOTHERS, message_id="<2@x>"))
    put(folder, "3.eml", mail(OTHERS, message_id="<3@x>", References=f"<{token}@grand-bend.example.org>"))
    collect_mailbox(told.open(), "test")
    found = [(thread.student, thread.contact) for thread in query_threads(told.entries()).values()]
    # what another household answers says nothing about its own children, and never about these
    assert found == [(told.ref(FANNIE), told.ref(MOTHER)), (None, told.ref(MOTHER)), (told.ref(KYLE), told.ref(OTHER))]
    assert sent.student == told.ref(FANNIE)
    unassigned = list(query_threads(told.entries()).values())[1]
    assert QUESTION in (read_note(told.open(), PersonRef(told.ref(MOTHER)), unassigned.note or "") or "")


def test_an_answer_to_a_notice_about_a_query_is_a_reply_in_its_thread_once(
    told: Prepared, service: SmtpService
) -> None:
    folder, query = use_folder(told), "q0123456789ab"
    asked = Entry(kind="query_received", query=query, student=told.ref(FANNIE), recipient=told.ref(MOTHER),
                  reason="question", via="phone")  # fmt: skip
    told.open().log.append("test", [asked])
    send_plain(told.open(), "test", [mail_to(told, MOTHER, query=query, student=PersonRef(told.ref(FANNIE)))])
    token = service.boxes[MOTHERS][0].partition(b"X-Envelope-Id: ")[2].split()[0].decode()
    answers = f"<{token}@grand-bend.example.org>"
    put(folder, "1.eml", mail(MOTHERS, message_id="<1@x>", In_Reply_To=answers))
    put(folder, "2.eml", mail(OTHERS, message_id="<2@x>", In_Reply_To=answers))  # somebody else's, who has the token
    for name in ("1.eml", "again.eml"):
        news = collect_mailbox(told.open(), "test")
        put(folder, "again.eml", mail(MOTHERS, message_id="<1@x>", In_Reply_To=answers))
        assert (len(news.taken), news.known) == ((2, 0) if name == "1.eml" else (0, 1))
    mine, theirs = query_threads(told.entries()).values()
    (reply,) = mine.replies
    assert (mine.id, reply.via, theirs.contact) == (query, "email", told.ref(OTHER))
    assert QUESTION in (read_note(told.open(), told.ref(FANNIE), reply.object or "") or "")
    assert theirs.id != query


def test_the_rest_is_named_for_the_office_and_lies_unread(told: Prepared) -> None:
    folder = use_folder(told)
    mails = {
        "unknown-sender": mail("stranger@example.org", message_id="<a@x>"),
        "no-sender": mail(f"{OTHERS}, {MOTHERS}", message_id="<b@x>"),
        "automatic": mail(OTHERS, message_id="<c@x>", Auto_Submitted="auto-replied"),
        "too-large": mail(OTHERS, "x" * LARGEST_MAIL, message_id="<d@x>"),
        "not-understood": mail(OTHERS, message_id="<e@x>", X_Long="x" * 70_000),
    }
    for why, data in mails.items():
        put(folder, f"{why}.eml", data)
    news = collect_mailbox(told.open(), "test")
    assert news.taken == []
    assert {one.message_id: one.why for one in news.left if one.message_id != "not-understood.eml"} == {
        "a@x": "unknown-sender", "b@x": "no-sender", "c@x": "automatic", "d@x": "too-large"
    }  # fmt: skip
    assert LeftMail("not-understood.eml", "not-understood") in news.left
    assert news.counts() == dict.fromkeys(sorted(mails), 1)
    assert lying(folder) == {"": [], "left": sorted(f"{why}.eml" for why in mails)}
    assert told.entries() == []
    assert collect_mailbox(told.open(), "again").left == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-generated; owner-email=x"}, {"Precedence": "bulk"}, {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"}, {"X_Autorespond": ""}, {"Return_Path": "<>"}, {"List_Id": "<a.b.c>"},
        {"Content_Type": 'message/disposition-notification'}, {"X_Envelope_Id": "m" + "0" * 32},
    ],
)  # fmt: skip
def test_an_answer_by_itself_makes_no_query(told: Prepared, headers: dict[str, str]) -> None:
    folder = use_folder(told)
    data = mail(OTHERS, **headers) if all(headers.values()) else b"X-Autorespond:\r\n" + mail(OTHERS)
    put(folder, "1.eml", data)
    put(folder, "2.eml", mail(OTHERS, message_id="<2@x>", Auto_Submitted="no"))
    news = collect_mailbox(told.open(), "test")
    assert (news.counts(), len(news.taken)) == ({"automatic": 1}, 1)


@pytest.mark.parametrize("system", ["mailer-daemon", "no-reply"])
def test_a_system_of_a_family_s_own_domain_is_nobody(told: Prepared, system: str) -> None:
    told.extract.change("users.csv", {"sourcedId": OTHER}, email=f"{system}@families.example.org")
    take_in_again(told)
    put(use_folder(told), "1.eml", mail(f"{system}@families.example.org"))
    assert collect_mailbox(told.open(), "test").counts() == {"automatic": 1}


RELAYED = "from mx.family.example by mail.school.example with ESMTPS; Fri, 10 Dec 2021 16:40:00 -0600"
FORGED = "by mail.school.example; Mon, 1 Nov 2021 08:00:00 +0000"


@pytest.mark.parametrize(
    ("received", "came"),
    [
        ([RELAYED, FORGED], (10, 22, 40)),  # what stands below the school's own line anybody can write
        ([], (13, 9, 0)),  # else when the file was written
        (["by mail.school.example; Thu, 16 Dec 2021 08:00:00 +0000"], (13, 9, 0)),  # no later than that
        (["by mail.school.example; the 99th of May", FORGED], (13, 9, 0)),
        (["by mail.school.example; Fri, 31 Dec 99999999999 08:00:00 +0000"], (13, 9, 0)),
        (["by mail.school.example; Fri, 10 Dec 2021 22:40:00 -0000"], (10, 22, 40)),
    ],
)
def test_a_mail_in_the_folder_came_when_the_schools_own_server_took_it_in(
    told: Prepared, received: list[str], came: tuple[int, int, int]
) -> None:
    folder, day = use_folder(told), datetime(2021, 12, 13, 9, tzinfo=UTC)
    head = "".join(f"Received: {one}\r\n" for one in received).encode()
    put(folder, "1.eml", head + mail(OTHERS, Date="Mon, 1 Nov 2021 08:00:00 +0000"))
    os.utime(folder / "1.eml", (day.timestamp(),) * 2)
    collect_mailbox(told.open(), "test")
    (thread,) = query_threads(told.entries()).values()
    assert thread.received == datetime(2021, 12, *came, tzinfo=UTC)


def test_a_replay_is_known_and_another_s_message_id_stops_nobody(told: Prepared) -> None:
    folder = use_folder(told)
    put(folder, "1.eml", mail(OTHERS))
    put(folder, "2.eml", mail(OTHERS, "the same id, other words"))
    put(folder, "3.eml", mail(MOTHERS, "somebody else with that id"))
    news = collect_mailbox(told.open(), "test")
    assert (len(news.taken), news.known) == (2, 1)
    put(folder, "1.eml", mail(OTHERS))  # forwarded to the same mailbox once more
    again = collect_mailbox(told.open(), "again")
    assert (again.taken, again.known) == ([], 1)
    assert len(told.entries("query_received")) == 2
    assert lying(folder)["taken"] == ["1-1.eml", "1.eml", "2.eml", "3.eml"]


def test_a_mailbox_that_several_records_share_is_for_the_office_unless_a_notice_says_whose(
    told: Prepared, service: SmtpService
) -> None:
    told.extract.change("users.csv", {"sourcedId": FATHER}, email=MOTHERS)
    take_in_again(told)
    folder = use_folder(told)
    put(folder, "1.eml", mail(MOTHERS))
    assert collect_mailbox(told.open(), "test").counts() == {"shared-mailbox": 1}
    send_plain(told.open(), "test", [mail_to(told, FATHER)])
    token = service.boxes[MOTHERS][0].partition(b"X-Envelope-Id: ")[2].split()[0].decode()
    put(folder, "2.eml", mail(MOTHERS, message_id="<2@x>", In_Reply_To=f"<{token}@grand-bend.example.org>"))
    collect_mailbox(told.open(), "test")
    (thread,) = query_threads(told.entries()).values()
    assert (thread.contact, thread.student) == (told.ref(FATHER), told.ref(LISA))


def test_one_sender_does_not_fill_the_log(told: Prepared) -> None:
    folder = use_folder(told)
    for number in range(OF_ONE + 5):
        put(folder, f"{number:03}.eml", mail(OTHERS, message_id=f"<{number}@x>"))
    put(folder, "999.eml", mail(MOTHERS))
    news = collect_mailbox(told.open(), "test")
    assert (len(news.taken), news.counts()) == (OF_ONE + 1, {"too-many": 5})


def test_a_bounce_is_news_of_what_was_sent_and_no_query(told: Prepared, service: SmtpService) -> None:
    folder = use_folder(told)
    send_plain(told.open(), "test", [mail_to(told, OTHER)])
    token = service.boxes[OTHERS][0].partition(b"X-Envelope-Id: ")[2].split()[0].decode()
    bounce = POSTFIX.replace("{ENVELOPE}", "").replace("{ACTION}", "failed").replace("{STATUS}", "5.1.1")
    for name, about in (("1.eml", token), ("2.eml", TOKEN)):  # the second is of nothing that we sent
        headers = f"Message-ID: <{about}@grand-bend.example.org>\nX-Envelope-Id: {about}\n"
        put(folder, name, bounce.replace("{HEADERS}", headers).replace(TOKEN, about).encode())
    news = collect_mailbox(told.open(), "test")
    assert (news.reports, news.changed, news.counts()) == (1, 1, {"report-not-ours": 1})
    (failed,) = told.entries("failed")
    assert failed.reason == "bounce-5.1.1"
    assert told.entries("query_received") == []


def test_whoever_calls_completes_what_the_log_gets(told: Prepared) -> None:
    def complete(entry: Entry) -> Sequence[Entry]:
        noticed = Entry(kind="query_noticed", query=entry.query, student=entry.student, reason="no-right")
        return (entry.model_copy(update={"due": "2021-12-24"}), noticed)

    put(use_folder(told), "1.eml", mail(OTHERS))
    collect_mailbox(told.open(), "test", complete)
    (thread,) = query_threads(told.entries()).values()
    assert (str(thread.due), thread.has_right) == ("2021-12-24", False)


def test_of_a_student_who_was_erased_nothing_is_kept_and_the_office_assigns_it(told: Prepared) -> None:
    put(use_folder(told), "1.eml", mail(OTHERS))
    told.open().people.delete(told.ref(KYLE))
    assert len(collect_mailbox(told.open(), "test").taken) == 1
    (thread,) = query_threads(told.entries()).values()
    assert (thread.student, thread.contact) == (None, told.ref(OTHER))


class Killed(BaseException):
    """As when the machine dies: nothing in the code may catch it."""


@pytest.mark.parametrize("point", ["note", "log", "mark"])
def test_killed_anywhere_a_mail_is_taken_once_and_never_lost(told: Prepared, point: str) -> None:
    folder = use_folder(told)
    for number in range(3):
        put(folder, f"{number}.eml", mail(OTHERS, message_id=f"<{number}@x>"))

    def die(*_: object, **__: object) -> None:
        raise Killed

    home = told.open()
    where: dict[str, AbstractContextManager[Any]] = {
        "note": patch.object(collect_module, "take_mail", _dies_after(2)),
        "log": patch.object(home.log, "append", die),
        "mark": patch.object(MailFolder, "mark", die),
    }
    with where[point], pytest.raises(Killed):
        collect_mailbox(home, "killed")
    news = collect_mailbox(told.open(), "after")
    assert len(news.taken) + news.known == 3
    threads = query_threads(told.entries())
    assert len(threads) == len(told.entries("query_received")) == 3
    assert all(QUESTION in (read_note(told.open(), told.ref(KYLE), t.note or "") or "") for t in threads.values())
    assert len(list(told.store.list("notes/"))) == 3
    assert lying(folder) == {"": [], "taken": ["0.eml", "1.eml", "2.eml"]}


def _dies_after(count: int) -> Callable[..., Entry]:
    """As `take_mail`, until so many notes lie there of which the log knows nothing."""
    kept = []

    def take(*given: Any) -> Entry:
        kept.append(take_mail(*given))
        if len(kept) == count:
            raise Killed
        return kept[-1]

    return take


def test_a_mailbox_that_is_away_is_said_in_a_line_and_what_was_read_counts(told: Prepared) -> None:
    folder = use_folder(told)
    for number in range(12):
        put(folder, f"{number:02}.eml", mail(OTHERS, message_id=f"<{number}@x>"))
    whole, real = 0, MailFolder.mark

    def mark(self: MailFolder, names: Sequence[str], *, taken: bool) -> None:
        nonlocal whole
        whole += 1
        if whole > 2:
            raise RetryableError("the mailbox does not answer as it should (timeout)")
        real(self, names, taken=taken)

    with patch.object(MailFolder, "mark", mark):
        news = collect_mailbox(told.open(), "test")
    assert news.away.startswith("the mailbox does not answer")
    again = collect_mailbox(told.open(), "again")
    assert (len(news.taken), len(again.taken), again.known) == (12, 0, 2)
    assert again.away == ""


def test_without_a_mailbox_nothing_is_read(told: Prepared) -> None:
    assert collect_mailbox(told.open(), "test").taken == []
