"""Sealing: the same twice, never the same key for two contents, and nothing readable without the code."""

import base64
import json
import re
import time
import zlib
from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.receipt import ReceiptWish
from termpost.tasks.channels.portal.page_shell import shell_of
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.secrets.access_codes import access_code, tidy

from tests.signed_receipts import wish_to

CODE = access_code(bytes(range(32)), "r-1", 0)
OTHER = access_code(bytes(range(32)), "r-2", 0)
PART = SealedReport(
    title="Wilhelmina Quartermaine",
    page="<!doctype html><p>Wilhelmina Quartermaine, 87.25 %, 604822 · 2021-fall-final · v1".encode(),
    pdf=b"%PDF-1.7 Wilhelmina Quartermaine " + bytes(range(256)) * 8,
    filename="quartermaine.pdf",
)


WISH = wish_to("https://school.example/receipts")
SCHOOL = "Grand Bend </script><b>&amp; High"


def _seal(
    *parts: SealedReport,
    code: str = CODE,
    recipient: str = "ref-7f3a9c",
    delivery: str = "delivery-5512",
    school: str = SCHOOL,
    language: str = "en",
    query_until: date = date(2022, 1, 5),
    receipt: ReceiptWish | None = None,
) -> bytes:
    return seal(
        parts,
        code=code,
        recipient=recipient,
        delivery=delivery,
        school=school,
        language=language,
        query_until=query_until,
        receipt=receipt,
    )


def _block(page: bytes) -> dict[str, str]:
    found = re.search(rb'<script type="application/json" id="sealed">(.*?)</script>', page, re.DOTALL)
    assert found
    block: dict[str, str] = json.loads(found[1])
    return block


def _without_block(page: bytes) -> bytes:
    return re.sub(rb'(id="sealed">).*?(</script>)', rb"\1\2", page, flags=re.DOTALL)


def test_the_same_content_for_the_same_recipient_and_code_gives_the_same_bytes() -> None:
    first = _seal(PART)
    shell_of.cache_clear()
    assert _seal(PART) == first
    assert _seal(PART, receipt=WISH) == _seal(PART, receipt=wish_to(WISH.to)) != first
    assert _seal(PART, code=CODE.lower().replace("-", " ")) == first


def test_salts_differ_whenever_anything_that_is_sealed_differs() -> None:
    pages = [
        _seal(PART),
        _seal(replace(PART, title="Other")),
        _seal(replace(PART, page=PART.page + b" ")),
        _seal(replace(PART, pdf=PART.pdf + b" ")),
        _seal(replace(PART, page=PART.page + PART.pdf[:1], pdf=PART.pdf[1:])),
        _seal(replace(PART, filename="other.pdf")),
        _seal(PART, PART),
        _seal(PART, code=OTHER),
        _seal(PART, recipient="ref-other"),
        _seal(PART, delivery="delivery-other"),
        _seal(PART, school="Other"),
        _seal(PART, language="es"),
        _seal(PART, query_until=date(2022, 1, 6)),
        _seal(PART, receipt=WISH),
        _seal(PART, receipt=wish_to(WISH.to, 8)),
        _seal(PART, receipt=wish_to("https://other.example/receipts")),
    ]
    blocks = [_block(page) for page in pages]
    for one, other in combinations(blocks, 2):
        assert one["salt"] != other["salt"]
        assert one["data"][:64] != other["data"][:64]
    assert all(len(base64.b64decode(block["salt"])) == 32 for block in blocks)


def test_other_compression_of_the_same_content_gets_another_salt(monkeypatch: pytest.MonkeyPatch) -> None:
    before = _block(_seal(PART))["salt"]
    compress = zlib.compressobj
    monkeypatch.setattr(zlib, "compressobj", lambda wbits, **_: compress(level=1, wbits=wbits))
    assert _block(_seal(PART))["salt"] != before


@pytest.mark.parametrize("wish", [None, WISH])
def test_in_clear_are_the_format_the_key_the_school_the_language_and_the_salt_only(wish: ReceiptWish | None) -> None:
    page = _seal(PART, receipt=wish)
    block = _block(page)
    assert list(block) == ["format", "key", "language", "school", "salt", "data"]
    assert (block["format"], block["school"], block["language"]) == ("termpost.sealed/3", SCHOOL, "en")
    assert base64.b64decode(block["key"]) == (wish.public if wish else b"")
    other = _seal(
        replace(PART, title="X", page=b"<p>Y", pdf=b"Z" * 9), code=OTHER, recipient="q",
        receipt=wish_to(WISH.to, 8) if wish else None,
    )  # fmt: skip
    assert _without_block(page) == _without_block(other)


def test_the_private_half_of_a_key_is_not_in_the_page() -> None:
    wish = wish_to(WISH.to, int.from_bytes(bytes(range(1, 33))))
    page = _seal(PART, receipt=wish)
    for form in (wish.private, wish.private.hex().encode(), base64.b64encode(wish.private)[:-2]):
        for shown in (page, *(base64.b64decode(_block(page)[name]) for name in ("data", "salt"))):
            assert form not in shown


def test_no_text_of_a_report_is_in_the_file_not_in_base64_either() -> None:
    page = _seal(PART)
    secrets = [
        "Wilhelmina",
        "Quartermaine",
        "604822",
        "87.25",
        "ref-7f3a9c",
        "delivery-5512",
        "2022-01-05",
        "fall-final",
    ]
    secrets += [CODE, tidy(CODE)]
    haystacks = [page, base64.b64decode(_block(page)["data"]), base64.b64decode(_block(page)["salt"])]
    for secret in map(str.encode, secrets):
        shifted = [base64.b64encode(b"x" * skip + secret)[4 * (skip > 0) : -4] for skip in range(3)]
        for needle in [secret, *(piece for piece in shifted if len(piece) > 3)]:
            assert not any(needle in haystack for haystack in haystacks)


def test_the_policy_allows_one_script_by_hash_and_no_style() -> None:
    page = _seal(PART).decode()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    text = policy[1].replace("&#39;", "'").replace("&#43;", "+")
    rules = dict(rule.strip().split(" ", 1) for rule in text.split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == rules["frame-src"] == "'none'"
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", rules["script-src"])
    assert rules["style-src"] == "'none'"  # rules that the script inserts are no business of the policy
    assert "unsafe" not in text
    assert "http" not in text


def test_a_school_name_is_text_wherever_it_stands() -> None:
    page = _seal(PART)
    assert b"<b>" not in page
    assert page.count(b"</script>") == 2


def test_a_page_without_a_report_or_with_a_mistyped_code_is_not_made() -> None:
    with pytest.raises(ValueError, match="at least one"):
        _seal()
    with pytest.raises(InputError) as caught:
        _seal(PART, code=CODE[:-1])
    assert caught.value.code == "bad-code"


def test_sealing_a_report_of_30_kb_takes_a_few_milliseconds() -> None:
    part = replace(PART, page=b"<p>Course, grade and comment</p>" * 940, pdf=bytes(range(256)) * 117)
    times = []
    for number in range(30):
        start = time.perf_counter()
        _seal(part, recipient=f"r-{number}")
        times.append(time.perf_counter() - start)
    assert sorted(times)[len(times) // 2] < 0.01  # seconds; about a tenth of that on a free core
