"""Independent verification (law 13): whose report a page is, read from the stamp that is printed on it.

It trusts nothing that made the page, and shares no code with it. A stamp is read only where no text of a report can
get, the last line of a PDF's page and an element of its own in HTML: a comment may say what it likes.
"""

import re
from html.parser import HTMLParser
from typing import Final

from termpost.schemas.base.errors import InputError
from termpost.tasks.documents.pdf_text import Page, read_as_seen, read_pages
from termpost.tasks.documents.verify.attached import refuse_unprinted

# Report.stamp: `<student number> · <cycle id> · v<version>`. Bounded by white space on both sides, so that of a number
# with a sign that is not foreseen (S/123) nothing is read rather than its tail.
_STAMP = re.compile(r"(?<!\S)([\w.\-]+)[ \u00a0]+·[ \u00a0]+([\w.\-]+)[ \u00a0]+·[ \u00a0]+v([1-9][0-9]*)(?!\S)")


# what goes along with a report has its stamp, and which of its own pages this is
_INSERT = re.compile(r"(?<!\S)v[1-9][0-9]*[ \u00a0]+·[ \u00a0]+\+[ \u00a0]+[1-9][0-9]*/[1-9][0-9]*(?!\S)")
PLAN: Final = "+"  # before a student number: what goes along with their report, and not the report


def is_insert_page(last_line: str) -> bool:
    """Whether the foot of a page says that it goes along with a report. No number has a `+` in it."""
    return _INSERT.search(last_line) is not None


def stamps_in(text: str) -> set[str]:
    """The stamps in a text, `number · cycle · version`."""
    return {" · ".join((number, cycle, f"v{version}")) for number, cycle, version in _STAMP.findall(text)}


def student_of(stamps: set[str], where: str) -> str:
    """The student number of the only stamp; InputError `unstamped-page` where there is none, `mixed-stamps` of two."""
    if len(stamps) > 1:
        raise mixed("there must be exactly one stamp", where)
    if not stamps:
        raise unstamped("there must be a stamp", where)
    found = _STAMP.fullmatch(next(iter(stamps)))
    if found is None:
        raise unstamped("the stamp does not read `number · cycle · version`", where)
    return found[1]


UNSTAMPED: Final = "unstamped-page"
MIXED: Final = "mixed-stamps"


def refuse_unlike(page: bytes, pdf: bytes, stamp: str) -> None:
    """What a release will refuse, found when a report is made.

    Raises:
        InputError: `unstamped-page`, where a page of it does not say that it is this report's; `mixed-stamps`, where it
            says that it is another's; `strange-attachment` and `data-not-printed`, where the data that is attached is
            not what the pages print.
    """
    must_be({stamp}, stamps_of_page(page) | printed_stamps(page), "HTML page")
    refuse_other_pdf(pdf, {stamp}, "the PDF", must_have_data=True)


def refuse_other_pdf(pdf: bytes, stamps: set[str], where: str, *, must_have_data: bool = False) -> None:
    """Whether each page has the one stamp of a report, and what is attached is that report's data.

    Raises:
        InputError: as `refuse_unlike` does.
    """
    pages = pages_of(pdf)
    for place, page in enumerate(pages):
        must_be(stamps, stamps_on(pdf, place, page), f"{where}, page {place + 1}")
    refuse_unprinted(pdf, [page.text for page in pages], next(iter(stamps)), where, must_have=must_have_data)


def must_be(wanted: set[str], found: set[str], where: str) -> None:
    """Raises InputError: `unstamped-page` where nothing was found, `mixed-stamps` where it is something else."""
    if not found:
        raise unstamped("the stamp is missing or cannot be read", where)
    if found != wanted:
        raise mixed("a page carries another report's stamp", where)


def stamps_of_page(html: bytes) -> set[str]:
    """The contents of `<meta name="termpost-report">`."""
    return _read(html).declared


def stamps_of_pdf(pdf: bytes) -> list[set[str]]:
    """The stamps printed on each page, in page order; InputError `unstamped-page` when the PDF cannot be read."""
    return [stamps_on(pdf, place, page) for place, page in enumerate(pages_of(pdf))]


def stamps_on(pdf: bytes, place: int, page: Page) -> set[str]:
    """The stamps at the foot of one page; a second look where PDFium finds none there."""
    return stamps_in(page.last_line) or (set() if page.blank else stamps_in(read_as_seen(pdf, place, 0)))


def printed_stamps(html: bytes) -> set[str]:
    """The stamps in the elements of class `stamp`: text is escaped, so none can make one."""
    return _read(html).printed


def pages_of(pdf: bytes) -> list[Page]:
    """With the text of each; InputError `unstamped-page` when the PDF cannot be read."""
    try:
        return read_pages(pdf)
    except InputError:
        raise unstamped("the PDF cannot be read, or has no page", "a PDF") from None


class _Reader(HTMLParser):
    """Collects the stamp a page declares and those in its elements of class `stamp`, in which is text alone."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.declared: set[str] = set()
        self.printed: set[str] = set()
        self._text: list[str] = []
        self._is_stamp = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "meta" and named.get("name") == "termpost-report":
            self.declared.add(named.get("content") or "")
        self._is_stamp = "stamp" in (named.get("class") or "").split()

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - HTMLParser passes it
        self._is_stamp = False

    def handle_data(self, data: str) -> None:
        if self._is_stamp:
            self._text.append(data)

    def close(self) -> None:
        super().close()
        self.printed = stamps_in(" ".join(self._text))


def _read(html: bytes) -> _Reader:
    reader = _Reader()
    reader.feed(html.decode("utf-8", errors="replace"))
    reader.close()
    return reader


def unstamped(what: str, where: str) -> InputError:
    """What is raised where a page does not say whose it is."""
    return InputError(UNSTAMPED, what, where, "make the report again; do not send this one")


def mixed(what: str, where: str) -> InputError:
    """What is raised where a page says that it is somebody else's: a fault of ours, which no text can make."""
    return InputError(MIXED, what, where, "tell the developers; do not send this one")
