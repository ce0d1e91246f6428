"""Text messages: off unless the school says so, to whom no e-mail reaches, with nothing in them, at most once."""

from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from pydantic import ValidationError
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.controls import control_values
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.notice_wishes import STOPPED
from termpost.schemas.log.notices.plain_deliveries import PlainDeliveries
from termpost.schemas.settings.sections.notice_settings import TextNotices
from termpost.schemas.settings.settings import load_settings
from termpost.tasks.channels.email.plain.send import send_plain
from termpost.tasks.channels.email.texts.hook import body_of
from termpost.tasks.channels.email.texts.text_message import TextMessage

from tests.school import FATHER, MOTHER, OTHER, Prepared
from tests.services.hook_server import HookService, hook_service
from tests.services.smtp_server import SmtpService
from tests.tasks.channels.email.plain.told_school import MOTHERS, take_in_again
from tests.tasks.channels.email.plain.told_school import told as mail_to

NUMBER = "+15125550177"
GATEWAY = 'gateway = "{number}@sms.grand-bend.example.org"'


@pytest.fixture
def hook() -> Iterator[HookService]:
    with hook_service() as service:
        yield service


def use_texts(school: Prepared, lines: str, word: str = "correct-horse-Sms") -> None:
    settings = school.home / "termpost.toml"
    settings.write_text(f"{settings.read_text().partition(chr(10) + '[notices.sms]')[0]}\n[notices.sms]\n{lines}\n")
    file = school.home / "secrets" / "sms-hook"
    file.write_text(word)
    file.chmod(0o600)


def letters(school: Prepared) -> list[str | None]:
    return [one.recipient for one in PlainDeliveries.fold(school.open().log.entries()).letters_due()]


def test_it_is_off_unless_the_school_says_so(told: Prepared, service: SmtpService) -> None:
    assert send_plain(told.open(), "test", [mail_to(told, FATHER)]) == Counter(paper=1)
    assert service.received == 0
    assert told.open().settings.notices.sms is None


def test_a_gateway_gets_a_short_text_with_the_school_and_its_number_alone(told: Prepared, service: SmtpService) -> None:
    use_texts(told, GATEWAY)
    mails = [mail_to(told, FATHER, language="es"), mail_to(told, MOTHER)]
    assert send_plain(told.open(), "test", mails) == Counter(sent=2)
    assert send_plain(told.open(), "again", mails) == Counter(known=2)
    (box,) = service.boxes.keys() - {MOTHERS}
    assert box == "15125550177@sms.grand-bend.example.org"
    message = message_from_bytes(service.boxes[box][0], policy=policy.default)
    text = str(message.get_content()).strip()
    assert (
        text == "Rehearsal · Grand Bend: hay algo nuevo para usted en su página. También puede llamar al +1 555 0142."
    )
    assert "http" not in text
    assert letters(told) == []
    assert [entry.kind for entry in told.entries() if entry.channel == "sms"] == ["planned", "sent"]


def test_a_hook_gets_number_and_text_with_the_secret_in_its_header(told: Prepared, hook: HookService) -> None:
    use_texts(told, f'hook = "{hook.url}"')
    assert send_plain(told.open(), "test", [mail_to(told, FATHER)]) == Counter(sent=1)
    (body,) = hook.bodies
    assert body.keys() == {"to", "text", "id"}
    assert body["to"] == NUMBER
    assert hook.secrets == ["Bearer correct-horse-Sms"]
    lying = b"".join(told.store.get(key) for key in told.store.list("log/")).decode()
    assert "5125550177" not in lying
    assert "correct-horse" not in lying


@pytest.mark.parametrize(
    ("answer", "state", "again"),
    [
        (429, "later", Counter(sent=1)), (503, "later", Counter(sent=1)),
        (400, "failed", Counter(known=1)), (500, "uncertain", Counter(known=1)),
        (307, "uncertain", Counter(known=1)), ("hang-up", "uncertain", Counter(known=1)),
    ],
)  # fmt: skip
def test_only_what_was_certainly_not_taken_goes_again(
    told: Prepared, hook: HookService, answer: int | str, state: str, again: Counter[str]
) -> None:
    use_texts(told, f'hook = "{hook.url}"')
    hook.answers.append(answer)
    assert send_plain(told.open(), "test", [mail_to(told, FATHER)]) == Counter({state: 1})
    assert send_plain(told.open(), "again", [mail_to(told, FATHER)]) == again
    assert len(hook.bodies) == (2 if again["sent"] else 1)
    assert letters(told) == ([] if again["sent"] else [told.ref(FATHER)])


def test_a_hook_that_is_away_leaves_it_for_later_and_one_that_refuses_the_secret_is_an_error(
    told: Prepared, hook: HookService
) -> None:
    use_texts(told, 'hook = "http://127.0.0.1:9/send"')
    assert send_plain(told.open(), "test", [mail_to(told, FATHER)]) == Counter(later=1)
    use_texts(told, f'hook = "{hook.url}"', word="another-Qzx")
    hook.answers.append(401)
    with pytest.raises(InputError) as refused:
        send_plain(told.open(), "test", [mail_to(told, FATHER)])
    assert refused.value.code == "hook-login"
    assert "Qzx" not in str(refused.value)
    assert send_plain(told.open(), "test", [mail_to(told, FATHER)]) == Counter(sent=1)
    (told.home / "secrets" / "sms-hook").unlink()
    with pytest.raises(InputError) as missing:
        send_plain(told.open(), "test", [mail_to(told, FATHER, key="other")])
    assert missing.value.code == "no-secret"


def test_nobody_who_may_only_get_post_or_wants_no_notices_gets_a_text(told: Prepared, hook: HookService) -> None:
    use_texts(told, f'hook = "{hook.url}"')
    home = told.open()
    home.log.append("t", [Entry(kind="settings_changed", actor="mlopez", recipient=told.ref(FATHER), reason=STOPPED)])
    assert send_plain(told.open(), "test", [mail_to(told, FATHER)]) == Counter(paper=1)
    told.extract.change("supplement/contacts.csv", {"contactSourcedId": OTHER}, contactRestrictions="post-only")
    told.extract.change("users.csv", {"sourcedId": OTHER}, email="", phone="+1 512 555 0188")
    take_in_again(told)
    assert send_plain(told.open(), "test", [mail_to(told, OTHER)]) == Counter(paper=1)
    assert hook.bodies == []


def test_the_number_of_somebody_barred_from_the_child_is_never_used(told: Prepared, hook: HookService) -> None:
    use_texts(told, f'hook = "{hook.url}"')
    told.extract.change("users.csv", {"sourcedId": MOTHER}, email="", phone="512-555-0177")
    told.extract.change("supplement/contacts.csv", {"contactSourcedId": MOTHER}, contactRestrictions="no-contact")
    take_in_again(told)
    assert send_plain(told.open(), "test", [mail_to(told, FATHER)]) == Counter(paper=1)
    assert hook.bodies == []


@pytest.mark.parametrize("phone", ["555 0177", "+1 512 555 0177 ext. 4"])
def test_what_is_no_whole_number_is_not_written_to(told: Prepared, hook: HookService, phone: str) -> None:
    use_texts(told, f'hook = "{hook.url}"')
    told.extract.change("users.csv", {"sourcedId": FATHER}, phone=phone)
    take_in_again(told)
    assert send_plain(told.open(), "test", [mail_to(told, FATHER)]) == Counter(paper=1)
    assert hook.bodies == []


@pytest.mark.parametrize(
    ("lines", "where"),
    [
        ('gateway = "{number}@sms.provider.example"', "notices"),
        ('gateway = "office@sms.grand-bend.example.org"', "notices"),
        ('hook = "http://sms.provider.example/send"', "notices"),
        (f'{GATEWAY}\nhook = "https://sms.provider.example"', "notices"),
        ('hook = "https://sms.provider.example"\nshape = "anything"', "notices"),
        ('hook = "https://sms.provider.example"\nbody = "{name}"', "notices"),
    ],
)
def test_a_way_that_is_not_on_the_closed_list_is_refused(told: Prepared, lines: str, where: str) -> None:
    use_texts(told, lines)
    with pytest.raises(InputError) as refused:
        load_settings(told.home, {})
    assert where in refused.value.where


def test_a_variable_cannot_turn_it_on_and_turning_it_on_shows_in_the_log(told: Prepared) -> None:
    with pytest.raises(InputError):
        load_settings(told.home, {"TERMPOST_NOTICES__SMS": '{"hook": "https://sms.provider.example"}'})
    use_texts(told, 'hook = "https://sms.provider.example"')
    home = told.open()
    home.log.append("test", [Entry(kind="incident", reason="test")])
    changed = [one for one in home.log.entries("settings_changed") if one.reason == "notices.sms"]
    assert len(changed) == 1
    assert "provider" not in changed[0].model_dump_json()
    assert "notices.sms" in control_values(home.settings)


def test_the_shapes_are_a_closed_list() -> None:
    message = TextMessage("m1", NUMBER, "x")
    assert body_of("to-body", message) == {"to": NUMBER, "body": "x", "id": "m1"}
    assert body_of("messages", message) == {"messages": [{"to": NUMBER, "text": "x", "id": "m1"}]}
    with pytest.raises(ValidationError):
        TextNotices(hook="https://sms.provider.example", shape="anything")


def test_no_text_message_is_long(told: Prepared) -> None:
    from termpost.tasks.channels.email.texts.text_message import text_of
    from termpost.tasks.documents.wording import languages

    home = told.open()
    assert all(len(text_of(home, tag)) <= 160 for tag in languages())
    assert Path(home.path).exists()
