"""The pages of a pack: whole sheets, marks where nothing else is, and what is under them as it was."""

import re
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from termpost.schemas.base.errors import Refused
from termpost.tasks.channels.print.compose import STRIP, EnvelopeContents, compose
from termpost.tasks.channels.print.envelope import make_envelope
from termpost.tasks.channels.print.laid_places import LaidWords, RoomFor, rooms_in
from termpost.tasks.channels.print.recheck import envelopes_in
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.documents.verify.attached import refuse_attached
from termpost.tasks.documents.verify.letter_lines import squeezed

from tests.tasks.channels.print.documents import document
from tests.tasks.channels.print.test_envelope import LINK, SOLD, letter, parts, report, window

DATED = date(2021, 12, 28)


def envelope(*rows: int, kind: str = "10", link: str = "", days_follow: bool = False) -> bytes:
    """A letter and a report for each number of lines of missing work."""
    cover = letter(kind, link=link, days_follow=days_follow)
    return make_envelope(cover, parts(*(report(f"60{n:04}", many, cover.paper) for n, many in enumerate(rows))))


def composed(*sheaves: EnvelopeContents, duplex: bool = True) -> bytes:
    return compose(sheaves, duplex=duplex, language="en", dated=DATED).pdf


def feet(pdf: bytes) -> list[str]:
    return [page.foot for page in read_pages(pdf, STRIP)]


def plain(pages: int) -> bytes:
    """An envelope as far as the composer cares."""
    return document(*(f"page {n}" for n in range(pages)))


@given(some.lists(some.tuples(some.integers(1, 5), some.lists(some.integers(1, 3), max_size=2)), min_size=1,
                  max_size=5), some.booleans())  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_no_sheet_holds_two_recipients_whatever_goes_in(envelopes: list[tuple[int, list[int]]], duplex: bool) -> None:
    sheaves = [
        EnvelopeContents(f"01-{n:04}", plain(pages), tuple(plain(more) for more in enclosed))
        for n, (pages, enclosed) in enumerate(envelopes, 1)
    ]
    made = compose(sheaves, duplex=duplex, language="en", dated=DATED)
    found = envelopes_in(made.pdf, duplex)
    assert [(one.mark, len(one.pages)) for one in found] == list(made.pages.items())
    for one, (pages, enclosed) in zip(found, envelopes, strict=True):
        expected = sum(each + each % 2 for each in (pages, *enclosed)) if duplex else sum((pages, *enclosed))
        assert len(one.pages) == expected
        if duplex:
            starts = [place for place, page in one.pages if "page 0" in page.text]
            assert all(place % 2 == 0 for place in starts)


def test_one_sided_printing_needs_no_blank_pages() -> None:
    sheaf = EnvelopeContents("07-0001", envelope(0, 65))
    both, one = composed(sheaf), composed(sheaf, duplex=False)
    assert len(feet(both)) == 8  # letter, one page, three pages: whole sheets
    assert feet(one) == [f"07-0001 Page {n} of 5" for n in range(1, 6)]
    assert all(page.text.strip() for page in read_pages(one, STRIP))


SAID = "Please send questions to the school office by December 28, 2021. The school answers by January 5, 2022."


@pytest.mark.parametrize("words", [SAID, SAID * 3])  # the second is longer than the room
def test_the_days_are_laid_into_the_room_that_the_letter_leaves(words: str) -> None:
    laid: dict[RoomFor, LaidWords] = {"days": LaidWords(words, "en", "ltr")}
    mine = EnvelopeContents("07-0001", envelope(0, link=LINK, days_follow=True), words=laid)
    pack = composed(mine, EnvelopeContents("07-0002", plain(2)))
    pages = read_pages(pack, STRIP)
    assert [squeezed(words) in squeezed(page.text) for page in pages] == [True, False, False, False, False, False]
    with pikepdf.open(BytesIO(pack)) as made:
        laid_in = [name for name in map(str, made.pages[0].Resources.XObject.keys()) if name.startswith("/TpLaid")]
        assert laid_in == ["/TpLaid0"]
        notes = [note for page in made.pages if "/Annots" in page.obj for note in page.obj.Annots]
        assert not [note for note in notes if "termpost:" in str(note.A.URI)]


def test_what_was_sealed_with_room_for_a_code_gets_words_and_no_code() -> None:
    """An envelope of an earlier version: its letter has an empty box on the first page."""
    with pikepdf.open(BytesIO(envelope(0))) as old:
        box = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[100, 300, 320, 313],
                                 A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="termpost:code"))  # fmt: skip
        old.pages[0].Annots = pikepdf.Array([old.make_indirect(box)])
        made = BytesIO()
        old.save(made)
    assert rooms_in(made.getvalue()) == [(0, "code")]
    words = "You have it from the school office. If not, ask there and bring an ID."
    pack = composed(EnvelopeContents("07-0001", made.getvalue(), words={"code": LaidWords(words, "en", "ltr")}))
    assert squeezed(words) in squeezed(read_pages(pack, STRIP)[0].text)


def test_the_same_sheaves_give_the_same_bytes() -> None:
    sheaves = (EnvelopeContents("07-0001", envelope(0)), EnvelopeContents("07-0002", envelope(65), (document("Trip"),)))
    assert composed(*sheaves) == composed(*sheaves)


def words_at(pdf: bytes) -> list[tuple[int, str, tuple[float, float, float, float]]]:
    """Page, word, and left, top, right, bottom in points."""
    command = ["pdftotext", "-bbox", "-", "-"]
    out = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    found = []
    for number, page in enumerate(out.split("<page ")[1:]):
        for a, b, c, d, word in re.findall(r'xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>', page):
            found.append((number, word, (float(a), float(b), float(c), float(d))))
    return found


@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("kind", SOLD)
def test_the_mark_is_outside_the_window_and_outside_all_that_is_printed(kind: str) -> None:
    sealed = envelope(0, 65, kind=kind)
    before, after = words_at(sealed), words_at(composed(EnvelopeContents("07-0123", sealed)))
    added = [one for one in after if one not in before]
    assert sorted(one for one in after if one in before) == sorted(before)  # nothing moved, nothing is gone
    assert {word for _, word, _ in added} == {"07-0123", "Page", "of", *map(str, range(1, 9))}
    (_, _, _, lowest), _ = window(kind)
    height = read_height(sealed)
    for page, _, (left, top, right, bottom) in added:
        assert top > lowest
        assert (left > 12, right < read_width(sealed) - 12, bottom < height - 9) == (True, True, True)  # printers' edge
        for other, _, box in before:
            assert other != page or box[3] < top or box[0] > right or box[2] < left


def read_height(pdf: bytes) -> float:
    with pikepdf.open(BytesIO(pdf)) as file:
        return float(file.pages[0].mediabox[3])


def read_width(pdf: bytes) -> float:
    with pikepdf.open(BytesIO(pdf)) as file:
        return float(file.pages[0].mediabox[2])


def test_what_is_under_the_mark_is_embedded_as_it_was() -> None:
    sealed = envelope(0, 65)
    with (
        pikepdf.open(BytesIO(sealed)) as before,
        pikepdf.open(BytesIO(composed(EnvelopeContents("07-0123", sealed)))) as after,
    ):
        for old, new in zip(before.pages, after.pages, strict=True):
            first, *own, last = new.Contents
            assert (first.read_bytes(), b"TpMark" in last.read_bytes()) == (b"q\n", True)
            assert [part.read_bytes() for part in own] == [old.Contents.read_bytes()]
            for name, form in dict(old.Resources.get("/XObject", {})).items():
                assert new.Resources.XObject[name].read_raw_bytes() == form.read_raw_bytes()


def test_what_is_joined_claims_no_standard_and_brings_no_data() -> None:
    """The reports in it have both; their pages alone are in an envelope, and an envelope's pages in a pack."""
    sealed = envelope(0, 1)
    for joined in (sealed, composed(EnvelopeContents("07-0001", sealed))):
        refuse_attached(joined, "a pack")
        assert b"EmbeddedFile" not in joined
        with pikepdf.open(BytesIO(joined)) as made:
            said = made.Root.Metadata.read_bytes() if "/Metadata" in made.Root else b""
            assert b"pdfaid" not in said
            assert b"pdfuaid" not in said
            assert "/AF" not in made.Root


@pytest.mark.needs("qpdf")
def test_a_pack_is_a_sound_file(tmp_path: Path) -> None:
    path = tmp_path / "pack.pdf"
    path.write_bytes(
        composed(
            EnvelopeContents("07-0001", envelope(65)), EnvelopeContents("07-0002", envelope(0, 0), (document("Trip"),))
        )
    )
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)


@pytest.mark.parametrize("language", ["es", "fr", "zh-Hans", "ar", "uk"])
def test_borders_are_read_in_every_language(language: str) -> None:
    made = compose(
        [EnvelopeContents("107-10123", plain(3)), EnvelopeContents("107-10124", plain(2))],
        duplex=True,
        language=language,
        dated=DATED,
    )
    assert [one.mark for one in envelopes_in(made.pdf, True)] == ["107-10123", "107-10124"]


def test_a_page_of_a_duplex_pack_printed_as_one_sided_is_torn() -> None:
    pdf = composed(EnvelopeContents("07-0001", plain(1)), EnvelopeContents("07-0002", plain(1)), duplex=False)
    with pytest.raises(Refused) as refused:
        envelopes_in(pdf, duplex=True)
    assert refused.value.code == "torn-pack"
