"""Statements that families put on the record after a lost hearing: they go along with the report for as long as it is
kept, to everybody who may have it (34 CFR 99.21(c))."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import EntryKind, Logged
from termpost.schemas.log.query_threads import query_threads
from termpost.tasks.home.home import Home
from termpost.tasks.home.notes import read_note

OF_STATEMENTS: tuple[EntryKind, ...] = ("query_received", "query_changed")


@dataclass(frozen=True)
class KeptStatement:
    """One of them; its words lie apart."""

    query: str
    student: str
    report: str | None  # None: the query names none, so it goes along with every report of the student
    version: int  # the first that it goes along with
    kept: datetime
    by: str  # staff id
    note: str  # store key

    def goes_with(self, student: str, report: str, version: int) -> bool:
        """Whether who gets this report version gets it too."""
        return self.student == student and self.report in (None, report) and version >= self.version


def kept_statements(entries: Iterable[Logged]) -> list[KeptStatement]:
    """All of them, oldest first."""
    found = [
        KeptStatement(one.id, one.student, one.report, one.version or 1, said.day, said.actor, said.object)
        for one in query_threads(entries).values() if one.student
        for said in one.changes if said.reason == "statement-kept" and said.object
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.kept, one.query))


def words_of_statement(home: Home, one: KeptStatement) -> str | None:
    """None where the student was erased."""
    try:
        return read_note(home, PersonRef(one.student), one.note)
    except KeyError:
        return None
