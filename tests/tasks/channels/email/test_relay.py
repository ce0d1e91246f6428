"""Into the relay: TLS or nothing, a certificate that holds, a login; against a real SMTP server on loopback."""

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.settings.channels import Email
from termpost.tasks.channels.email import transaction
from termpost.tasks.channels.email.relay import WAIT, Relay, connect, relay_of
from termpost.tasks.channels.email.send import Sending

from tests.services.smtp_server import PASSWORD, USER, Authority, SmtpService, authority, smtp_service
from tests.tasks.channels.email.notices import SENDER, mails, outcomes, relay_to, states


def test_messages_arrive_byte_for_byte_over_one_connection(service: SmtpService, school: Authority) -> None:
    letters = mails(3)
    found = outcomes(service, school, letters)
    assert states(found) == [("sent", "")] * 3
    assert [outcome.message_id for outcome in found] == [letter.message_id for letter in letters]
    assert [service.boxes[letter.recipient] for letter in letters] == [[letter.data] for letter in letters]
    assert service.hellos == 2  # one before TLS and one after
    assert service.in_clear == []


def test_tls_from_the_first_byte(school: Authority) -> None:
    with (
        smtp_service(school.context(), implicit=True) as service,
        Sending(relay_to(service, school, implicit_tls=True)) as sending,
    ):
        assert states(list(sending.send(mails(1)))) == [("sent", "")]
        assert service.in_clear == []


def test_delivery_reports_are_asked_for_where_the_relay_knows_them(service: SmtpService, school: Authority) -> None:
    (letter,) = mails(1)
    outcomes(service, school, [letter])
    assert f"RET=HDRS ENVID={letter.envelope_id}" in service.options[0]
    assert service.options[0].startswith(f"FROM:<{SENDER}> ")
    assert service.options[1] == f"TO:<{letter.recipient}> NOTIFY=SUCCESS,FAILURE,DELAY"
    service.offers_dsn = False
    service.options.clear()
    assert states(outcomes(service, school, [letter])) == [("sent", "")]
    assert not any(word in option for option in service.options for word in ("ENVID", "NOTIFY"))


def unfit(service: SmtpService, school: Authority, **changes: object) -> str:
    with pytest.raises(InputError) as caught:
        connect(relay_to(service, school, **changes))
    assert service.received == 0
    assert service.in_clear == []
    assert service.options == []
    return caught.value.code


def test_a_relay_without_tls_gets_nothing() -> None:
    with smtp_service(None) as service:
        with pytest.raises(InputError) as caught:
            connect(Relay("127.0.0.1", service.port, SENDER))
        assert caught.value.code == "relay-no-tls"
        assert (service.received, service.options) == (0, [])


def test_a_relay_that_refuses_tls_for_good_gets_nothing(service: SmtpService, school: Authority) -> None:
    service.answers["starttls"].append("501 5.5.1 Not here")
    assert unfit(service, school) == "relay-no-tls"


def test_tls_that_is_not_to_be_had_now_is_tried_later(service: SmtpService, school: Authority) -> None:
    service.answers["starttls"].append("454 4.7.0 TLS not available due to local problem")
    with pytest.raises(RetryableError, match="busy"):
        connect(relay_to(service, school))
    service.answers["ehlo"].append("421 4.3.2 Service not available")
    with pytest.raises(RetryableError, match="busy"):
        connect(relay_to(service, school))
    assert service.received == 0


def test_a_certificate_of_an_authority_nobody_named_is_refused(service: SmtpService, school: Authority) -> None:
    assert unfit(service, school, ca_file=None) == "relay-certificate"


def test_a_certificate_for_another_name_or_day_is_refused(tmp_path: Path) -> None:
    for case, made in (
        ("name", authority(tmp_path / "name", name="other.example.org")),
        ("day", authority(tmp_path / "day", last_day=datetime(2021, 1, 1, tzinfo=UTC))),
    ):
        with smtp_service(made.context()) as service:
            assert unfit(service, made) == "relay-certificate", case


def test_a_port_that_speaks_no_tls_from_the_first_byte_is_told_apart(service: SmtpService, school: Authority) -> None:
    assert unfit(service, school, implicit_tls=True) == "relay-tls"


def test_a_file_that_is_no_authority_is_refused(service: SmtpService, school: Authority, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for path in (tmp_path / "empty.pem", tmp_path / "absent.pem"):
        assert unfit(service, school, ca_file=path) == "bad-ca-file"


def test_the_login_goes_under_tls_and_a_wrong_password_is_not_repeated(school: Authority) -> None:
    with smtp_service(school.context(), wants_login=True) as service:
        with Sending(relay_to(service, school, user=USER, password=PASSWORD)) as sending:
            assert states(list(sending.send(mails(1)))) == [("sent", "")]
        for wrong in ("Wrong-horse-Qzx", "Wrong-hörse-Qzx"):
            with pytest.raises(InputError) as caught:
                connect(relay_to(service, school, user=USER, password=wrong))
            assert caught.value.code == "relay-login"
            assert wrong not in repr(caught.value)
            assert caught.value.__cause__ is None
            assert caught.value.__suppress_context__
        assert service.received == 1


def test_nobody_there_is_a_reason_to_try_later(school: Authority) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listens
        with pytest.raises(RetryableError, match="does not answer"):
            connect(Relay("127.0.0.1", taken.getsockname()[1], SENDER, ca_file=school.ca_file))


def test_the_password_is_a_secret_and_must_be_there(tmp_path: Path) -> None:
    email = Email(host="relay.example.org", port=465, sender=SENDER, user=USER, ca_file="ca.pem")
    with pytest.raises(InputError) as caught:
        relay_of(email, tmp_path, {})
    assert caught.value.code == "no-secret"
    found = relay_of(email, tmp_path, {"TERMPOST_SECRET_SMTP_PASSWORD": PASSWORD})
    assert (found.password, found.implicit_tls, found.ca_file) == (PASSWORD, True, tmp_path / "ca.pem")
    assert PASSWORD not in repr(found)
    (tmp_path / "secrets").mkdir()
    secret = tmp_path / "secrets/smtp-password"
    secret.write_text(f"{PASSWORD}\n")
    secret.chmod(0o644)
    with pytest.raises(InputError, match="others may read"):
        relay_of(email, tmp_path, {})
    secret.chmod(0o600)
    assert relay_of(email, tmp_path, {}).password == PASSWORD
    assert not relay_of(Email(host="h", sender=SENDER), tmp_path, {}).implicit_tls


def test_waits_are_long_enough_for_the_standard() -> None:
    assert WAIT >= 30
    assert transaction.END_WAIT >= 600  # RFC 5321, 4.5.3.2.6
