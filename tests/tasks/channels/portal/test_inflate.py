"""The page's own inflate against zlib, in Chromium: on what zlib makes, and on what nobody would make."""

import base64
import random
import zlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from termpost.schemas.base.shipped import TEMPLATES

MOST = 1 << 20
INFLATE = """(all) => all.map((text) => {
  try {
    const content = inflate(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)), MOST);
    return btoa(Array.from(content, (byte) => String.fromCharCode(byte)).join(""));
  }
  catch (error) { return error.message === "inflate" ? null : String(error); }
})""".replace("MOST", str(MOST))


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.add_script_tag(content=(TEMPLATES / "inflate.js").read_text(encoding="utf-8"))
    yield page
    page.close()


def ours(tab: Page, streams: list[bytes]) -> list[bytes | None]:
    answers = tab.evaluate(INFLATE, [base64.b64encode(one).decode() for one in streams])
    return [None if answer is None else base64.b64decode(answer, validate=True) for answer in answers]


def zlibs(stream: bytes) -> bytes | None:
    """What zlib makes of exactly these bytes; None where they are no whole stream, or more than MOST comes out."""
    reader = zlib.decompressobj(wbits=-15)
    try:
        content = reader.decompress(stream, MOST + 1)
    except zlib.error:
        return None
    return content if reader.eof and not reader.unused_data and len(content) <= MOST else None


def press(content: bytes, level: int, strategy: int) -> bytes:
    press = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    return press.compress(content) + press.flush()


def contents() -> list[bytes]:
    chance = random.Random(21)  # noqa: S311 - no secret
    words = [b"grade ", b"87.25 ", b"<td>", "Ömer ".encode(), b"\0" * 300]
    return [
        b"", b"a", b"a" * 100_000, chance.randbytes(70_000), bytes(range(256)) * 300,
        *(b"".join(chance.choices(words, k=chance.randrange(3000))) for _ in range(12)),
        *(bytes(chance.choices(range(chance.randrange(1, 256)), k=chance.randrange(5000))) for _ in range(12)),
    ]  # fmt: skip


STRATEGIES = (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE)


@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_what_zlib_presses_comes_out_as_it_was(tab: Page, level: int) -> None:
    """Level 0 is stored blocks, Z_FIXED fixed codes, the others dynamic ones."""
    whole = contents()
    for strategy in STRATEGIES:
        assert ours(tab, [press(one, level, strategy) for one in whole]) == whole


def test_of_damaged_and_made_up_streams_it_says_what_zlib_says(tab: Page) -> None:
    chance = random.Random(1951)  # noqa: S311 - no secret
    streams = []
    for content in contents():
        stream = press(content[:3000], chance.choice([0, 6]), chance.choice(STRATEGIES))
        for _ in range(40):
            hurt = bytearray(stream)
            for _ in range(chance.randrange(1, 4)):
                hurt[chance.randrange(min(len(hurt), 60))] ^= 1 << chance.randrange(8)
            streams.append(bytes(hurt))
        streams += [stream[:-1], stream + b"\0", stream[: len(stream) // 2]]
    streams += [chance.randbytes(chance.randrange(1, 80)) for _ in range(4000)]
    expected = [zlibs(one) for one in streams]
    assert ours(tab, streams) == expected
    assert sum(one is not None for one in expected) > 100


@pytest.mark.parametrize("stream", [
    "", "07", "000100ffff61", "050000feff", "030001", "03",
    "05c08100000000001060fefa2f",  # no code for the end of a block
    "4b04020000000000", "630002",
])  # fmt: skip
def test_borders_by_hand(tab: Page, stream: str) -> None:
    assert ours(tab, [bytes.fromhex(stream)]) == [zlibs(bytes.fromhex(stream))]


def test_what_comes_out_is_bounded(tab: Page) -> None:
    most, bomb = press(b"\0" * MOST, 9, 0), press(b"\0" * (64 * MOST), 9, 0)
    assert (ours(tab, [most])[0] == b"\0" * MOST) is True
    answers = ours(tab, [press(b"\0" * (MOST + 1), 9, 0), bomb, press(b"\1" * (MOST + 1), 0, 0)])
    assert [answer is None for answer in answers] == [True] * 3
