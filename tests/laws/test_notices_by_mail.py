"""Notices by e-mail: to whom the record allows, once, through a real SMTP server; killed anywhere, never twice."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.notice_wishes import RESUMED, STOPPED
from termpost.tasks.channels.email.bounces import ingest
from termpost.tasks.channels.email.send import Sending
from termpost.tasks.distribute.approve import ChosenStudents
from termpost.tasks.distribute.rehearse import Rehearsed
from termpost.tasks.distribute.rehearse import rehearse as rehearse_release
from termpost.tasks.log.verify import verify

from tests.laws.sending import address
from tests.school import CYCLE, FATHER, MOTHER, OTHER, Prepared, School, new_home, new_school, small_extract
from tests.services.smtp_server import Authority, SmtpService, authority, smtp_service, use_relay
from tests.snapshots import copy_of, snapshot

HERE = Path(__file__).parent
PORTAL = "https://portal.grand-bend.example"
ADDRESSES = {who: f"{who.lower()}@families.example.org" for who in (MOTHER, FATHER, OTHER)}
SLOW = partial(Sending, sleep=lambda _: None)  # pauses pass at once


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def relay(trusted: Authority) -> Iterator[SmtpService]:
    with smtp_service(trusted.context()) as service:
        yield service


def mailing(folder: Path) -> Prepared:
    """Three reports that wait, for people with a mailbox."""
    school, extract = new_school(folder / "home"), small_extract(folder / "extract")
    for contact, mail in ADDRESSES.items():
        extract.change("users.csv", {"sourcedId": contact}, email=mail)
    school.prepare(extract)
    return Prepared(school.home, school.phone, extract=extract)


@pytest.fixture
def school(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, trusted: Authority, relay: SmtpService
) -> Iterator[School]:
    school = copy_of(snapshot(tmp_path_factory, "mailing", mailing), tmp_path)
    use_relay(school.home, trusted, relay.port)
    with patch("termpost.tasks.channels.email.channel.Sending", SLOW):
        yield school


def mail_states(school: School) -> dict[str, str]:
    """Recipient → the state of the deliveries by e-mail; of one recipient all are in one."""
    found: dict[str, set[str]] = {}
    for e in school.entries():
        if e.channel == "email" and e.delivery and e.recipient:
            found[e.recipient] = {e.kind}
    return {contact: next(iter(found[school.ref(contact)])) for contact in ADDRESSES if school.ref(contact) in found}


def boxes(relay: SmtpService) -> dict[str, int]:
    return {mail: len(found) for mail, found in relay.boxes.items() if found}


def test_each_recipient_gets_one_notice_that_names_nobody_and_has_the_link(school: School, relay: SmtpService) -> None:
    school.release()
    assert boxes(relay) == dict.fromkeys(ADDRESSES.values(), 1)
    assert mail_states(school) == dict.fromkeys(ADDRESSES, "sent")
    assert len({e.delivery for e in school.entries("sent") if e.channel == "email"}) == 4
    for contact, mail in ADDRESSES.items():
        message = message_from_bytes(relay.boxes[mail][0], policy=policy.default)
        said = relay.boxes[mail][0].decode("ascii") + message.get_body().get_content()  # type: ignore[union-attr]
        plain = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        assert [line.strip() for line in plain.splitlines() if "https://" in line] == [PORTAL]
        assert school.ref(contact) not in said  # no link to one page: the door has all that is live
        assert not any(name in said for name in ("Lisa", "Woods", "Madelyn", "Arthur", "Kyle", "Hughes", "Camille"))
    assert relay.in_clear == []
    before = len(school.entries())
    assert school.release() == []
    assert len(school.entries()) == before
    assert relay.received == 3


def test_a_mailbox_of_several_records_hears_of_every_report_in_one_notice(
    school: Prepared, relay: SmtpService, tmp_path: Path
) -> None:
    for contact in ADDRESSES:
        school.extract.change("users.csv", {"sourcedId": contact}, email="us@families.example.org")
    school.prepare(school.extract)
    school.release()
    assert boxes(relay) == {"us@families.example.org": 1}
    message = message_from_bytes(relay.boxes["us@families.example.org"][0], policy=policy.default)
    said = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert [line.strip() for line in said.splitlines() if "https://" in line] == [PORTAL]
    assert "3 progress reports" in said
    assert not any(name in said for name in ("Lisa", "Woods", "Madelyn", "Arthur", "Kyle", "Hughes", "Camille"))
    assert mail_states(school) == {MOTHER: "sent", OTHER: "sent"}
    (tmp_path / "bounces").mkdir()
    (tmp_path / "bounces" / "one.eml").write_text(bounce(message["Message-ID"]))
    assert ingest(school.open(), "run", tmp_path / "bounces")[1] == 3
    assert mail_states(school) == {MOTHER: "failed", OTHER: "failed"}


def bounce(message_id: str) -> str:
    return "\n".join((
        "From: MAILER-DAEMON@relay.example.org", "To: reports@grand-bend.example.org", "Subject: Undelivered",
        "MIME-Version: 1.0", 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', "",
        "--b", "Content-Type: text/plain", "", "It could not be delivered.", "",
        "--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; relay.example.org", "",
        "Final-Recipient: rfc822; father@families.example.org", "Action: failed", "Status: 5.1.1", "",
        "--b", "Content-Type: text/rfc822-headers", "", f"Message-ID: {message_id}", "", "--b--", "",
    ))  # fmt: skip


def test_a_mailbox_that_refuses_is_not_tried_again_and_what_was_put_off_goes_out_with_the_next_release(
    school: School, relay: SmtpService
) -> None:
    relay.always |= {ADDRESSES[FATHER]: "550 5.1.1 No such user", ADDRESSES[OTHER]: "450 4.2.1 Not now"}
    school.release()
    assert mail_states(school) == {MOTHER: "sent", FATHER: "failed", OTHER: "failed"}
    reasons = {e.recipient: e.reason for e in school.entries("failed")}
    assert reasons[school.ref(OTHER)] == "mail-put-off" != reasons[school.ref(FATHER)]
    relay.always.clear()
    school.release()
    assert mail_states(school) == {MOTHER: "sent", FATHER: "failed", OTHER: "sent"}
    assert boxes(relay) == {ADDRESSES[MOTHER]: 1, ADDRESSES[OTHER]: 1}
    assert school.state().delivery_counts()["failed"] == 1  # the page and the envelope reached them
    assert {e.count for e in school.entries("sent") if e.recipient == school.ref(OTHER) and e.channel == "email"} == {2}


@pytest.mark.soak  # in the suite the answer is lost before the message is stored, below
def test_a_lost_answer_is_uncertain_and_never_sent_again_by_itself(school: School, relay: SmtpService) -> None:
    relay.drop.extend(["after-storing"])
    school.release()
    assert Counter(mail_states(school).values()) == Counter(sent=2, uncertain=1)
    school.release()
    assert relay.received == 3


def test_an_uncertain_one_is_sent_again_where_a_person_says_so_and_never_by_itself(
    school: School, relay: SmtpService
) -> None:
    relay.drop.extend(["before-storing"])
    school.release()
    assert Counter(mail_states(school).values()) == Counter(sent=2, uncertain=1)
    school.release()
    assert relay.received == 2
    for e in school.entries("uncertain"):
        about = e.model_dump(include=set(Entry.model_fields)) | {"kind": "failed", "reason": "resend"}
        school.open().log.append("run", [Entry.model_validate(about)])
    school.release()
    assert relay.received == 3
    assert set(mail_states(school).values()) == {"sent"}


def test_who_wants_no_more_notices_keeps_the_right_and_gets_paper_alone(school: School, relay: SmtpService) -> None:
    ref = school.ref(FATHER)
    wish = Entry(kind="settings_changed", actor="operator", recipient=ref, reason=STOPPED)
    school.open().log.append("run", [wish, wish.model_copy(update={"recipient": school.ref(OTHER)})])
    school.open().log.append("run", [wish.model_copy(update={"recipient": school.ref(OTHER), "reason": RESUMED})])
    school.release()
    assert boxes(relay) == {ADDRESSES[MOTHER]: 1, ADDRESSES[OTHER]: 1}
    assert {e.channel for e in school.entries("sent", "delivered") if e.recipient == ref} == {"print"}


def test_a_bounce_is_taken_in_once(school: School, relay: SmtpService, tmp_path: Path) -> None:
    school.release()
    sent = message_from_bytes(relay.boxes[ADDRESSES[FATHER]][0], policy=policy.default)
    (tmp_path / "bounces").mkdir()
    (tmp_path / "bounces" / "one.eml").write_text(bounce(sent["Message-ID"]))
    reports, changed = ingest(school.open(), "run", tmp_path / "bounces")
    assert (reports.read, changed) == (1, 1)
    assert mail_states(school) == {MOTHER: "sent", FATHER: "failed", OTHER: "sent"}
    assert [e.reason for e in school.entries("failed")] == ["bounce-5.1.1"]
    assert ingest(school.open(), "run", tmp_path / "bounces")[1] == 0
    school.release()
    assert relay.received == 3


def test_without_a_relay_that_answers_nothing_is_said_to_be_sent(school: School, relay: SmtpService) -> None:
    relay.answers["starttls"].extend(["454 4.7.0 TLS not available"] * 9)
    with pytest.raises(Exception, match="relay"):
        school.release()
    assert school.entries("sent") == [e for e in school.entries("sent") if e.channel == "print"]
    relay.answers["starttls"].clear()
    school.release()
    assert boxes(relay) == dict.fromkeys(ADDRESSES.values(), 1)


def killing(process: Callable[[], int], at: int) -> Callable[[int], None]:
    """Ends the process when so many messages are there, before it is told that the last one was taken."""

    def stored(received: int) -> None:
        if received == at:
            os.kill(process(), signal.SIGKILL)

    return stored


@pytest.mark.parametrize("kills", [1, pytest.param(1000, marks=pytest.mark.soak)])
def test_killed_while_it_sends_every_mailbox_has_one_message_or_its_delivery_is_uncertain(
    kills: int, relay: SmtpService, trusted: Authority, tmp_path: Path
) -> None:
    count, home = 20 * kills, new_home(tmp_path / "home")
    use_relay(home, trusted, relay.port)
    school = School(home)
    assert school.entries("planned") == []
    chance = random.Random(7)  # noqa: S311 - seeded, and no secret
    running: list[subprocess.Popen[bytes]] = []
    tests = HERE.parent
    died = 0
    for attempt in range(kills + 1):
        at = relay.received + chance.randint(1, 18) if attempt < kills else -1
        relay.stored = killing(lambda: running[-1].pid, at)
        running.append(
            subprocess.Popen(
                [sys.executable, HERE / "sending.py", home, str(count)],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (HERE, tests, tests.parent)))},
            )
        )
        died += running[-1].wait() == -signal.SIGKILL
    assert running[-1].returncode == 0
    assert died == kills
    states = {e.delivery: e.kind for e in school.entries() if e.channel == "email"}
    assert Counter(states.values()).keys() <= {"sent", "uncertain"}
    assert len(states) == count
    found = Counter(boxes(relay))
    assert max(found.values()) == 1
    sent = sum(kind == "sent" for kind in states.values())
    assert count // 4 < sent <= len(found) <= count
    assert set(found) <= {address(n) for n in range(count)}
    log = school.open()
    assert verify(log.store, log.keys.log_signers, log.anchor, patience=0).ok
    assert CYCLE in {e.cycle for e in school.entries("sent")}


def rehearse(school: School, to: str, **chosen: Any) -> Rehearsed:
    code = school.phone.code()
    return rehearse_release(school.open(), "rehearse", CYCLE, ChosenStudents(**chosen), to, by="mlopez", otp=code,
                            at=school.phone.now)  # fmt: skip


def test_a_rehearsal_sends_everything_to_one_address_and_shows_nothing(school: School, relay: SmtpService) -> None:
    with patch("termpost.tasks.channels.email.channel.Sending", SLOW):
        done = rehearse(school, "head@grand-bend.example.org")
    assert done == Rehearsed(parcels=3, unprintable=0, sent=3, failed=0)
    assert boxes(relay) == {"head@grand-bend.example.org": 3}
    assert [key for prefix in ("sealed/", "print/") for key in school.store.list(prefix)] == []
    assert [key for key in school.store.list("outgoing/") if not key.endswith(".json")] == []
    assert school.entries("approved", "released", "planned", "sealed", "sent", "delivered") == []
    (rehearsed,) = school.entries("rehearsed")
    assert (rehearsed.actor, rehearsed.count, rehearsed.recipient) == ("mlopez", 3, None)
    school.release()
    assert boxes(relay) == {"head@grand-bend.example.org": 3, **dict.fromkeys(ADDRESSES.values(), 1)}
    ids = {message_from_bytes(mail)["Message-ID"] for box in relay.boxes.values() for mail in box}
    assert len(ids) == 6


def test_a_rehearsal_goes_to_nobody_outside(school: School, relay: SmtpService) -> None:
    for outside in ("head@gmail.com", "not an address", "x@grand-bend.example.org.evil.example"):
        with pytest.raises(InputError) as caught:
            rehearse(school, outside)
        assert caught.value.code == "address-not-ours"
    assert relay.received == 0
