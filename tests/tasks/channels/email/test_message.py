"""The notice: no name and no grade in it, the same bytes for the same notice, readable by everyone."""

import email
import io
import re
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from termpost.schemas.documents.report import Contact
from termpost.tasks.channels.email.message import make_mail, make_message
from termpost.tasks.documents import wording
from termpost.tasks.documents.wording import LOCALES, languages, translator_for

from tests.some_now import soaked
from tests.tasks.channels.email.notices import LINK, SCHOOL, SENDER, notice

# Vietnamese is set as French is: no browser needs to look at both; in the suite one goes from right to left
SHOWN = (("ar", "dark"), ("es", "light"))
EVERY = [*SHOWN, *soaked(
    *((language, scheme) for language in languages() if language != "vi" for scheme in ("light", "dark")
      if (language, scheme) not in SHOWN))]  # fmt: skip
LONG = "a" * 60 + "@" + "b" * 60 + ".schools.example.org"


@pytest.fixture(scope="module")
def sealed_pdf() -> bytes:
    return _blank(encryption=pikepdf.Encryption(user="code", owner="another"))


def _blank(**options: Any) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(72, 72))
        document.save(out, **options)
    return out.getvalue()


def read(data: bytes) -> EmailMessage:
    """As another program reads it."""
    return email.message_from_bytes(data, policy=policy.default)


def parts(data: bytes) -> tuple[str, str]:
    message = read(data)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def test_the_headers_say_what_it_is_and_name_nobody() -> None:
    message = read(make_mail(notice()).data)
    token = notice().token
    assert dict(message.items()) == {
        "MIME-Version": "1.0",
        "Content-Type": message["Content-Type"],
        "From": f"{SCHOOL} <{SENDER}>",
        "To": "family@example.org",
        "Subject": "A progress report is ready",
        "Date": "Fri, 17 Dec 2021 15:00:00 +0000",
        "Message-ID": f"<{token}@schools.example.org>",
        "Content-Language": "en",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "List-Id": "<reports.schools.example.org>",
        "List-Unsubscribe": "<mailto:office@schools.example.org?subject=No%20more%20notices%20by%20e-mail>",
        "X-Envelope-Id": token,
        "Reply-To": "office@schools.example.org",
    }
    assert [address.display_name for address in message["To"].addresses] == [""]


def test_the_same_notice_is_the_same_bytes_and_lines_are_those_of_mail(sealed_pdf: bytes) -> None:
    one, two = (make_mail(notice(language="ar"), [sealed_pdf]) for _ in range(2))
    assert one == two
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", one.data)
    assert all(len(line) <= 998 for line in one.data.split(b"\r\n"))
    assert one.data.isascii()
    assert read(one.data).defects == []


def test_a_message_is_known_by_its_deliveries_whatever_their_order_and_day() -> None:
    one = notice(deliveries=("d1", "d2"))
    again = notice(deliveries=("d2", "d1"), written_at=datetime(2022, 1, 3, tzinfo=UTC), language="es")
    assert one.message_id == again.message_id
    assert one.message_id != notice(deliveries=("d1",)).message_id
    assert re.fullmatch(r"<m[0-9a-f]{32}@schools\.example\.org>", one.message_id)
    assert "d1" not in one.message_id


@pytest.mark.parametrize("tag", languages())
def test_every_language_says_all_of_it_in_both_parts(tag: str) -> None:
    asked = notice(language=tag, school_language=tag, reports=3)
    said = translator_for(tag)
    plain, html = parts(make_mail(asked).data)
    html = re.sub(r"<[^>]+>|[\u200e\u200f]", "", html)
    for sentence in (
        said.plural("notice", "lead", 3),
        said.text("notice", "bare"),
        said.text("notice", "code"),
        said.text("notice", "wrong"),
        said.text("letter", "questions", name="School Office", until=said.day(asked.query_until)),
        said.text("notice", "stop", email="office@schools.example.org"),
        LINK,
        "office@schools.example.org",
        "+1 555 0100",
        SCHOOL,
    ):
        unmarked = re.sub("[\u200e\u200f]", "", sentence)
        assert unmarked in re.sub("[\u200e\u200f]", "", plain), sentence
        assert unmarked in html, sentence
    message = read(make_mail(asked).data)
    assert message["Subject"] == said.plural("notice", "subject", 3)
    assert message["Content-Language"] == tag
    assert "{" not in plain


def test_what_nobody_reviewed_ends_with_a_note_in_both_languages_and_no_second_copy() -> None:
    plain, html = parts(make_mail(notice(language="es")).data)
    said = [
        translator_for(tag).text("translation", "unreviewed", language=own, name="School Office")
        for tag, own in (("es", "inglés"), ("en", "English"))
    ]
    for text in (plain, html):
        assert text.index(translator_for("es").text("notice", "wrong")) < text.index(said[0]) < text.index(said[1])
        assert translator_for("en").plural("notice", "lead", 1) not in text
    assert 'lang="en" dir="ltr"' in html
    for trusted in (notice(), notice(language="es", reviewed=("es",))):
        assert not any(line in part for line in said for part in parts(make_mail(trusted).data))


def test_a_reviewed_translation_stands_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (LOCALES / "es.po").read_text(encoding="utf-8")
    (tmp_path / "es.po").write_text(text.replace("State: draft", "State: reviewed"), encoding="utf-8")
    monkeypatch.setattr(wording, "LOCALES", tmp_path)
    translator_for.cache_clear()
    try:
        plain, html = parts(make_mail(notice(language="es")).data)
    finally:
        translator_for.cache_clear()
    assert "progress" not in plain + html


def test_a_regional_tag_is_served_by_its_language() -> None:
    assert "17 de diciembre" not in parts(make_mail(notice(language="es-MX")).data)[0]
    assert "5 de enero de 2022" in parts(make_mail(notice(language="es-MX")).data)[0]


def test_nothing_is_fetched_counted_or_run() -> None:
    _, html = parts(make_mail(notice()).data)
    assert re.findall(r'(?:href|src|background)="([^"]+)"', html) == [
        LINK, LINK, "mailto:office@schools.example.org", "tel:+15550100",
    ]  # fmt: skip
    assert not re.search(r"<(img|script|link|iframe|form|video|audio|object)|url\(|@import|@font-face", html)


def test_what_a_school_is_called_is_no_markup_and_breaks_no_header() -> None:
    school = 'Ada & <b>"Co"</b>,\r\nBcc: x@example.org\u202e'
    data = make_mail(notice(school=school, ask=Contact(name="<i>Office</i>"))).data
    message, (plain, html) = read(data), parts(data)
    assert message["Bcc"] is None
    assert message["From"].addresses[0].display_name == 'Ada & <b>"Co"</b>, Bcc: x@example.org'
    assert "Ada &amp; &lt;b&gt;" in html
    assert "<i>" not in html
    assert "<i>Office</i>" in plain
    assert "\u202e" not in plain + html


@pytest.mark.parametrize("school", ["Étoile – Lycée français", "مدرسة النور", "第一中学", "S" * 150])
def test_long_and_foreign_names_and_addresses_survive_the_header(school: str) -> None:
    asked = notice(school=school, recipient=LONG, sender=f"reports@{'c' * 60}.example.org", language="uk",
                   ask=Contact(name="Office", email=LONG))  # fmt: skip
    message = read(make_mail(asked).data)
    assert message["From"].addresses[0].display_name == school
    assert [address.addr_spec for address in message["To"].addresses] == [LONG]
    assert message["Reply-To"] == LONG
    raw = make_mail(asked).data.decode()
    assert f"\r\nMessage-ID: {asked.message_id}\r\n" in raw
    assert f"\r\nList-Unsubscribe: <mailto:{LONG}?subject=" in raw


def test_a_sealed_pdf_goes_along_and_is_announced(sealed_pdf: bytes) -> None:
    data = make_mail(notice(link=None), [sealed_pdf]).data
    (attached,) = read(data).iter_attachments()
    assert attached.get_content() == sealed_pdf
    assert (attached.get_filename(), attached.get_content_type()) == ("report.pdf", "application/pdf")
    for text in parts(data):
        assert "The report is attached as a locked PDF." in text
        assert "portal" not in text
    two = read(make_mail(notice(reports=2), [sealed_pdf, sealed_pdf]).data)
    assert [one.get_filename() for one in two.iter_attachments()] == ["report-1.pdf", "report-2.pdf"]
    assert "attached" not in parts(make_mail(notice()).data)[0]


def test_an_open_pdf_never_leaves() -> None:
    for data in (_blank(), b"%PDF-1.7 nothing", b""):
        with pytest.raises(ValueError, match="not encrypted"):
            make_mail(notice(), [data])
    with pytest.raises(ValueError, match="link or an attachment"):
        make_mail(notice(link=None))


@pytest.mark.parametrize(("language", "scheme"), EVERY)
def test_axe_finds_nothing_in_any_language_light_or_dark(browser: Browser, language: str, scheme: str) -> None:
    tab = browser.new_page(color_scheme=scheme, offline=True)  # type: ignore[arg-type]
    fetched: list[str] = []
    tab.on("request", lambda request: fetched.append(request.url))
    body = make_message(notice(language=language, colour="#ffe066")).get_body(("html",))
    assert body is not None
    tab.set_content(body.get_content())
    found = [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(tab).response["violations"]]
    direction = tab.evaluate("getComputedStyle(document.querySelector('h1')).direction")
    tab.close()
    assert found == []
    assert fetched == []
    assert direction == translator_for(language).direction


def test_a_phone_shows_it_without_scrolling_sideways(browser: Browser) -> None:
    tab = browser.new_page(viewport={"width": 320, "height": 640}, offline=True)
    for language in languages():
        body = make_message(notice(language=language)).get_body(("html",))
        assert body is not None
        tab.set_content(body.get_content())
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320, language
    tab.close()
