"""Law 13 for packs: the finished file is opened page by page, on a way of its own, and held against the record.

It trusts nothing that composed the pack: borders are read from the marks on the paper, students from the stamps, the
letter from its first page. Whose reports a recipient may have, it asks from the recipient's side.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import PersonRef
from termpost.tasks.channels.print.compose import STRIP
from termpost.tasks.channels.print.laid_places import LETTER_PAGES
from termpost.tasks.documents.pdf_text import Page, read_as_seen, read_pages
from termpost.tasks.documents.verify.attached import STRANGE, refuse_attached
from termpost.tasks.documents.verify.letter_lines import letter_contains, shows_code, squeezed
from termpost.tasks.documents.verify.printed_slips import slips_printed_on, squares_printed_on
from termpost.tasks.documents.verify.stamps import is_insert_page, stamps_in, student_of
from termpost.tasks.documents.verify.verification_numbers import printed_numbers

_MARK = re.compile(r"(?<![\w-])([0-9]{2,}-[0-9]{4,})(?![\w-])")


@dataclass(frozen=True)
class ExpectedEnvelope:
    """What the record says of one envelope."""

    mark: str
    allowed: dict[str, PersonRef]  # stamped number → student, of everyone whose report the recipient may have today
    students: frozenset[PersonRef]  # whose reports must be in it
    letter: tuple[str, ...]  # lines: name, address
    plans: frozenset[str] = frozenset()  # stamped numbers of those whose document may be in it
    enclosed: tuple[str, ...] = ()  # the text of each page of what is enclosed
    laid: tuple[str, ...] = ()  # what was laid into its letter: the days of asking
    slips: frozenset[str] = frozenset()  # that its letter may have, made once more
    numbers: frozenset[str] = frozenset()  # by which its reports are verified, made once more
    code: str = ""  # what opens the recipient's reports, and must be on no page; empty: they have none


@dataclass
class FoundEnvelope:
    """What one envelope holds by its pages."""

    mark: str
    pages: list[tuple[int, Page]] = field(default_factory=list)  # place in the pack


def recheck_pack(pdf: bytes, expected: Sequence[ExpectedEnvelope], duplex: bool) -> set[str]:
    """The marks of envelopes whose letter is not to the name and address on record: they must not go out.

    Raises:
        Refused: `wrong-student`, `incomplete-parcel`, `torn-pack`, `strange-page`, `strange-attachment`,
            `days-missing`, `code-beside-reports`, `number-missing`, `wrong-slip`: nothing of it may go out.
    """
    try:
        refuse_attached(pdf, "a print pack")
    except InputError as error:
        raise _refused(STRANGE, error.what) from None
    found = envelopes_in(pdf, duplex)
    if [one.mark for one in found] != [one.mark for one in expected]:
        raise _torn("the envelopes are not those that belong in it")
    return {one.mark for one, wanted in zip(found, expected, strict=True) if not _holds(pdf, one, wanted)}


def envelopes_in(pdf: bytes, duplex: bool) -> list[FoundEnvelope]:
    """The envelopes between the borders that their marks draw, each whole and, on duplex, on sheets of its own.

    Raises:
        Refused: `torn-pack`.
    """
    found: list[FoundEnvelope] = []
    for place, page in enumerate(read_pages(pdf, STRIP)):
        mark, number, count = _marked(page.foot)
        if number == 1:
            if duplex and place % 2:
                raise _torn("a sheet has the end of one envelope and the start of another")
            found.append(FoundEnvelope(mark))
        if not found or found[-1].mark != mark or len(found[-1].pages) != number - 1:
            raise _torn("the pages of an envelope do not follow one another")
        found[-1].pages.append((place, page))
        last = number == count
        if last and duplex and number % 2:
            raise _torn("an envelope does not end on a whole sheet")
        if not last and len(found[-1].pages) >= count:
            raise _torn("an envelope has more pages than it says")
    if any(len(one.pages) != _marked(one.pages[-1][1].foot)[2] for one in found):
        raise _torn("pages of an envelope are absent")
    return found


def _marked(foot: str) -> tuple[str, int, int]:
    """Mark, page and pages; in whatever order a language has the two."""
    match _MARK.findall(foot), [int(n) for n in re.findall(r"[0-9]+", _MARK.sub(" ", foot))]:
        case [mark], [one, other]:
            return mark, min(one, other), max(one, other)
    raise _torn("a page has no mark")


def _holds(pdf: bytes, found: FoundEnvelope, wanted: ExpectedEnvelope) -> bool:
    """Whether the letter is to the one on record. What else may be wrong with an envelope is refused."""
    first, letter = found.pages[0]
    students, unstamped = set[str](), list[tuple[int, Page]]()
    for place, page in found.pages:
        stamps = stamps_in(page.last_line)
        students |= {student_of({stamp}, f"a pack, page {place + 1}") for stamp in stamps}
        if not stamps and page.text.strip() and place != first:
            unstamped.append((place, page))
    students |= _read_slowly(pdf, _without_enclosed(unstamped, wanted.enclosed), first)
    if not students <= wanted.allowed.keys():
        raise _refused("wrong-student", "an envelope holds a student its recipient has no right to")
    if {wanted.allowed[number] for number in students} != wanted.students:
        raise _refused("incomplete-parcel", "an envelope does not hold what it should")
    plans = {number for _, page in found.pages if is_insert_page(page.last_line)
             for stamp in stamps_in(page.last_line) for number in [student_of({stamp}, "a pack")]}  # fmt: skip
    if not plans <= wanted.plans:
        raise _refused("wrong-plan", "an envelope holds a document that its recipient has no full right to")
    if wanted.code and any(shows_code(page.text, wanted.code) for _, page in found.pages):
        raise _refused("code-beside-reports", "an envelope holds the code that opens the reports")
    _refuse_without_numbers(pdf, found, wanted)
    _refuse_strange_slips(pdf, found.pages[:LETTER_PAGES], wanted)
    back = [place for place, _ in unstamped if place == first + 1]
    letters = [(first, letter.text), *((place, page.text) for place, page in found.pages if place in back)]
    for words in wanted.laid:
        if not any(letter_contains(pdf, place, text, [(words,)]) for place, text in letters):
            raise _refused("days-missing", "a letter does not say until when to ask")
    lines = [tuple(line for line in wanted.letter if line)]
    return letter_contains(pdf, first, letter.text, lines)


def _refuse_without_numbers(pdf: bytes, found: FoundEnvelope, wanted: ExpectedEnvelope) -> None:
    """A copy that a family shows must be verified by its own number, which no other report has."""
    left = set(wanted.numbers)
    for _, page in found.pages:
        left -= printed_numbers(page.text)
    for place, _ in found.pages if left else ():  # in a line from right to left PDFium turns words round
        left -= printed_numbers(read_as_seen(pdf, place))
    if left:
        raise _refused("number-missing", "a report has not the number by which a copy of it is verified")


def _refuse_strange_slips(pdf: bytes, letter: list[tuple[int, Page]], wanted: ExpectedEnvelope) -> None:
    """Number and square of a slip are the same, and of a report of this envelope. Whether there are any was asked when
    it was sealed, by the settings of that day."""
    squares = squares_printed_on(pdf, [place for place, _ in letter])
    numbers = slips_printed_on(pdf, [page.text for _, page in letter], squares, letter[0][0])
    if not numbers == squares <= wanted.slips:
        raise _refused("wrong-slip", "a letter has a slip that is none of its own reports'")


def _without_enclosed(pages: list[tuple[int, Page]], enclosed: Iterable[str]) -> list[tuple[int, Page]]:
    """The unstamped pages that are none of what is enclosed, all of which must be there once, in order."""
    waiting = [squeezed(text) for text in enclosed if text.strip()]
    left = []
    for place, page in pages:
        if waiting and squeezed(page.text) == waiting[0]:
            waiting.pop(0)
        else:
            left.append((place, page))
    if waiting:
        raise _refused("incomplete-parcel", "a document that was enclosed is not in its envelope")
    return left


def _read_slowly(pdf: bytes, pages: Sequence[tuple[int, Page]], first: int) -> set[str]:
    """A second look at pages on which no stamp was found: of a report in a script that reads from right to left.

    Only the page after the first may have none: the end of a long letter.
    """
    students = set[str]()
    for place, _ in pages:
        stamps = stamps_in(read_as_seen(pdf, place, STRIP))
        if not stamps and place != first + 1:
            raise _refused("strange-page", "a page is neither letter, report nor what was enclosed")
        students |= {student_of({stamp}, f"a pack, page {place + 1}") for stamp in stamps}
    return students


def _torn(what: str) -> Refused:
    return _refused("torn-pack", what)


def _refused(code: str, what: str) -> Refused:
    return Refused(code, what, "a print pack", "nothing of it was written; tell the developers, this must not happen")
