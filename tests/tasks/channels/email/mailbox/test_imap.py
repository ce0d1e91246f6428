"""The mailbox on a real mail server (Dovecot): under TLS or not at all, marked after the log, every answer bounded."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.log.query_threads import query_threads
from termpost.schemas.settings.sections.feedback_settings import FeedbackSettings, ImapPlace
from termpost.tasks.channels.email.mailbox import imap as imap_module
from termpost.tasks.channels.email.mailbox.collect import collect_mailbox, probe_mailbox
from termpost.tasks.channels.email.mailbox.imap import ImapMailbox, opened_mailbox
from termpost.tasks.channels.email.mailbox.lying_mail import LARGEST_MAIL

from tests.school import Prepared
from tests.services.imap_server import ImapService
from tests.services.smtp_server import Authority, authority
from tests.tasks.channels.email.mailbox.mails import mail, use_imap
from tests.tasks.channels.email.plain.told_school import MOTHERS, OTHERS

TAKEN = {"TermpostTaken", "\\Seen"}


def test_a_mail_is_taken_once_and_the_rest_stays_unread_for_the_office(told: Prepared, imap: ImapService) -> None:
    user = imap.user()
    use_imap(told, user)
    large = mail(OTHERS, "y" * (LARGEST_MAIL + 1), message_id="<3@x>")
    user.put(mail(OTHERS), mail("stranger@example.org", message_id="<2@x>"), large, mail(MOTHERS, message_id="<4@x>"))
    news = collect_mailbox(told.open(), "test")
    assert (len(news.taken), news.counts(), news.away) == (2, {"too-large": 1, "unknown-sender": 1}, "")
    assert user.flags() == [TAKEN, {"TermpostLeft"}, {"TermpostLeft"}, TAKEN]
    again = collect_mailbox(told.open(), "again")
    assert (again.taken, again.known, again.left) == ([], 0, [])
    user.put(mail(OTHERS, message_id="<5@x>"))
    assert len(collect_mailbox(told.open(), "later").taken) == 1


def test_a_mail_came_when_the_server_took_it_in_whatever_it_says_itself(told: Prepared, imap: ImapService) -> None:
    user, came = imap.user(), datetime(2021, 12, 4, 22, 40, 1, tzinfo=UTC)  # a day of one digit, which has a space
    use_imap(told, user)
    old = "Mon, 1 Nov 2021 08:00:00 +0000"
    user.put(mail(OTHERS, Date=old, Received=f"by mail.school.example; {old}"), came=came)
    collect_mailbox(told.open(), "test")
    (thread,) = query_threads(told.entries()).values()
    assert thread.received == came


def test_the_mark_comes_after_the_log_and_a_person_who_reads_first_changes_nothing(
    told: Prepared, imap: ImapService
) -> None:
    user = imap.user()
    use_imap(told, user)
    user.put(mail(OTHERS))
    with user.opened() as seen:
        seen.store("1", "+FLAGS", "\\Seen")
    with patch.object(ImapMailbox, "mark", side_effect=RetryableError("the mailbox does not answer")):
        assert collect_mailbox(told.open(), "broken").away
    assert len(told.entries("query_received")) == 1
    assert user.flags() == [{"\\Seen"}]
    assert collect_mailbox(told.open(), "again").known == 1
    assert user.flags() == [TAKEN]


def test_a_server_that_keeps_no_keywords_is_marked_by_what_every_server_keeps(
    told: Prepared, imap: ImapService, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = imap.user()
    use_imap(told, user)
    user.put(mail(OTHERS), mail("stranger@example.org", message_id="<2@x>"))
    made = ImapMailbox.__init__
    monkeypatch.setattr(
        ImapMailbox, "__init__", lambda self, one, count, **_: made(self, one, count, keeps_keywords=False)
    )
    assert len(collect_mailbox(told.open(), "test").taken) == 1
    assert user.flags() == [{"\\Seen"}, {"\\Flagged"}]
    assert collect_mailbox(told.open(), "again").left == []


def test_what_a_person_must_fix_is_one_clear_line_without_the_password(told: Prepared, imap: ImapService) -> None:
    user = imap.user()
    wrong = {
        "mailbox-login": {"password": "another-Qzx"},
        "no-mailbox": {"url": user.url.replace("INBOX", "Nowhere")},
    }
    for code, given in wrong.items():
        use_imap(told, user, **given)
        with pytest.raises(InputError) as refused:
            collect_mailbox(told.open(), "test")
        assert refused.value.code == code
        assert "Qzx" not in str(refused.value)
    (told.home / "secrets" / "imap-password").unlink()
    with pytest.raises(InputError) as refused:
        collect_mailbox(told.open(), "test")
    assert refused.value.code == "no-secret"
    assert told.entries() == []


def test_doctor_tries_the_way_in_and_reads_nothing(told: Prepared, imap: ImapService) -> None:
    user = imap.user()
    assert probe_mailbox(told.open()) is None
    use_imap(told, user)
    user.put(mail(OTHERS))
    assert probe_mailbox(told.open())
    assert user.flags() == [set()]
    use_imap(told, user, password="another-Qzx")  # noqa: S106 - of nobody
    with pytest.raises(InputError) as refused:
        probe_mailbox(told.open())
    assert refused.value.code == "mailbox-login"


def test_a_certificate_of_somebody_else_is_refused(told: Prepared, imap: ImapService) -> None:
    user = imap.user()
    use_imap(told, user)
    (told.home / "mail-ca.pem").write_bytes(authority(told.home / "other").ca_file.read_bytes())
    with pytest.raises(InputError) as refused:
        collect_mailbox(told.open(), "test")
    assert refused.value.code == "mailbox-certificate"


def test_a_server_that_is_away_is_said_in_a_line(told: Prepared, imap: ImapService) -> None:
    user = imap.user()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        use_imap(told, user, url=f"imaps://{user.name}@localhost:{nobody.getsockname()[1]}/INBOX")
        news = collect_mailbox(told.open(), "test")
    assert news.away == "the mailbox does not answer as it should (ConnectionRefusedError)"


GREETING = b"* OK [CAPABILITY IMAP4rev1] ready\r\n"
ENDLESS = {
    "a greeting without end": b"x" * 65_536,
    "answers without end": GREETING + b"* OK more\r\n" * 6_000,
    "a literal that is too large": GREETING + b"* 1 FETCH (BODY[] {999999999}\r\n" * 10,
}


@contextmanager
def talking(trusted: Authority, words: bytes) -> Iterator[int]:
    """A server under TLS that says the same again and again."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def talk() -> None:
            try:
                line, _ = listening.accept()
                with trusted.context().wrap_socket(line, server_side=True) as under_tls:
                    while not stop.is_set():
                        under_tls.sendall(words)
            except (OSError, ssl.SSLError):
                return

        thread = threading.Thread(target=talk)
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            stop.set()
            listening.close()
            thread.join(10)


@pytest.mark.parametrize("words", ENDLESS.values(), ids=ENDLESS.keys())
def test_a_server_that_talks_without_end_is_away(told: Prepared, school: Authority, words: bytes) -> None:
    (told.home / "ca.pem").write_bytes(school.ca_file.read_bytes())
    environ, began = {"TERMPOST_SECRET_IMAP_PASSWORD": "x"}, time.monotonic()
    settings = FeedbackSettings(mailbox_ca_file="ca.pem")
    with talking(school, words) as port:
        mailbox = opened_mailbox(ImapPlace("localhost", port, "office", "INBOX"), settings, told.home, environ, 60)
        with pytest.raises(RetryableError):
            mailbox.__enter__()
    assert time.monotonic() - began < 40  # the room of one answer ends it, long before its time does


def test_many_mails_of_strangers_are_looked_at_by_their_headers_and_some_at_a_time(
    told: Prepared, imap: ImapService
) -> None:
    user = imap.user()
    use_imap(told, user)
    user.put(*(mail(f"x{n}@example.org", message_id=f"<{n}@x>") for n in range(12)), mail(OTHERS))
    with patch.object(imap_module, "MOST", 10), patch.object(imap_module, "WINDOW", 4):
        first, second = (collect_mailbox(told.open(), run) for run in ("one", "two"))
    assert (len(first.left), len(first.taken)) == (10, 0)
    assert (len(second.left), len(second.taken)) == (2, 1)
