"""Whether a text names a student, as far as text can be read out of a PDF."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from termpost.schemas.documents.identity import StudentIdentity, written_name
from termpost.tasks.documents.wording import visible

WORD = re.compile(r"[^\W_]+")
SHORTEST_NAME = 3  # signs of a name without spaces that is looked for within a word: shorter ones are words too
SHORTEST = 4  # signs of a number that is looked for: a shorter one is on every page


def mentions_other_student(
    pages: Sequence[str], students: Iterable[StudentIdentity], own: StudentIdentity | None
) -> bool:
    """Whether one of these students is named: by id or number as a word of its own, or by given and family name.

    Args:
        own: whose document it is; a namesake of theirs is nobody else.
    """
    text = _plain(" ".join(pages))
    words = set(re.findall(r"[\w.\-]+", text)) | set(re.findall(r"\w+", text))
    letters = _letters(text)
    mine = set(_names(own)) if own else set()
    numbers = {own.id, own.number} if own else set()
    for student in students:
        others = {student.id, student.number} - numbers
        if any(len(number) >= SHORTEST and _plain(number) in words for number in others):
            return True
        if any(name in letters for name in set(_names(student)) - mine):
            return True
    return False


def _names(student: StudentIdentity) -> Iterator[str]:
    """In both orders; bounded, so that Ann Lee is not found in Joann Leeds. 欧阳志强 has no bounds to be found by."""
    for given in {student.given, student.preferred}:
        if given and student.family:
            yield f" {_letters(_plain(f'{given} {student.family}')).strip()} "
            yield f" {_letters(_plain(f'{student.family} {given}')).strip()} "
            whole = _plain(written_name(given, None, student.family))
            if " " not in whole:  # written in one, as the words around it may be
                yield whole if len(whole) >= SHORTEST_NAME else f" {whole} "


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", visible(text)).casefold()


def _letters(text: str) -> str:
    """Words with one space between and around them, whatever punctuation was there."""
    return f" {' '.join(WORD.findall(text))} "
