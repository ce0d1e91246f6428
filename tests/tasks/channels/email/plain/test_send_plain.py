"""Short notices through a real SMTP server: content-free, once, to whom the record allows; else a letter is due."""

import os
import signal
import subprocess
import sys
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path
from unittest.mock import Mock

import pytest
from click.testing import CliRunner, Result
from pypdfium2 import PdfDocument
from termpost.flows.cli import termpost
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef, StaffId
from termpost.schemas.documents.plain_notice import PlainMail
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.notice_wishes import STOPPED
from termpost.schemas.log.notices.plain_deliveries import PlainDeliveries
from termpost.tasks.channels.email.bounces import ingest
from termpost.tasks.channels.email.plain.send import send_plain
from termpost.tasks.log.verify import verify

from tests.school import FATHER, KYLE, LISA, MOTHER, OTHER, Prepared
from tests.services.smtp_server import SmtpService
from tests.tasks.channels.email.bounces import POSTFIX, TOKEN
from tests.tasks.channels.email.plain.told_school import MOTHERS, OTHERS, TEACHER, TEACHERS, states, take_in_again
from tests.tasks.channels.email.plain.told_school import told as mail_to

NAMES = ("Lisa", "Woods", "Madelyn", "Fannie", "Kyle", "Hughes", "Camille", "Arthur")
INVITATION = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


class KilledError(Exception):
    """As when the machine dies."""


def text_of(data: bytes) -> str:
    body = message_from_bytes(data, policy=policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def letters(school: Prepared) -> list[str | None]:
    return [one.recipient for one in PlainDeliveries.fold(school.open().log.entries()).letters_due()]


def test_each_hears_once_that_something_waits_and_nothing_of_what_or_whom(told: Prepared, service: SmtpService) -> None:
    mails = [mail_to(told, MOTHER), mail_to(told, OTHER, kind="confirmed", due="2021-12-22")]
    assert send_plain(told.open(), "test", mails) == Counter(sent=2)
    assert send_plain(told.open(), "again", mails) == Counter(known=2)
    assert {box: len(found) for box, found in service.boxes.items()} == {MOTHERS: 1, OTHERS: 1}
    for data in (service.boxes[MOTHERS][0], service.boxes[OTHERS][0]):
        said = data.decode("ascii") + text_of(data)
        assert not any(name in said for name in NAMES)
        assert "https://portal.grand-bend.example\n" in text_of(data).replace("\r\n", "\n")
        assert "<img" not in said
        assert "q1a2b3c4d5e6" not in said
    assert "December 22, 2021" in text_of(service.boxes[OTHERS][0])
    assert service.in_clear == []
    assert all(entry.query == "q1a2b3c4d5e6" for entry in told.entries("planned", "sent"))


def test_an_invitation_is_one_more_way_to_read_the_message(told: Prepared, service: SmtpService) -> None:
    send_plain(told.open(), "test", [mail_to(told, OTHER, kind="meeting", calendar_part=INVITATION)])
    message = message_from_bytes(service.boxes[OTHERS][0], policy=policy.default)
    parts = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_payload(decode=True) for part in parts] == [INVITATION]
    assert parts[0].get_param("method") == "REQUEST"
    with pytest.raises(ValueError, match="invitation"):
        mail_to(told, OTHER, kind="meeting", calendar_part=b"BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n")


def test_staff_hear_how_many_and_of_nobody_at_an_address_of_the_school(told: Prepared, service: SmtpService) -> None:
    office = 'office_mail = "office@grand-bend.example.org"\nhead_mail = "head@grand-bend.example.org"\n'
    settings = told.home / "termpost.toml"
    settings.write_text(f"{settings.read_text()}\n[feedback]\n{office}")
    told.register("head1", "head")
    mails = [
        PlainMail("day", "staff-reminder", staff=StaffId("mlopez"), count=3),
        PlainMail("day", "escalation", staff=StaffId("head1")),
    ]
    assert send_plain(told.open(), "test", mails) == Counter(sent=2)
    (reminder,), (late,) = service.boxes["office@grand-bend.example.org"], service.boxes["head@grand-bend.example.org"]
    assert "3 questions" in text_of(reminder)
    assert "termpost feedback list" in text_of(reminder)
    assert b"portal" not in reminder + late
    assert [entry.subject for entry in told.entries("sent")] == ["mlopez", "head1"]


def test_a_teacher_is_written_to_at_the_address_on_record_only_where_it_is_the_school_s(
    told: Prepared, service: SmtpService
) -> None:
    told.register("jreed", "teacher", teacher_id=TEACHER)
    assert send_plain(told.open(), "test", [PlainMail("day", "staff-reminder", staff=StaffId("jreed"))])["sent"] == 1
    assert list(service.boxes) == [TEACHERS]
    told.extract.change("users.csv", {"sourcedId": TEACHER}, email="jo@elsewhere.example.org")
    take_in_again(told)
    assert send_plain(told.open(), "test", [PlainMail("2", "staff-reminder", staff=StaffId("jreed"))])["failed"] == 1
    assert service.received == 1


def test_whom_no_mail_may_reach_is_named_for_a_letter(told: Prepared, service: SmtpService) -> None:
    home = told.open()
    home.log.append("test", [Entry(kind="settings_changed", actor="mlopez", recipient=told.ref(OTHER), reason=STOPPED)])
    nobody = PersonRef("p" + "0" * 20)
    home.people.references(["stranger"])
    stranger = home.people.find("stranger") or nobody
    mails = [mail_to(told, FATHER), mail_to(told, OTHER), PlainMail("k", "answer", to_ref=stranger)]
    assert send_plain(told.open(), "test", mails) == Counter(paper=3)
    assert service.received == 0
    assert letters(told) == [told.ref(FATHER), told.ref(OTHER), stranger]
    assert states(told.entries("failed")) == [("failed", "no-email"), ("failed", "asked-for-print"),
                                              ("failed", "not-known")]  # fmt: skip
    assert send_plain(told.open(), "again", mails) == Counter(known=3)


def test_an_address_that_somebody_barred_from_the_child_has_is_never_written_to(
    told: Prepared, service: SmtpService
) -> None:
    told.extract.change("users.csv", {"sourcedId": FATHER}, email=MOTHERS)
    told.extract.change("supplement/contacts.csv", {"contactSourcedId": FATHER}, contactRestrictions="no-contact")
    take_in_again(told)
    assert send_plain(told.open(), "test", [mail_to(told, MOTHER)]) == Counter(paper=1)
    assert states(told.entries("failed")) == [("failed", "email-of-barred")]
    assert service.received == 0


def test_a_student_of_age_is_written_to_as_anybody(told: Prepared, service: SmtpService) -> None:
    assert send_plain(told.open(), "test", [mail_to(told, LISA)]) == Counter(sent=1)
    assert list(service.boxes) == ["lisa@families.example.org"]


def test_a_message_that_was_put_off_goes_with_the_next_call_and_an_uncertain_one_never(
    told: Prepared, service: SmtpService
) -> None:
    service.always[OTHERS] = "450 4.2.1 Not now"
    service.drop.extend(["after-storing"])
    mails = [mail_to(told, MOTHER), mail_to(told, OTHER)]
    assert send_plain(told.open(), "test", mails) == Counter(uncertain=1, later=1)
    service.always.clear()
    assert send_plain(told.open(), "again", mails) == Counter(known=1, sent=1)
    assert {box: len(found) for box, found in service.boxes.items()} == {MOTHERS: 1, OTHERS: 1}
    assert [entry.count for entry in told.entries("planned")] == [None, None, 2]
    assert letters(told) == [told.ref(MOTHER)]


def test_a_bounce_makes_a_letter_due(told: Prepared, service: SmtpService, tmp_path: Path) -> None:
    send_plain(told.open(), "test", [mail_to(told, MOTHER), mail_to(told, OTHER)])
    message = message_from_bytes(service.boxes[OTHERS][0])
    token = str(message["X-Envelope-Id"])
    bounce = POSTFIX.replace(TOKEN, token).replace("{ENVELOPE}", "").replace("{ACTION}", "failed")
    (tmp_path / "bounces").mkdir()
    (tmp_path / "bounces" / "1.eml").write_text(bounce.replace("{STATUS}", "5.1.1").replace("{HEADERS}", str(message)))
    _, changed = ingest(told.open(), "test", tmp_path / "bounces")
    assert changed == 1
    assert letters(told) == [told.ref(OTHER)]


def test_without_a_relay_everybody_gets_a_letter_and_no_error(told: Prepared) -> None:
    settings = told.home / "termpost.toml"
    text = settings.read_text().partition("[channels.email]")[0].replace('"email", ', "")
    settings.write_text(text)
    assert send_plain(told.open(), "test", [mail_to(told, MOTHER)]) == Counter(paper=1)
    assert states(told.entries("failed")) == [("failed", "no-relay")]


def test_a_relay_that_is_not_fit_is_an_error_and_who_is_due_a_letter_is_known_before(
    told: Prepared, service: SmtpService
) -> None:
    service.answers["starttls"].append("502 5.5.1 No")
    with pytest.raises(InputError) as refused:
        send_plain(told.open(), "test", [mail_to(told, FATHER), mail_to(told, MOTHER)])
    assert refused.value.code == "relay-no-tls"
    assert letters(told) == [told.ref(FATHER)]
    assert send_plain(told.open(), "again", [mail_to(told, MOTHER)]) == Counter(sent=1)


def test_killed_while_it_sends_nobody_is_written_to_twice(told: Prepared, service: SmtpService) -> None:
    """By a process of its own, that dies before it is told that the message was taken."""
    running: list[subprocess.Popen[bytes]] = []
    service.stored = lambda count: os.kill(running[0].pid, signal.SIGKILL) if count == 2 else None
    program = (
        "import sys\n"
        "from tests.school import MOTHER, OTHER, Prepared\n"
        "from pathlib import Path\n"
        "from termpost.tasks.channels.email.plain.send import send_plain\n"
        "from tests.tasks.channels.email.plain.told_school import told\n"
        "school = Prepared(Path(sys.argv[1]))\n"
        "send_plain(school.open(), 'killed', [told(school, MOTHER), told(school, OTHER)])\n"
    )
    root = str(Path(__file__).parents[5])
    running.append(subprocess.Popen([sys.executable, "-c", program, told.home], cwd=root))
    assert running[0].wait(60) == -signal.SIGKILL
    found = send_plain(told.open(), "after", [mail_to(told, MOTHER), mail_to(told, OTHER)])
    assert found == Counter(known=2)
    assert max(map(len, service.boxes.values())) == 1
    kinds = [PlainDeliveries.fold(told.entries()).last[e.delivery or ""].kind for e in told.entries("planned")]
    assert kinds == ["sent", "uncertain"]
    log = told.open()
    assert verify(log.store, log.keys.log_signers, log.anchor, patience=0).ok


def test_no_name_and_no_address_is_in_the_log(told: Prepared) -> None:
    send_plain(told.open(), "test", [mail_to(told, MOTHER, student=PersonRef(told.ref(KYLE))), mail_to(told, FATHER)])
    lying = b"".join(told.store.get(key) for key in told.store.list("log/")).decode()
    assert "families.example.org" not in lying
    assert not any(name in lying for name in NAMES)


def test_the_office_prints_a_letter_once_for_each_whom_no_mail_reached(
    told: Prepared, service: SmtpService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "letters.pdf"
    send_plain(told.open(), "test", [mail_to(told, FATHER), mail_to(told, MOTHER)])

    command = ["notices", "letters", "--out", str(out), "--home", str(told.home), "--as-of", "2021-12-17"]

    def typed() -> Result:
        return CliRunner().invoke(termpost, command, standalone_mode=False)

    with monkeypatch.context() as broken:
        broken.setattr("termpost.flows.commands.families.notices.write_durably", Mock(side_effect=KilledError))
        assert isinstance(typed().exception, KilledError)
    assert not out.exists()
    assert "1 letter" in typed().output
    read = PdfDocument(out)
    text = read[0].get_textpage().get_text_range()
    assert len(read) == 1
    assert "54 Rocky Clarendon Avenue" in text
    assert "https://portal.grand-bend.example" in text
    assert not any(name in text for name in ("Lisa", "Fannie"))
    printed = [(entry.kind, entry.recipient) for entry in told.entries() if entry.channel == "print"]
    assert printed == [("planned", told.ref(FATHER)), ("sent", told.ref(FATHER))]
    assert "Nobody" in typed().output
