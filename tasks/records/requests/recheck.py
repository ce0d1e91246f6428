"""The second code path (law 13) for packets: looks for anybody else in one that is about to be handed over.

It goes by the newest record and nothing that made the packet: ids, numbers, names, addresses, mailboxes and telephone
numbers of every other student and of every contact but whoever asked, and the references of both.
"""

import json
import re
from collections.abc import Iterable, Iterator
from io import BytesIO

import duckdb
import pikepdf
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, StudentIdentity, TeacherIdentity
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.home.home import Home
from termpost.tasks.rights.latest_word import extracts_newest_first
from termpost.tasks.secrets.identities import open_identities

SHORTEST = 4  # characters of a value that is looked for; a shorter one stands in any text
_REFERENCE = re.compile(r"\bp[0-9a-f]{20}\b")
_SCRIPT = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


class OtherPeople:
    """What tells the others apart from whom a packet is about, by value → what it is."""

    def __init__(self, home: Home, lake: duckdb.DuckDBPyConnection, mine: Iterable[PersonRef]) -> None:
        self._mine, self.values = frozenset(mine), dict[str, str]()
        own, others = set[str](), dict[str, str]()
        for extract in extracts_newest_first(lake)[:1]:
            for students in (open_identities(lake, home.people, extract, StudentIdentity),):
                for ref, student in students.items():
                    self._sort(ref, _of_student(student), own, others)
            for ref, contact in open_identities(lake, home.people, extract, ContactIdentity).items():
                self._sort(ref, _of_contact(contact), own, others)
            for teacher in open_identities(lake, home.people, extract, TeacherIdentity).values():
                own.add(_fold(teacher.name))  # of the school, whoever shares the name
        own |= {_fold(one.name) for one in home.staff.list()}
        self.values = {value: kind for value, kind in others.items() if value not in own}

    def _sort(self, ref: PersonRef, said: Iterable[tuple[str, str]], own: set[str], others: dict[str, str]) -> None:
        for kind, value in said:
            folded = _fold(value)
            if len(folded) >= SHORTEST:
                if ref in self._mine:
                    own.add(folded)
                else:
                    others[folded] = kind

    def found_in(self, text: str, kinds: frozenset[str] | None = None) -> set[str]:
        """Which kinds of values of others stand in it as words of their own."""
        folded = _fold(text)
        words = set(folded.split())
        return {
            kind for value, kind in self.values.items()
            if (kinds is None or kind in kinds) and value.split()[0] in words and f" {value} " in f" {folded} "
        }  # fmt: skip


def refuse_other_people(others: OtherPeople, index: Iterable[str], reports: Iterable[str]) -> None:
    """Raises Refused `other-people`, with the kinds of what was found and no value.

    Args:
        index: texts made for this packet: nobody else may stand in them.
        reports: texts of reports as they were released: of others no id and no number (law 13 held them to that).
    """
    found = set[str]()
    for text in index:
        found |= others.found_in(text) | ({"reference"} if _REFERENCE.search(text) else set())
    for text in reports:
        found |= others.found_in(text, frozenset({"id", "number"}))
    if found:
        raise Refused("other-people", f"the packet names somebody else ({', '.join(sorted(found))})", "the packet",
                      "look at the comments and messages in it: a teacher or family wrote of another person; "
                      "have the note corrected, then ask again")  # fmt: skip


def texts_of_page(page: bytes) -> Iterator[str]:
    """What a browser shows of it."""
    yield _unescaped(_TAG.sub(" ", _SCRIPT.sub(" ", page.decode())))


def texts_of_pdf(pdf: bytes) -> Iterator[str]:
    """Its pages as PDFium reads them, and the strings of what is attached."""
    yield from (page.text for page in read_pages(pdf))
    with pikepdf.open(BytesIO(pdf)) as document:
        for name, attached in document.attachments.items():
            if name.endswith(".json") and not name.endswith(".schema.json"):
                yield from _strings(json.loads(attached.get_file().read_bytes()))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _of_student(one: StudentIdentity) -> Iterator[tuple[str, str]]:
    yield from (("id", one.id), ("number", one.number), ("name", one.name))
    if one.email:
        yield "e-mail address", one.email


def _of_contact(one: ContactIdentity) -> Iterator[tuple[str, str]]:
    yield from (("id", one.id), ("name", one.name))
    for reach in one.reach:
        for kind, value in (("address", reach.street), ("e-mail address", reach.email), ("phone", reach.phone)):
            if value:
                yield kind, value


def _unescaped(text: str) -> str:
    for written, meant in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        text = text.replace(written, meant)
    return text


def _fold(text: str) -> str:
    return " ".join(re.sub(r"[^\w@.+-]+", " ", text.casefold()).split())
