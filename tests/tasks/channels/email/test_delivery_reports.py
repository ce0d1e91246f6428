"""Bounces and delivery reports: what they say of a message that was sent, and what changes nothing."""

import hashlib
import mailbox
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from termpost.schemas.base.errors import InputError
from termpost.tasks.channels.email.delivery_report import LARGEST, DsnResult, read_report
from termpost.tasks.channels.email.delivery_reports import Ignored, StatusChange, read_reports

from tests.tasks.channels.email.bounces import AWAY, HEADERS, MESSAGE_ID, TOKEN, exchange, gmail, postfix

OTHER = "m" + "f" * 32
FOREIGN = HEADERS.replace(TOKEN, "someone-else")


def lay(folder: Path, **files: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.eml").write_bytes(data)
    return folder


@pytest.mark.parametrize(
    ("data", "reason"),
    [(postfix(), "bounce-5.1.1"), (exchange(), "bounce-5.1.10"), (gmail(), "bounce-5.2.2")],
    ids=["postfix", "exchange", "gmail"],
)
def test_a_bounce_of_each_system_fails_the_message_it_returns(tmp_path: Path, data: bytes, reason: str) -> None:
    found = read_reports(lay(tmp_path / "in", one=data), [MESSAGE_ID])
    assert found.news == (StatusChange(MESSAGE_ID, "failed", reason),)
    assert (found.read, found.ignored) == (1, ())
    crlf = read_report(data.replace(b"\n", b"\r\n"))
    assert crlf == DsnResult(TOKEN, "failed", reason)


@pytest.mark.parametrize(
    ("action", "status", "fate", "reason"),
    [
        ("delivered", "2.0.0", "delivered", "delivered"),
        ("Delivered", "2.1.5 (ok)", "delivered", "delivered"),
        ("delayed", "4.4.1", "delayed", "delayed-4.4.1"),
        ("failed", "4.4.7", "failed", "bounce-4.4.7"),  # the time was up: nobody tries any more
        ("failed", "5.07.001", "failed", "bounce-5.7.1"),
        ("failed", "no idea", "failed", "bounce-unknown"),
    ],
)
def test_the_action_decides_and_the_status_is_the_reason(action: str, status: str, fate: str, reason: str) -> None:
    assert read_report(postfix(action, status)) == DsnResult(TOKEN, fate, reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (postfix("relayed", "2.0.0"), "passed-on"),
        (postfix("expanded", "2.0.0"), "passed-on"),
        (postfix("failed", "2.0.0"), "contradicts-itself"),
        (postfix("delivered", "5.1.1"), "contradicts-itself"),
        (postfix("vanished", "5.1.1"), "not-understood"),
        (postfix(headers=FOREIGN), "not-ours"),
        (postfix(headers=HEADERS.replace(f"Message-ID: <{TOKEN}", f"Message-ID: <{OTHER}")), "contradicts-itself"),
        (postfix(envelope=OTHER), "contradicts-itself"),
        (AWAY.encode(), "no-report"),
        (postfix().replace(b"report-type=delivery-status", b"report-type=feedback-report"), "no-report"),
        (postfix().replace(b"multipart/report", b"multipart/mixed"), "no-report"),
        (postfix().replace(b"message/delivery-status", b"text/plain"), "no-report"),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + postfix() + b"\n--b--\n", "no-report"),
        (b"", "no-report"),
        (b"\xff\xfe\x00nonsense", "no-report"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_is_no_clear_report_about_our_message_changes_nothing(tmp_path: Path, data: bytes, why: str) -> None:
    found = read_reports(lay(tmp_path / "in", one=data), [MESSAGE_ID])
    assert found.news == ()
    assert found.ignored == (Ignored("one.eml", why),)  # type: ignore[arg-type]
    assert found.counts() == {why: 1}


def test_a_file_that_is_too_large_is_named_and_not_read(tmp_path: Path) -> None:
    large = postfix() + b" " * LARGEST
    assert read_report(large) == "too-large"
    assert read_reports(lay(tmp_path / "in", one=large), [MESSAGE_ID]).ignored == (Ignored("one.eml", "too-large"),)


def test_a_report_about_a_message_that_was_never_sent_changes_nothing(tmp_path: Path) -> None:
    found = read_reports(lay(tmp_path / "in", forged=postfix(token=OTHER), real=postfix()), [MESSAGE_ID])
    assert [one.message_id for one in found.news] == [MESSAGE_ID]
    assert found.ignored == (Ignored("forged.eml", "not-ours"),)


def test_a_subject_and_a_text_that_name_the_message_prove_nothing() -> None:
    text = postfix(headers=FOREIGN).replace(b"Undelivered Mail", TOKEN.encode()).replace(b"I'm sorry", TOKEN.encode())
    assert read_report(text) == "not-ours"


@pytest.mark.parametrize(
    "headers",
    [
        HEADERS.replace(MESSAGE_ID, "<010001@amazonses.example.org>"),  # a service gave it another Message-ID
        HEADERS.replace(f"X-Envelope-Id: {TOKEN}\n", ""),
        HEADERS.replace("Message-ID:", "message-id:"),
    ],
)
def test_either_header_is_enough(headers: str) -> None:
    assert read_report(postfix(headers=headers)) == DsnResult(TOKEN, "failed", "bounce-5.1.1")


def test_the_envelope_id_alone_is_enough() -> None:
    assert read_report(postfix(headers="Subject: x\n", envelope=TOKEN)) == DsnResult(TOKEN, "failed", "bounce-5.1.1")


def test_of_several_copies_one_that_arrived_is_an_arrival() -> None:
    block = b"\nFinal-Recipient: rfc822; copy@example.org\nAction: %s\nStatus: %s\n"
    end = b"    rejected: User unknown\n"
    two = postfix().replace(end, end + block % (b"delivered", b"2.0.0"))
    assert read_report(two) == DsnResult(TOKEN, "delivered", "delivered")
    assert read_report(postfix().replace(end, end + block % (b"failed", b"5.2.1"))) == DsnResult(
        TOKEN, "failed", "bounce-5.1.1"
    )
    late = postfix("delayed", "4.4.1").replace(end, end + block % (b"delivered", b"2.0.0"))
    assert read_report(late) == DsnResult(TOKEN, "delivered", "delivered")
    assert read_report(postfix().replace(end, end + block % (b"expanded", b"2.0.0"))) == "passed-on"


def test_the_last_word_wins_whatever_was_read_first(tmp_path: Path) -> None:
    files = {"1": postfix("delayed", "4.4.1"), "2": postfix("delivered", "2.0.0"), "3": postfix("failed", "5.2.2")}
    for order in (("1", "2", "3"), ("3", "2", "1"), ("2", "3", "1")):
        folder = lay(tmp_path / "".join(order), **{f"n{place}": files[name] for place, name in enumerate(order)})
        assert read_reports(folder, [MESSAGE_ID]).news == (StatusChange(MESSAGE_ID, "failed", "bounce-5.2.2"),)
    (tmp_path / "123/n2.eml").unlink()
    assert read_reports(tmp_path / "123", [MESSAGE_ID]).news == (StatusChange(MESSAGE_ID, "delivered", "delivered"),)


def _fingerprint(place: Path) -> dict[str, tuple[str, int]]:
    files = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    return {str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns) for path in files}


@pytest.mark.parametrize("kind", ["folder", "maildir", "mbox"])
def test_every_kind_of_mailbox_is_read_and_left_as_it_was_and_twice_gives_the_same(tmp_path: Path, kind: str) -> None:
    reports = [postfix(), AWAY.encode(), gmail(OTHER), b"\x80\x81 broken"]
    place = tmp_path / "box"
    if kind == "folder":
        lay(place, **{f"n{number}": data for number, data in enumerate(reports, start=1)})
        (place / "notes.txt").write_text("not a message")
    else:
        made = mailbox.Maildir(place) if kind == "maildir" else mailbox.mbox(place)
        for data in reports:
            made.add(data)
        made.close()
    before = _fingerprint(place)
    found = read_reports(place, [MESSAGE_ID])
    assert (found.read, len(found.news)) == (4, 1)
    assert found.counts() == {"no-report": 2, "not-ours": 1}
    assert len({one.file for one in found.ignored}) == 3
    if kind == "mbox":
        assert [one.file for one in found.ignored] == ["box#2", "box#3", "box#4"]
    assert read_reports(place, [MESSAGE_ID]) == found
    assert _fingerprint(place) == before


def test_a_place_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_reports(tmp_path / "absent", [MESSAGE_ID])
    assert caught.value.code == "no-reports"
    assert read_reports(lay(tmp_path / "empty"), [MESSAGE_ID]).read == 0


def test_parts_within_parts_without_end_are_not_understood_and_nothing_breaks() -> None:
    deep = b"".join(b"Content-Type: multipart/report; report-type=delivery-status; boundary=b%d\n\n--b%d\n" % (n, n)
                    for n in range(3000))  # fmt: skip
    assert read_report(deep) in {"not-understood", "no-report"}


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_a_damaged_report_never_raises_and_never_speaks_of_another_message(seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - seeded by the test
    data = bytearray(drawn.choice([postfix(), exchange(), gmail()]))
    for _ in range(drawn.randrange(1, 30)):
        start = drawn.randrange(len(data))
        data[start : start + drawn.randrange(20)] = drawn.randbytes(drawn.randrange(20))
    found = read_report(bytes(data))
    assert isinstance(found, str) or found.token == TOKEN
