"""Who hears of the day's deadlines, by a real relay: once a day, by name of nobody, and nobody who is away."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.channel import Message, Messenger
from termpost.tasks.channels.email.plain import send
from termpost.tasks.channels.email.plain.hand_over import PlainDelivery, hand_over
from termpost.tasks.deadlines.all_deadlines import every_deadline
from termpost.tasks.deadlines.digest import office_digests
from termpost.tasks.deadlines.tell import tell_staff
from termpost.tasks.home.home import Home

from tests.school import FANNIE, KYLE, LISA, Prepared
from tests.services.smtp_server import SmtpService
from tests.tasks.deadlines.watched_school import BROWNS, NGUYENS

ToSend = tuple[Message, PlainDelivery]
HEAD, OFFICE = "head@grand-bend.example.org", "office@grand-bend.example.org"


def told(school: Prepared) -> dict[str, int]:
    home = school.open()
    return dict(tell_staff(home, "test", every_deadline(home)))


def text_of(relay: SmtpService, address: str) -> str:
    (mail,) = relay.boxes[address]
    read = message_from_bytes(mail, policy=policy.default)
    return f"{read['Subject']}\n{read.get_content()}".replace("\r\n", "\n")


def test_administration_and_each_teacher_hear_once_a_day_and_no_student_is_named(
    mailed: Prepared, relay: SmtpService
) -> None:
    assert told(mailed)["sent"] == 4
    assert {box: len(mails) for box, mails in relay.boxes.items()} == {HEAD: 1, OFFICE: 1, NGUYENS: 1, BROWNS: 1}
    assert told(mailed) == {"known": 4}  # run again on the same day
    assert relay.received == 4

    office, nguyen = text_of(relay, OFFICE), text_of(relay, NGUYENS)
    assert "due 2021-12-17: report to release (cycle 2021-fall-final, school 255901001): 3" in office
    assert "termpost status --cycle 2021-fall-final" in office
    assert "2 comments are missing" in nguyen
    assert "A piece of work has marks missing\n  termpost holds" in nguyen
    assert "marks missing" not in text_of(relay, BROWNS)
    assert nguyen.startswith("3 things in your classes wait for you")
    assert "termpost comments export comments.csv --cycle 2021-fall-final" in nguyen
    names = {row[column] for row in mailed.extract.read("users.csv") if row["role"] == "student"
             for column in ("givenName", "familyName", "sourcedId")}  # fmt: skip
    for said in (office, nguyen, text_of(relay, BROWNS), text_of(relay, HEAD)):
        assert not [name for name in (*names, LISA, FANNIE, KYLE) if name in said]
        assert said.rstrip().endswith("This message names nobody.")

    mailed.later(timedelta(days=3))  # Monday
    assert told(mailed)["sent"] == 4


@pytest.mark.parametrize("days", [1, 2, 6])  # Saturday, Sunday, 23 December as observed
def test_nobody_hears_on_a_day_off(mailed: Prepared, relay: SmtpService, days: int) -> None:
    mailed.later(timedelta(days=days))
    assert (told(mailed), relay.received) == ({}, 0)


def test_who_left_or_is_away_hears_nothing(mailed: Prepared, relay: SmtpService) -> None:
    home = mailed.open()
    home.staff.remove("brown")
    home.log.append("test", [
        Entry(kind="query_changed", reason="delegated", actor="mlopez", on_behalf_of=away, subject="mlopez",
              since="2021-12-17", due="2021-12-17")
        for away in ("nguyen", "jkim")
    ])  # fmt: skip
    told(mailed)
    assert set(relay.boxes) == {OFFICE}
    mailed.later(timedelta(days=3))  # they are back
    told(mailed)
    assert set(relay.boxes) == {OFFICE, HEAD, NGUYENS}


def test_teachers_hear_nothing_while_they_have_no_contract_days(mailed: Prepared, relay: SmtpService) -> None:
    path = mailed.home / "calendar.toml"
    path.write_text(f'staff_absent = ["2021-12-17/2021-12-31"]\n{path.read_text()}')
    told(mailed)
    assert set(relay.boxes) == {OFFICE, HEAD}


def test_one_address_of_the_settings_hears_in_place_of_administration(mailed: Prepared, relay: SmtpService) -> None:
    with (mailed.home / "termpost.toml").open("a") as file:
        file.write('\n[deadlines]\nto = "watch@grand-bend.example.org"\n')
    told(mailed)
    assert set(relay.boxes) == {"watch@grand-bend.example.org", NGUYENS, BROWNS}


def test_killed_between_two_messages_a_second_run_tells_nobody_twice(
    mailed: Prepared, relay: SmtpService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(home: Home, run: str, messenger: Messenger, messages: Sequence[ToSend]) -> Counter[str]:
        hand_over(home, run, messenger, messages[:2])
        raise KeyboardInterrupt

    monkeypatch.setattr(send, "hand_over", dies)
    with pytest.raises(KeyboardInterrupt):
        told(mailed)
    assert relay.received == 2
    monkeypatch.setattr(send, "hand_over", hand_over)
    assert told(mailed) == {"known": 2, "sent": 2}
    assert sorted(len(mails) for mails in relay.boxes.values()) == [1, 1, 1, 1]


def test_where_nothing_is_due_nobody_is_written_to(mailed: Prepared) -> None:
    waiting = [one for one in every_deadline(mailed.open()) if one.state == "waiting"]
    assert waiting
    assert office_digests(mailed.open(), waiting) == []
