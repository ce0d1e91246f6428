"""The second code path: opens what will be sent, and refuses what it cannot vouch for."""

import base64
import json
import random
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from functools import partial
from io import BytesIO

import pikepdf
import pytest
import typst
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from termpost.schemas.base.errors import InputError
from termpost.tasks.channels.portal import seal as sealing
from termpost.tasks.channels.portal.receipt_keys import web_key
from termpost.tasks.channels.portal.reopen import OpenedReport, reopen_sealed, students_in_sealed
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.channels.print.reopen import students_in_envelope
from termpost.tasks.documents.verify.stamps import stamps_of_page, stamps_of_pdf
from termpost.tasks.secrets.access_codes import access_code, tidy

from tests.signed_receipts import ORDER, wish_to

CODE, OTHER = (access_code(bytes(range(32)), recipient, 0) for recipient in ("r-1", "r-2"))
WISH = wish_to("https://school.example/receipts")
STAMP, SIBLING = "604822 · 2021-fall-final · v1", "S-4.b_7 · 2021-fall-final · v12"
OPEN_TAG, CLOSE_TAG = b'id="sealed">', b"</script>"


def _pdf(*footers: str, body: str = "Progress report") -> bytes:
    """A page per footer, as the reports print it: the stamp left, the page number right."""
    pages = [f'#page(footer: [#"{f}" #h(1fr) 1 / 2], [{body}])' if f else "#page[]" for f in footers]
    return typst.compile("\n".join(["#set page(width: 14cm, height: 12cm)", *pages]).encode())


def _html(stamp: str, printed: str | None = None) -> bytes:
    text = stamp if printed is None else printed
    head = f'<!doctype html><meta name="termpost-report" content="{stamp}">'
    return f'{head}<p>Report</p><footer><p class="stamp">{text}</p></footer>'.encode()


def _part(stamp: str = STAMP, *, page: bytes | None = None, pdf: bytes | None = None) -> SealedReport:
    return SealedReport(
        "Report", _html(stamp) if page is None else page, _pdf(stamp, stamp) if pdf is None else pdf, "r.pdf"
    )


def _sealed(*parts: SealedReport) -> bytes:
    return seal(
        parts,
        code=CODE,
        recipient="ref-1",
        delivery="d-1",
        school="Grand <Bend> “High”",
        language="en",
        query_until=date(2022, 1, 5),
        receipt=WISH,
    )


def _refusal(call: Callable[[], object]) -> InputError:
    with pytest.raises(InputError) as caught:
        call()
    assert not any(secret in str(caught.value) for secret in ("604822", "S-4.b_7", "fall", CODE))
    return caught.value


def test_what_comes_out_is_byte_for_byte_what_went_in() -> None:
    parts = [_part(), _part(SIBLING)]
    assert reopen_sealed(_sealed(*parts), CODE) == [OpenedReport(p.page, p.pdf, p.title, p.filename) for p in parts]


def test_another_recipients_code_does_not_open_it() -> None:
    page = _sealed(_part())
    assert _refusal(lambda: reopen_sealed(page, OTHER)).code == "does-not-open"
    assert _refusal(lambda: reopen_sealed(page, CODE[:-1])).code == "bad-code"


def test_a_change_of_any_byte_anywhere_in_the_page_is_refused() -> None:
    page = _sealed(_part())
    chance = random.Random(13)  # noqa: S311 - samples for a test
    start = page.index(OPEN_TAG) + len(OPEN_TAG)
    around = list(range(start, start + 60)) + list(range(len(page) - 40, len(page)))
    for place in [*around, *chance.sample(range(len(page)), 300)]:
        flipped = page[place] ^ chance.choice([1, 2, 4, 16, 32])
        changed = page[:place] + bytes([flipped]) + page[place + 1 :]
        assert _refusal(partial(reopen_sealed, changed, CODE)).code == "does-not-open"


@pytest.mark.parametrize("spoil", [
    lambda _: b"",
    lambda page: page[:-1],
    lambda page: page + b"\n",
    lambda page: page.replace(OPEN_TAG, b'id="open">'),
    lambda page: page + b'<script type="application/json" id="sealed">{}</script>',
    lambda page: page.replace(b'"data":"', b'"data": "'),
    lambda page: page.replace(b'"data":"', b'"data":"AAAA'),
    lambda page: page.replace(base64.b64encode(WISH.public), base64.b64encode(wish_to("", 8).public)),
    lambda page: page.replace(base64.b64encode(WISH.public), b""),
    lambda page: page.replace(b'"language":"en"', b'"language":"es"'),
    lambda page: page.replace(b'"format":"termpost.sealed/3"', b'"format":"termpost.sealed/2"'),
    lambda page: page.replace(b'"format":"termpost.sealed/3"', b'"format":"termpost.sealed/4"'),
    lambda page: page.replace(b'"salt"', b'"s"'),
])  # fmt: skip
def test_a_page_cut_off_added_to_or_relabelled_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    page = _sealed(_part())
    assert spoil(page) != page
    assert _refusal(lambda: reopen_sealed(spoil(page), CODE)).code == "does-not-open"


def test_a_salt_that_was_not_made_from_the_content_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one fault of a sealer that would break the encryption without any other sign: a key used twice."""
    monkeypatch.setattr(sealing, "_salt", lambda *_: bytes(32))
    assert _refusal(lambda: reopen_sealed(_sealed(_part()), CODE)).code == "does-not-open"


D, X, Y = (half[-32:] for half in (WISH.private, WISH.public[1:33], WISH.public[33:]))
PAIR = {name: base64.urlsafe_b64encode(half)[:-1].decode() for name, half in (("d", D), ("x", X), ("y", Y))}


@pytest.mark.parametrize(
    "pair",
    [{"d": base64.urlsafe_b64encode(bytes(31) + b"\x08")[:-1].decode()}, {"d": PAIR["d"] + "="}, {"d": ""},
     {"d": "A" * 43}, {"d": base64.urlsafe_b64encode(ORDER.to_bytes(32))[:-1].decode()}, {"x": PAIR["y"]},
     {"d": "AA" + PAIR["d"]}, {"key_ops": ["sign"]}, {"crv": "P-384"}, {"y": None}],
)  # fmt: skip
def test_a_key_that_the_page_could_not_sign_with_is_refused(
    monkeypatch: pytest.MonkeyPatch, pair: dict[str, object]
) -> None:
    """The portal would take no receipt of such a page, and nobody would know why none comes."""
    made = web_key(WISH)
    assert made == {"kty": "EC", "crv": "P-256", **PAIR}
    monkeypatch.setattr(sealing, "web_key", lambda _: made | pair)
    assert _refusal(lambda: reopen_sealed(_sealed(_part()), CODE)).code == "does-not-open"


def test_a_key_pair_of_another_page_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    another = web_key(wish_to(WISH.to, 8))
    monkeypatch.setattr(sealing, "web_key", lambda _: another)
    assert _refusal(lambda: reopen_sealed(_sealed(_part()), CODE)).code == "does-not-open"


def test_a_page_that_shows_a_key_and_has_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "web_key", lambda _: {})
    assert _refusal(lambda: reopen_sealed(_sealed(_part()), CODE)).code == "does-not-open"


def test_the_clear_text_is_authenticated_by_the_cipher_itself() -> None:
    page = _sealed(_part())
    start = page.index(OPEN_TAG) + len(OPEN_TAG)
    block = json.loads(page[start : page.index(CLOSE_TAG, start)])
    salt, data = base64.b64decode(block["salt"]), base64.b64decode(block["data"])
    once = HKDF(SHA256(), 44, salt=salt, info=b"termpost.sealed/3").derive(tidy(CODE).encode())
    key = base64.b64encode(WISH.public).decode()
    right = f"termpost.sealed/3\n{key}\nen\nGrand <Bend> “High”".encode()
    assert AESGCM(once[:32]).decrypt(once[32:], data, right)
    with pytest.raises(InvalidTag):
        AESGCM(once[:32]).decrypt(once[32:], data, right + b"!")


def test_the_students_of_every_part_are_found() -> None:
    assert students_in_sealed(_sealed(_part()), CODE) == {"604822"}
    assert students_in_sealed(_sealed(_part(), _part(SIBLING)), CODE) == {"604822", "S-4.b_7"}


def test_a_text_that_reads_like_a_stamp_is_none() -> None:
    said = _html(STAMP).replace(b"<p>", f"<p>{SIBLING} ".encode(), 1)
    assert said != _html(STAMP)
    assert students_in_sealed(_sealed(_part(page=said, pdf=_pdf(STAMP, body=SIBLING))), CODE) == {"604822"}


@pytest.mark.parametrize("part", [
    lambda: _part(pdf=_pdf(STAMP, "")),  # the second page has no stamp
    lambda: _part(pdf=_pdf(SIBLING, SIBLING)),  # another student's PDF
    lambda: _part(pdf=_pdf(STAMP, SIBLING)),  # one page of another student
    lambda: _part(pdf=_pdf(f"{STAMP}   {SIBLING}")),  # two stamps on a page
    lambda: _part(pdf=_pdf("604822 · 2021-fall-final · v2")),  # another version
    lambda: _part(pdf=_pdf("604822 · 2021-fall-midterm · v1")),  # another cycle
    lambda: _part(pdf=b"not a PDF"),
    lambda: _part(page=b"<!doctype html><p>Report"),
    lambda: _part(page=_html("604822")),
    lambda: _part(page=_html(STAMP) + _html(SIBLING)),
    lambda: _part(page=_html(STAMP, printed=SIBLING)),  # declared one, shows another
])  # fmt: skip
def test_a_part_whose_stamps_are_missing_or_disagree_is_refused(part: Callable[[], SealedReport]) -> None:
    page = _sealed(_part(), part())
    assert _refusal(lambda: students_in_sealed(page, CODE)).code in ("unstamped-page", "mixed-stamps")


@pytest.mark.parametrize("number", ["604822", "A1", "S-4.b_7", "x.y-z", "ÅÖ-9", "000", "final-fi.1"])
def test_a_stamp_is_read_whole_from_html_and_from_pdf(number: str) -> None:
    stamp = f"{number} · 2021-fall-final · v1"
    assert stamps_of_page(_html(stamp)) == {stamp}
    assert stamps_of_pdf(_pdf(stamp, "", stamp)) == [{stamp}, set(), {stamp}]


@pytest.mark.parametrize("text", [
    "S/123 · 2021-fall-final · v1",  # never the tail of a number with a sign nobody foresaw
    "12 345 · 2021-fall-final · v0",
    "604822 · 2021-fall-final · v1x",
    "604822 · 2021-fall-final",
    "604822 - 2021-fall-final - v1",
    "604822 · v1",
])  # fmt: skip
def test_what_is_not_a_whole_stamp_is_no_stamp(text: str) -> None:
    assert stamps_of_pdf(_pdf(text)) == [set()]


def test_a_stamp_in_a_page_of_arabic_is_read_in_order() -> None:
    def page(stamp: str) -> bytes:
        return typst.compile(f'#set text(lang: "ar", dir: rtl)\n#set page(footer: [{stamp} #h(1fr) 1])\nتقرير'.encode())

    assert stamps_of_pdf(page(f"#box(text(dir: ltr)[{STAMP}])")) == [{STAMP}]
    assert stamps_of_pdf(page(STAMP)) == [
        set()
    ]  # torn apart on the line: what nobody can read off the paper is no stamp


def test_an_envelope_holds_a_letter_blank_backs_and_stamped_pages() -> None:
    letter = _pdf("Dear family", "")
    envelope = _joined(letter, _pdf(STAMP, STAMP, STAMP, ""), _pdf(SIBLING, ""))
    assert students_in_envelope(envelope) == {"604822", "S-4.b_7"}
    assert students_in_envelope(_joined(letter, letter, _pdf(STAMP)), cover_pages=2) == {"604822"}
    assert students_in_envelope(_pdf(STAMP), cover_pages=0) == {"604822"}


def test_a_report_that_strayed_into_the_letter_counts() -> None:
    assert students_in_envelope(_joined(_pdf("Dear family", SIBLING), _pdf(STAMP))) == {"604822", "S-4.b_7"}


@pytest.mark.parametrize("pages", [
    lambda: _pdf("Dear family", "", STAMP, "a page nobody stamped"),
    lambda: _pdf("Dear family", "", STAMP, f"{STAMP} {SIBLING}"),
    lambda: _pdf("Dear family", ""),  # no report at all
    lambda: _joined(_pdf("Dear family", "", STAMP), typst.compile(b"#rect(width: 3cm)")),  # drawn on, no text
    lambda: b"",
])  # fmt: skip
def test_an_envelope_with_a_page_nobody_vouches_for_is_refused(pages: Callable[[], bytes]) -> None:
    assert _refusal(lambda: students_in_envelope(pages())).code in ("unstamped-page", "mixed-stamps")


def _joined(*pdfs: bytes) -> bytes:
    out = BytesIO()
    with pikepdf.new() as joined, ExitStack() as parts:
        for pdf in pdfs:
            joined.pages.extend(parts.enter_context(pikepdf.open(BytesIO(pdf))).pages)
        joined.save(out)
    return out.getvalue()
