"""Mails in somebody else's name, mails that answer by themselves, and servers that cannot give one: bounded, never
lost, and nobody is written to for ever."""

import imaplib
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import RetryableError
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.log.query_threads import query_threads
from termpost.tasks.channels.email.mailbox.collect import collect_mailbox
from termpost.tasks.channels.email.mailbox.folder import MailFolder
from termpost.tasks.channels.email.mailbox.imap import BoundedImap
from termpost.tasks.channels.email.mailbox.lying_mail import LyingMail
from termpost.tasks.channels.email.mailbox.mail_head import read_head
from termpost.tasks.channels.email.plain.send import send_plain
from termpost.tasks.feedback.answering.answers import answer, close
from termpost.tasks.feedback.collect.mailbox import dated
from termpost.tasks.feedback.queries import threads_of
from termpost.tasks.feedback.telling.tell import tell_everybody

from tests.school import FATHER, KYLE, MOTHER, OTHER, Prepared
from tests.services.imap_server import ImapService
from tests.services.smtp_server import SmtpService
from tests.tasks.channels.email.mailbox.mails import lying, mail, put, use_folder, use_imap
from tests.tasks.channels.email.plain.told_school import MOTHERS, OTHERS, take_in_again
from tests.tasks.channels.email.plain.told_school import told as mail_to

QUARTER = timedelta(minutes=15)


def collected(school: Prepared) -> int:
    home = school.open()
    return len(collect_mailbox(home, "test", dated(home)).taken)


def test_a_mailbox_that_answers_by_itself_and_does_not_say_so_is_written_to_once(
    told: Prepared, service: SmtpService
) -> None:
    """Each of our notices is answered with a mail like a person's, that names nothing it answers."""
    folder = use_folder(told)
    put(folder, "0.eml", mail(OTHERS, "I am away.", message_id="<0@x>"))
    for turn in range(1, 6):
        before = service.received
        assert collected(told) <= 1
        tell_everybody(told.open(), "test")
        if service.received > before:
            put(folder, f"{turn}.eml", mail(OTHERS, "I am away.", message_id=f"<{turn}@x>"))
        told.later(QUARTER)
    assert {box: len(found) for box, found in service.boxes.items()} == {OTHERS: 1}
    assert len(threads_of(told.open())) == 2
    told.later(timedelta(days=2))
    put(folder, "9.eml", mail(OTHERS, message_id="<9@x>"))
    collected(told)
    tell_everybody(told.open(), "test")
    assert len(service.boxes[OTHERS]) == 2


def test_whoever_writes_in_somebodys_name_fills_neither_their_mailbox_nor_the_log(
    told: Prepared, service: SmtpService
) -> None:
    folder = use_folder(told)
    settings = told.home / "termpost.toml"
    settings.write_text(settings.read_text() + "messages_per_day = 3\n")
    for run in range(3):
        for number in range(2):
            put(
                folder, f"{run}{number}.eml", mail(OTHERS, message_id=f"<{run}-{number}@x>", Reply_To="me@evil.example")
            )
        collected(told)
        tell_everybody(told.open(), "test")
        told.later(QUARTER)
    assert len(told.entries("query_received")) == 3
    assert {box: len(found) for box, found in service.boxes.items()} == {OTHERS: 1}
    assert len(lying(folder)["left"]) == 3
    told.later(timedelta(days=1))
    put(folder, "next.eml", mail(OTHERS, message_id="<next@x>"))
    assert collected(told) == 1


def test_a_forged_sender_changes_nothing_of_what_that_person_asked(told: Prepared) -> None:
    folder = use_folder(told)
    put(folder, "1.eml", mail(OTHERS, message_id="<1@x>"))
    collected(told)
    home = told.open()
    (asked,) = threads_of(home).values()
    answer(home, "test", asked, StaffId("mlopez"), "It was marked.")
    close(home, "test", threads_of(home)[asked.id], "settled", StaffId("mlopez"))
    forged = mail(OTHERS, f"Open it again. {asked.id}", message_id="<2@x>", Subject=f"Re: {asked.id}",
                  In_Reply_To=f"<{asked.id}@grand-bend.example.org>", X_Query=asked.id)  # fmt: skip
    put(folder, "2.eml", forged)
    collected(told)
    mine, theirs = threads_of(told.open()).values()
    assert (mine.state, mine.replies, theirs.state, theirs.via) == ("closed", [], "open", "email")


def test_who_is_barred_and_shares_the_mailbox_does_not_answer_in_the_others_name(
    told: Prepared, service: SmtpService
) -> None:
    """He has her earlier notices, and with them what an answer to them names."""
    told.extract.change("users.csv", {"sourcedId": FATHER}, email=MOTHERS)
    take_in_again(told)
    folder = use_folder(told)
    send_plain(told.open(), "test", [mail_to(told, MOTHER)])
    token = service.boxes[MOTHERS][0].partition(b"X-Envelope-Id: ")[2].split()[0].decode()
    told.extract.change("supplement/contacts.csv", {"contactSourcedId": FATHER}, contactRestrictions="no-contact")
    take_in_again(told)
    put(folder, "1.eml", mail(MOTHERS, In_Reply_To=f"<{token}@grand-bend.example.org>"))
    assert collect_mailbox(told.open(), "test").counts() == {"shared-mailbox": 1}
    assert told.entries("query_received") == []


def test_two_mails_without_an_id_and_with_the_same_header_are_two(told: Prepared) -> None:
    folder = use_folder(told)
    for number in range(2):
        put(folder, f"{number}.eml", mail(OTHERS, f"Number {number}", message_id=""))
    assert collected(told) == 2
    put(folder, "again.eml", mail(OTHERS, "Number 1", message_id=""))
    assert collected(told) == 0
    assert [one.student for one in query_threads(told.entries()).values()] == [told.ref(KYLE)] * 2


AWAY_NOTES = {
    "Exchange, German": ("Automatische Antwort: Guten Tag", {"X_Auto_Response_Suppress": "All"}),
    "Exchange, French": ("Réponse automatique", {"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}),
    "Exchange Online": ("Automatic reply", {"Auto_Submitted": "auto-generated", "X_Auto_Response_Suppress": "All"}),
    "Gmail, Spanish": ("Estoy fuera", {"Auto_Submitted": "auto-replied", "X_Autoreply": "yes", "Precedence": "bulk"}),
    "Sieve (RFC 5230)": ("Auto: A question", {"Auto_Submitted": "auto-replied (vacation)"}),
    "vacation(1)": ("away", {"Precedence": "junk"}),
    "cPanel": ("Abwesend", {"X_Autorespond": "A question", "Precedence": "auto_reply"}),
    "FirstClass": ("自动答复", {"X_FC_MachineGenerated": "true"}),
    "a gateway": ("Автовідповідь", {"X_Mail_Autoreply": "1"}),
    "Postfix, of another's mail": ("Undelivered Mail Returned to Sender", {"Return_Path": "<>"}),
}


@pytest.mark.parametrize("system", AWAY_NOTES)
def test_absence_notes_of_the_common_systems_are_known_as_such_in_whatever_language(system: str) -> None:
    subject, headers = AWAY_NOTES[system]
    head = read_head(mail(OTHERS, Subject=subject, **headers))
    assert head is not None
    assert head.is_automatic
    plain = read_head(mail(OTHERS, Subject=subject, X_Auto_Response_Suppress="DR, RN"))
    assert plain is not None
    assert not plain.is_automatic  # a person who wants no receipts


def test_a_mail_that_the_server_cannot_give_holds_up_no_other(
    told: Prepared, imap: ImapService, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = imap.user()
    use_imap(told, user)
    user.put(mail(OTHERS, message_id="<1@x>"), mail(OTHERS, message_id="<2@x>"), mail(OTHERS, message_id="<3@x>"))
    real = BoundedImap.ask

    def ask(self: BoundedImap, command: str, *words: str, room: int = 0) -> list[object]:
        broken = ("1", "HEADER"), ("2", "BODY.PEEK[]")
        if command == "FETCH" and any(words[0] == uid and part in words[1] for uid, part in broken):
            raise imaplib.IMAP4.error("NO [SERVERBUG] Internal error occurred")
        return real(self, command, *words, **({"room": room} if room else {}))

    monkeypatch.setattr(BoundedImap, "ask", ask)
    news = collect_mailbox(told.open(), "test")
    assert (len(news.taken), news.counts(), news.away) == (1, {"not-understood": 2}, "")
    assert user.flags() == [{"TermpostLeft"}, {"TermpostLeft"}, {"TermpostTaken", "\\Seen"}]


def test_what_was_read_before_the_mailbox_broke_off_is_in_the_log(told: Prepared) -> None:
    folder = use_folder(told)
    for number in range(3):
        put(folder, f"{number}.eml", mail(OTHERS, message_id=f"<{number}@x>"))
    real = MailFolder.lying

    def breaking(self: MailFolder) -> Iterator[LyingMail]:
        yield from list(real(self))[:2]
        raise RetryableError("the mailbox does not answer as it should (abort)")

    with patch.object(MailFolder, "lying", breaking):
        assert collect_mailbox(told.open(), "test").away
    assert len(told.entries("query_received")) == 2
    again = collect_mailbox(told.open(), "again")
    assert (len(again.taken), again.known) == (1, 2)
    assert PersonRef(told.entries("query_received")[0].recipient or "") == told.ref(OTHER)
