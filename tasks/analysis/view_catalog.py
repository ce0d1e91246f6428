"""The analysts' views and named questions as their SQL files say them: name, meaning, and every column with a word."""

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import sqlglot
from sqlglot import exp

HEAD = re.compile(r"\A((?:--[^\n]*\n)+)")
COLUMNS = re.compile(r"^CREATE VIEW lake\.(\w+) \(\n(.*?)^\) AS", re.MULTILINE | re.DOTALL)
COLUMN = re.compile(r"^  (\w+),?(?: +-- (.+))?$")
ANSWERED = re.compile(r"^--   (\w+)(?:: (.+))?$", re.MULTILINE)


@dataclass(frozen=True)
class AnalystView:
    """One file of schemas/analyst."""

    name: str
    meaning: str
    columns: tuple[tuple[str, str], ...]  # name and comment; an empty comment fails a test
    sql: str

    @property
    def is_of_people(self) -> bool:
        return "analyst_name" in self.sql

    @property
    def is_of_students(self) -> bool:
        return "student_fact" in self.sql


@dataclass(frozen=True)
class AnalystQuestion:
    """One file of schemas/analyst/questions: what it answers, its columns, and the query."""

    name: str
    meaning: str
    columns: tuple[tuple[str, str], ...]
    sql: str

    @property
    def reads(self) -> frozenset[str]:
        """The tables and views that it names."""
        return frozenset(
            table.name.lower() for table in sqlglot.parse_one(self.sql, dialect="duckdb").find_all(exp.Table)
        )


def _files(*folder: str) -> list[tuple[str, str]]:
    place = resources.files("termpost.schemas").joinpath("analyst", *folder)
    found = [entry for entry in place.iterdir() if entry.name.endswith(".sql")]
    return [(entry.name.removesuffix(".sql"), entry.read_text()) for entry in sorted(found, key=lambda e: e.name)]


def _said(text: str) -> str:
    """The comment that a file begins with, without the list of columns in it."""
    head = HEAD.match(text)
    lines = head.group(1).splitlines() if head else []
    return " ".join(line.removeprefix("--").strip() for line in lines if not line.startswith("--   ")).strip()


def read_view(text: str) -> AnalystView:
    """Reads one file.

    Raises:
        ValueError: it is not one CREATE VIEW with a list of columns, each on a line of its own.
    """
    found = COLUMNS.search(text)
    lines = found.group(2).splitlines() if found else []
    columns = [COLUMN.match(line) for line in lines]
    if found is None or not columns or None in columns:
        raise ValueError("a view's file is CREATE VIEW lake.<name> (one column a line, with its comment) AS a query")
    return AnalystView(found.group(1), _said(text), tuple((c[1], c[2] or "") for c in columns if c), text)


@cache
def views() -> tuple[AnalystView, ...]:
    """Every view, in the order of their names."""
    return tuple(read_view(text) for _, text in _files())


@cache
def questions() -> dict[str, AnalystQuestion]:
    """Every named question."""
    found = {}
    for name, text in _files("questions"):
        head = HEAD.match(text)
        columns = tuple((c, said) for c, said in ANSWERED.findall(head.group(1) if head else ""))
        found[name] = AnalystQuestion(name, _said(text), columns, text)
    return found
