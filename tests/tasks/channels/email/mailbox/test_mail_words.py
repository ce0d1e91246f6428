"""What a mail says: any bytes are taken, nothing is opened, and no bomb costs more than seconds."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from termpost.tasks.channels.email.mailbox.mail_head import read_head
from termpost.tasks.channels.email.mailbox.mail_words import LONGEST, MailWords, read_words

SECONDS = 10  # on a busy machine; without a bound each of these takes minutes
TOKEN = "m" + "0a" * 16
MIXED = b'Content-Type: multipart/mixed; boundary="b"\n\n'
HTML = b"Content-Type: text/html; charset=utf-8\n\n"


def said(data: bytes) -> MailWords:
    words = read_words(data)
    assert words is not None
    return words


def nested(depth: int) -> bytes:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    return opened + b"\n" + (b"x" * 70 + b"\n") * 140_000


BOMBS = {
    "ten thousand parts": MIXED + b"--b\nContent-Type: text/plain\n\nx\n" * 10_000 + b"--b--",
    "a million parts": MIXED + b"--b\n\nx\n" * 1_000_000 + b"--b--",
    "ninety containers": nested(90),
    "containers up to the bound": nested(29),
    "two million headers": b"X: y\n" * 2_000_000 + b"\nhello",
    "five million lines": b"\n\n" + b"x\n" * 5_000_000,
    "a hundred megabytes": b"\n\n" + b"x" * 100_000_000,
    "messages in messages": b"Content-Type: message/rfc822\n\n" * 25 + b"\nhello",
}
HTML_BOMBS = [b"<", b"<!--", b"<a ", b"<![CDATA[", b"</scrip", b"<a b='", b"&#", b"<!", b"<?"]


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_bounded(name: str) -> None:
    began = time.process_time()
    words = read_words(BOMBS[name])
    assert words == (MailWords("", 1, is_cut=False) if name == "messages in messages" else None)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("piece", HTML_BOMBS)
def test_html_that_a_parser_chokes_on_is_bounded(piece: bytes) -> None:
    began = time.process_time()
    assert len(said(HTML + piece * (5_000_000 // len(piece))).text) <= LONGEST
    assert time.process_time() - began < SECONDS


def test_html_alone_becomes_plain_words_and_nothing_of_it_is_run_or_fetched() -> None:
    page = b"<style>p{}</style><p>Why <b>is</b> it so?</p><script>alert(1)</script>"
    more = b"<img src=https://x.example/t.gif onerror=alert(2)><a href='https://evil.example'>see</a> &lt;b&gt;"
    assert said(HTML + page + more).text == "Why is it so?\nsee <b>"


def test_plain_words_are_taken_before_html_and_attachments_are_counted() -> None:
    parts = (
        b"--b\nContent-Type: text/plain\n\nplain words\n"
        b"--b\nContent-Type: text/html\n\n<p>other words</p>\n"
        b"--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n\nx\n"
        b"--b\nContent-Type: text/plain; name=notes.txt\n\nnot opened\n"
        b"--b\nContent-Type: message/rfc822\n\nFrom: x@y.org\n\nforwarded\n--b--\n"
    )
    assert said(MIXED + parts) == MailWords("plain words", 3, is_cut=False)


def test_what_reorders_a_line_or_is_not_seen_is_gone_and_a_quotation_at_the_end_too() -> None:
    text = "\n\nab\u202ecd\u2066ef\x00\x1b[31m\n> inner\nanswer\n\n> Lisa's teacher wrote\n> more\n"
    assert said(text.encode()).text == "abcdef[31m\n> inner\nanswer"


def test_a_long_mail_is_cut_and_says_so() -> None:
    assert said(b"\n\n" + b"y" * (LONGEST + 1)).is_cut


@pytest.mark.parametrize("charset", ["no-such-set", "rot13", "base64", "utf-7", "\\x00", "idna", "undefined", "zlib"])
def test_a_character_set_that_nobody_knows_is_no_crash(charset: str) -> None:
    assert "abc" in said(f"Content-Type: text/plain; charset={charset}\n\nabc".encode()).text


@pytest.mark.parametrize("charset", ["punycode", "unicode_escape", "raw_unicode_escape"])
def test_an_encoding_that_is_no_character_set_costs_nothing(charset: str) -> None:
    began = time.process_time()
    said(f"Content-Type: text/plain; charset={charset}\n\n".encode() + b"zz9\\ud800-" * 100_000)
    assert time.process_time() - began < SECONDS


def test_no_half_of_a_character_is_left() -> None:
    head = read_head(b"From: a@b.org\nMessage-ID: <\xff\xfe@x>\nSubject: \xff =?utf-7?q?+2AA-?= \xe9\n\n")
    assert head is not None
    (head.message_id + head.subject).encode()
    said(b"Content-Type: text/plain; charset=utf-7\n\n+2AA- x").text.encode()


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_taken(data: bytes) -> None:
    read_words(data)
    read_head(data)
    read_head(b"From: " + data + b"\n\n")
    read_words(b"Content-Type: " + data + b"\n\nx")


SENDERS = {
    b"mum@example.org": "mum@example.org",
    b'"Woods, M." <Mum@Example.ORG>': "mum@example.org",
    b"=?utf-8?q?M=C3=BCm?= <mum@example.org>": "mum@example.org",
    b"mum@example.org <stranger@example.org>": "stranger@example.org",
    b'"mum@example.org" <stranger@example.org>': "stranger@example.org",
    b"mum@example.org, stranger@example.org": "",
    b"<mum@example.org> <stranger@example.org>": "",
    b"stranger@example.org\r\nFrom: mum@example.org": "",
    b"Group: mum@example.org;": "",
    b"(mum@example.org) <>": "",
    "ｍum@example.org".encode(): "",
    b"": "",
}


@pytest.mark.parametrize("header", SENDERS)
def test_the_sender_is_the_one_address_it_says_or_none(header: bytes) -> None:
    head = read_head(b"From: " + header + b"\r\nSubject: x\r\n\r\n")
    assert head is not None
    assert head.sender == SENDERS[header]


def test_what_it_answers_is_told_by_our_tokens_alone() -> None:
    head = read_head(f"From: a@b.org\nReferences: <x@y> <{TOKEN}@school>\n <z{TOKEN}@q>\n\nIn-Reply-To: no".encode())
    assert head is not None
    assert head.answers == {TOKEN}
    many = " ".join(f"<m{n:032x}@s>" for n in range(3_000))
    cut = read_head(f"From: a@b.org\nReferences: {many}\n\n".encode())
    assert cut is not None
    assert len(cut.answers) <= 50


def test_a_mail_without_an_id_has_one_made_of_its_header() -> None:
    one, other = (read_head(f"From: a@b.org\nSubject: {n}\n\n".encode()) for n in (1, 2))
    assert one is not None
    assert other is not None
    assert one.message_id != other.message_id
    assert one == read_head(b"From: a@b.org\nSubject: 1\n\n")


def test_nothing_in_this_room_opens_an_attachment() -> None:
    room = Path(__file__).parents[5] / "tasks" / "channels" / "email" / "mailbox"
    text = "".join(path.read_text() for path in room.glob("*.py"))
    assert not any(word in text for word in ("zipfile", "tarfile", "pikepdf", "subprocess"))
