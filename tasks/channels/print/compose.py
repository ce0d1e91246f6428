"""A pack as one PDF: envelope after envelope as they were sealed, each page marked. No sheet has two recipients."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

import pikepdf
from termpost.tasks.channels.print.laid_places import LETTER_PAGES, LaidPlace, LaidWords, RoomFor, take_places
from termpost.tasks.documents.typesetting import typeset
from termpost.tasks.documents.wording import translator_for

STRIP = 24.0  # points at the lower edge that the marks have for themselves
Size = tuple[float, float]  # width and height in points
NOTHING = frozenset({"q", "Q", "BMC", "BDC", "EMC"})  # operators that paint nothing


@dataclass(frozen=True)
class EnvelopeContents:
    """What goes into one envelope."""

    mark: str
    envelope: bytes  # as sealed: for a duplex printer, on whole sheets
    enclosed: tuple[bytes, ...] = ()
    words: Mapping[RoomFor, LaidWords] = field(default_factory=dict)  # for the rooms that its letter leaves


@dataclass(frozen=True)
class Composed:
    """A pack to print."""

    pdf: bytes
    pages: dict[str, int]  # mark → pages of its envelope


def compose(envelopes: Sequence[EnvelopeContents], *, duplex: bool, language: str, dated: date) -> Composed:
    """The same contents give the same bytes.

    Args:
        duplex: both sides are printed: each report, document and envelope begins on a fresh sheet. Otherwise every
            page is a sheet, and the blank ones are left out.
        language: of "page k of n".
        dated: a day of the cycle, for the marks' own file.
    """
    with ExitStack() as stack:
        pack = stack.enter_context(pikepdf.new())
        counts = {one.mark: _lay(pack, one, duplex, stack) for one in envelopes}
        first, laid = 0, list[_PlacedWords]()
        for one in envelopes:
            for number in range(first, first + min(LETTER_PAGES, counts[one.mark])):
                places = take_places(pack.pages[number])
                laid += [_PlacedWords(number, one.words[place.room], place) for place in places]
            first += counts[one.mark]
        marks = _Marks(pack, counts, laid, _size(pack.pages[0]), language, dated)
        pages = iter(pack.pages)
        for mark, count in counts.items():
            for number in range(1, count + 1):
                marks.put(next(pages), mark, number, count)
        marks.put_words()
        made = BytesIO()
        pack.save(made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return Composed(made.getvalue(), counts)


def _lay(pack: pikepdf.Pdf, contents: EnvelopeContents, duplex: bool, stack: ExitStack) -> int:
    """Appends one envelope; returns its pages. What is copied stays open until the pack is saved."""
    before = len(pack.pages)
    sealed = stack.enter_context(pikepdf.open(BytesIO(contents.envelope)))
    pack.pages.extend(page for page in sealed.pages if duplex or not _is_blank(page))
    size = _size(sealed.pages[0])
    for document in contents.enclosed:
        source = stack.enter_context(pikepdf.open(BytesIO(document)))
        _fill_sheet(pack, before, size, duplex)
        for page in source.pages:
            _paint(pack, _add_blank(pack, size), page)
    _fill_sheet(pack, before, size, duplex)
    return len(pack.pages) - before


def _fill_sheet(pack: pikepdf.Pdf, before: int, size: Size, duplex: bool) -> None:
    if duplex and (len(pack.pages) - before) % 2:
        _add_blank(pack, size)


def _add_blank(pack: pikepdf.Pdf, size: Size) -> pikepdf.Page:
    """pikepdf's own takes whole points only."""
    pack.pages.append(pikepdf.Page(pikepdf.Dictionary(Type=pikepdf.Name.Page, MediaBox=[0, 0, *size], Resources={})))
    return pack.pages[-1]


def _paint(pack: pikepdf.Pdf, sheet: pikepdf.Page, page: pikepdf.Page) -> None:
    """A page of a document onto a sheet of its own. An overlay of pikepdf's has a name by chance: no two are alike."""
    left, bottom = (float(x) for x in list(page.cropbox)[:2])
    sheet.Resources = pikepdf.Dictionary(XObject={"/Document": pack.copy_foreign(page.as_form_xobject())})
    sheet.Contents = pack.make_stream(f"q 1 0 0 1 {-left:.3f} {-bottom:.3f} cm /Document Do Q".encode())


def _size(page: pikepdf.Page) -> Size:
    _, _, width, height = (float(x) for x in page.mediabox)
    return width, height


def _is_blank(page: pikepdf.Page) -> bool:
    """Whether nothing is painted: the empty back of a sheet."""
    resources = page.get("/Resources", pikepdf.Dictionary())
    if "/XObject" in resources or "/Font" in resources or "/Annots" in page:
        return False
    return all(str(said.operator) in NOTHING for said in pikepdf.parse_content_stream(page))


@dataclass(frozen=True)
class _PlacedWords:
    """Words and where they go."""

    page: int  # of the pack
    words: LaidWords
    place: LaidPlace


class _Marks:
    """Forms with the marks and laid words, set once a pack and painted over its pages as artifacts."""

    def __init__(
        self, pack: pikepdf.Pdf, counts: dict[str, int], laid: Sequence[_PlacedWords], size: Size, language: str,
        dated: date,
    ) -> None:  # fmt: skip
        labels = sorted({(k, n) for n in counts.values() for k in range(1, n + 1)})
        said = translator_for(language).labels("report")["page"]
        data = {
            "width": size[0], "height": size[1], "language": language.split("-", maxsplit=1)[0],
            "marks": list(counts),
            "labels": [said.replace("{pages}", str(n)).replace("{page}", str(k)) for k, n in labels],
            "laid": [
                {"text": one.words.text, "language": one.words.language, "direction": one.words.direction,
                 "width": one.place.width, "height": one.place.height}
                for one in laid
            ],
        }  # fmt: skip
        pdf = typeset("marks.typ", data={"marks": json.dumps(data)}, dated=dated, claims=False)
        with pikepdf.open(BytesIO(pdf)) as source:
            forms = [pack.copy_foreign(page.as_form_xobject()) for page in source.pages]
        self._before = pack.make_stream(b"q\n")
        self._marks = dict(zip(counts, forms, strict=False))
        self._labels = dict(zip(labels, forms[len(counts) :], strict=False))
        self._laid = list(zip(laid, forms[len(counts) + len(labels) :], strict=True))
        self._pack = pack
        self._after = pack.make_stream(b"\nQ q /Artifact BMC /TpMark Do /TpPage Do EMC Q\n")

    def put(self, page: pikepdf.Page, mark: str, number: int, count: int) -> None:
        """The page's own content stays as it is, between two streams that are shared by all pages."""
        page.Resources = self._own(page)
        page.Resources.XObject.TpMark = self._marks[mark]
        page.Resources.XObject.TpPage = self._labels[number, count]
        page.Contents = pikepdf.Array([self._before, *_streams(page), self._after])

    def put_words(self) -> None:
        """After the marks, of which each page has its own resources."""
        for number, (one, form) in enumerate(self._laid):
            page, name = self._pack.pages[one.page], f"TpLaid{number}"
            page.Resources.XObject[f"/{name}"] = form
            at = f"q /Artifact BMC 1 0 0 1 {one.place.left:.3f} {one.place.bottom:.3f} cm /{name} Do EMC Q\n"
            page.Contents = pikepdf.Array([*_streams(page), self._pack.make_stream(at.encode())])

    def _own(self, page: pikepdf.Page) -> pikepdf.Dictionary:
        """A page's resources as its own: pages may share them, and these have another mark each."""
        own = pikepdf.Dictionary(dict(page.get("/Resources", pikepdf.Dictionary()).items()))
        own.XObject = pikepdf.Dictionary(dict(own.get("/XObject", pikepdf.Dictionary()).items()))
        return own


def _streams(page: pikepdf.Page) -> Iterator[pikepdf.Object]:
    contents = page.get("/Contents")
    if isinstance(contents, pikepdf.Array):
        yield from contents
    elif contents is not None:
        yield contents
