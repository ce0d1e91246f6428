"""Messages to the relay: at most once, slow when it asks; against a real SMTP server told to go wrong."""

import smtplib

import pytest
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.tasks.channels.channel import Outcome
from termpost.tasks.channels.email.message import Mail
from termpost.tasks.channels.email.pace import LONGEST
from termpost.tasks.channels.email.relay import Relay, connect
from termpost.tasks.channels.email.send import AWAY, GROUP, TRIES, Sending
from termpost.tasks.channels.email.transaction import submit

from tests.services.smtp_server import Authority, SmtpService, smtp_service
from tests.tasks.channels.email.notices import SENDER, Time, mails, outcomes, relay_to, states

# --- one message


def test_a_refused_recipient_fails_and_the_others_are_sent(service: SmtpService, school: Authority) -> None:
    letters = mails(3)
    service.always[letters[1].recipient] = "550 5.1.1 No such user here"
    found = outcomes(service, school, letters)
    assert states(found) == [("sent", ""), ("failed", "mail-refused"), ("sent", "")]
    assert found[1].status == "5.1.1"


@pytest.mark.parametrize("step", ["data", "end"])
def test_a_refusal_at_the_content_fails_that_message(service: SmtpService, school: Authority, step: str) -> None:
    service.answers[step].append("554 5.6.0 Not that")
    assert states(outcomes(service, school, mails(2))) == [("failed", "mail-refused"), ("sent", "")]
    assert service.received == 1


def test_a_message_larger_than_the_relay_takes_is_not_sent_at_all(school: Authority) -> None:
    with smtp_service(school.context(), size=1000) as service:
        found = outcomes(service, school, mails(1))
        assert states(found) == [("failed", "mail-too-large")]
        assert service.options == []


def test_a_full_mailbox_is_tried_again_later_and_holds_up_nobody(service: SmtpService, school: Authority) -> None:
    letters, time = mails(3), Time()
    service.answers["rcpt"].append("452 4.2.2 Mailbox full")
    found = outcomes(service, school, letters, time)
    assert [outcome.message_id for outcome in found] == [letters[n].message_id for n in (1, 2, 0)]
    assert states(found) == [("sent", "")] * 3
    assert time.slept == [30.0]


def test_a_refusal_for_now_becomes_later_after_some_tries(service: SmtpService, school: Authority) -> None:
    letters, time = mails(2), Time()
    service.always[letters[0].recipient] = "450 4.2.1 Not now"
    found = outcomes(service, school, letters, time)
    assert states(found) == [("sent", ""), ("later", "mail-put-off")]
    assert found[1].status == "4.2.1"
    assert sum(letters[0].recipient in option for option in service.options) == TRIES
    assert service.boxes[letters[0].recipient] == []


def test_the_wait_that_the_relay_asks_for_is_kept(service: SmtpService, school: Authority) -> None:
    time = Time()
    service.answers["rcpt"].append("450 4.7.1 Greylisted, please try again in 5 minutes")
    assert states(outcomes(service, school, mails(1), time)) == [("sent", "")]
    assert time.slept == [300.0]


# --- at most once


@pytest.mark.parametrize(("fate", "arrived"), [("before-storing", 0), ("after-storing", 1)])
def test_a_line_that_breaks_after_the_dot_leaves_it_uncertain_and_is_not_tried_again(
    service: SmtpService, school: Authority, fate: str, arrived: int
) -> None:
    letters = mails(3)
    service.drop.extend(["", fate])
    found = outcomes(service, school, letters)
    assert states(found) == [("sent", ""), ("uncertain", "no-answer"), ("sent", "")]  # the third over a new line
    assert len(service.boxes[letters[1].recipient]) == arrived
    assert service.hellos == 4


def test_a_line_that_breaks_before_the_dot_is_safe_to_try_again(service: SmtpService, school: Authority) -> None:
    (small,) = mails(1)
    large = Mail(small.message_id, small.envelope_id, small.recipient, small.data + (b"x" * 990 + b"\r\n") * 8_000)
    service.drop.append("at-data")
    assert states(outcomes(service, school, [large])) == [("sent", "")]
    assert len(service.boxes[small.recipient]) == 1
    assert service.hellos == 4


def test_an_answer_that_is_none_leaves_it_uncertain(service: SmtpService, school: Authority) -> None:
    service.answers["end"].append("yes yes")
    assert states(outcomes(service, school, mails(1))) == [("uncertain", "no-answer")]


def test_silence_after_the_dot_leaves_it_uncertain(
    service: SmtpService, school: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    smtp = connect(relay_to(service, school))
    (letter,) = mails(1)

    def silence() -> tuple[int, bytes]:
        raise smtplib.SMTPServerDisconnected("timed out")

    real = smtp.send
    monkeypatch.setattr(smtp, "send", lambda part: (real(part), monkeypatch.setattr(smtp, "getreply", silence))
                        if part == b".\r\n" else real(part))  # fmt: skip
    answer = submit(smtp, SENDER, letter)
    assert (answer.verdict, answer.stage) == ("unknown", "end")
    assert smtp.sock is None


def test_a_relay_that_closes_instead_of_taking_it_has_not_taken_it(service: SmtpService, school: Authority) -> None:
    (letter,) = mails(1)
    service.answers["end"].append("421 4.3.0 Closing")
    assert states(outcomes(service, school, [letter])) == [("sent", "")]
    assert service.hellos == 4  # on a new line: after 421 the old one is the relay's to close
    assert len(service.boxes[letter.recipient]) == 1


def test_a_line_of_one_dot_does_not_end_the_message(service: SmtpService, school: Authority) -> None:
    (letter,) = mails(1)
    tricky = Mail(
        letter.message_id, letter.envelope_id, letter.recipient, letter.data + b".\r\n..x\r\nMAIL FROM:<a>\r\n"
    )
    assert states(outcomes(service, school, [tricky])) == [("sent", "")]
    assert service.boxes[letter.recipient] == [tricky.data]
    bare = Mail(letter.message_id, letter.envelope_id, letter.recipient, b"a\n.\nb\r\n")
    with pytest.raises(ValueError, match="CRLF"):
        outcomes(service, school, [bare])
    assert len(service.options) == 2


def test_no_more_than_a_group_may_be_open_at_once(service: SmtpService, school: Authority) -> None:
    with Sending(relay_to(service, school)) as sending, pytest.raises(ValueError, match="more than 100"):
        list(sending.send([mails(1)[0]] * (GROUP + 1)))
    assert service.received == 0


# --- the pace


def test_a_busy_relay_is_given_longer_and_longer_pauses(service: SmtpService, school: Authority) -> None:
    time = Time()
    service.answers["mail"].extend(["421 4.7.0 Too many messages", "451 4.3.2 Slow down"])
    assert states(outcomes(service, school, mails(2), time)) == [("sent", "")] * 2
    assert time.slept == [15.0, 30.0, 30.0]  # after each refusal, then between messages
    assert service.received == 2


def test_several_families_in_a_row_put_off_are_taken_as_the_relay_s_own_wish(
    service: SmtpService, school: Authority
) -> None:
    time = Time()
    service.answers["rcpt"].extend(["450 4.7.1 Error: too much mail"] * 3)
    assert states(outcomes(service, school, mails(5), time)) == [("sent", "")] * 5
    assert time.slept[0] == 15.0


def test_a_relay_that_stays_busy_leaves_the_rest_for_later(service: SmtpService, school: Authority) -> None:
    letters, time = mails(20), Time()
    service.answers["mail"].extend([""] + ["421 4.3.2 Not now"] * 50)
    found = outcomes(service, school, letters, time)
    assert states(found) == [("sent", "")] + [("later", "relay-away")] * 19
    assert {outcome.message_id for outcome in found} == {letter.message_id for letter in letters}
    assert len(service.options) == 2 + AWAY
    assert sum(time.slept) == 15 + 30 + 60 + 120 + 240
    assert max(time.slept) <= LONGEST


def test_a_relay_that_is_gone_on_the_way_leaves_the_rest_for_later(
    service: SmtpService, school: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    time, tries = Time(), []

    def gone(relay: Relay) -> smtplib.SMTP:
        tries.append(relay)
        raise RetryableError("away")

    with Sending(relay_to(service, school), time.sleep, time.instant) as sending:
        monkeypatch.setattr("termpost.tasks.channels.email.send.connect", gone)
        service.drop.extend(["", "after-storing"])
        found = list(sending.send(mails(4)))
    assert states(found) == [("sent", ""), ("uncertain", "no-answer"), ("later", "relay-away"), ("later", "relay-away")]
    assert len(tries) == AWAY


def test_no_more_a_minute_than_the_relay_allows(service: SmtpService, school: Authority) -> None:
    time = Time()
    with Sending(relay_to(service, school, per_minute=30), time.sleep, time.instant) as sending:
        assert states(list(sending.send(mails(4)))) == [("sent", "")] * 4
    assert time.slept == [2.0, 2.0, 2.0]


def test_the_pause_shrinks_when_the_relay_has_room_again(service: SmtpService, school: Authority) -> None:
    time = Time()
    service.answers["mail"].append("421 4.7.0 Too many messages")
    assert len(outcomes(service, school, mails(60), time)) == 60
    assert time.slept[0] == 15.0
    assert time.slept[-1] < 4.0


# --- what is wrong with the relay and not with a family


@pytest.mark.parametrize(
    ("step", "reply"),
    [("mail", "553 5.7.1 Sender not owned by user"), ("rcpt", "530 5.7.0 Authentication required")],
)
def test_a_sender_that_is_refused_fails_nobody(service: SmtpService, school: Authority, step: str, reply: str) -> None:
    time, letters = Time(), mails(4)
    found: list[Outcome] = []
    service.answers[step].extend(["", reply])

    def send_all() -> None:
        with Sending(relay_to(service, school), time.sleep, time.instant) as sending:
            found.extend(sending.send(letters[:1]))
            for outcome in sending.send(letters[1:]):
                found.append(outcome)  # noqa: PERF402 - what came before the error counts

    with pytest.raises(InputError) as caught:
        send_all()
    assert caught.value.code == "relay-sender"
    assert states(found) == [("sent", "")] + [("later", "relay-unfit")] * 3
    assert service.received == 1


def test_no_address_is_in_an_error_or_an_outcome(service: SmtpService, school: Authority) -> None:
    letters = mails(2)
    for step, reply in (
        ("rcpt", "550 5.1.1 <family0@example.org> unknown"),
        ("mail", "553 5.7.1 <family1@example.org>"),
    ):
        service.answers[step].append(reply)
    with Sending(relay_to(service, school), Time().sleep) as sending, pytest.raises(InputError) as caught:
        list(sending.send(letters))
    service.answers["rcpt"].append("550 5.1.1 <family0@example.org> unknown")
    text = repr(caught.value) + str(caught.value) + repr(outcomes(service, school, letters))
    assert "example.org>" not in text.replace("@schools.example.org>", "")
    assert "family" not in text
