"""The second code path (law 13) for envelopes: whose reports are in one, read from its pages."""

from termpost.tasks.documents.verify.attached import refuse_attached
from termpost.tasks.documents.verify.stamps import (
    PLAN,
    is_insert_page,
    pages_of,
    stamps_in,
    stamps_on,
    student_of,
    unstamped,
)


def students_in_envelope(pdf: bytes, cover_pages: int = 1) -> set[str]:
    """The student numbers in a print envelope: `cover_pages` sheets of two pages with the letter, then reports. Of what
    goes along with a report the number has `+` before it.

    InputError `unstamped-page` when a page after the letter is neither blank nor stamped exactly once, or when there is
    no report; `strange-attachment` when anything is attached. A stamp that strayed into the letter counts as a student.
    """
    students: set[str] = set()
    reports = 0
    pages = pages_of(pdf)
    refuse_attached(pdf, "a print envelope")
    for place, page in enumerate(pages):
        where = f"a print envelope, page {place + 1}"
        if place < 2 * cover_pages:
            students |= {student_of({stamp}, where) for stamp in stamps_in(page.last_line)}
        elif not page.blank:
            number = student_of(stamps_on(pdf, place, page), where)
            is_insert = is_insert_page(page.last_line)
            students.add(PLAN + number if is_insert else number)
            reports += not is_insert
    if not reports:
        raise unstamped("there is no report after the letter", "a print envelope")
    return students
