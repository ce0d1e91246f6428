"""What a format of extracts is: how one is recognised, how its files become rows, and its rows the contracts' datasets.

A format is a package beside this module whose `__init__` has its `FORMAT`, and one line in the registry
(`termpost.tasks.formats.registry`). All that differs from one format to another is asked of that object; nobody outside
this folder asks which format it is.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.contracts.format_mapping import FormatMapping
from termpost.schemas.documents.findings import CheckHold, Problem
from termpost.tasks.formats.source_file import SourceFile

# reads one file into `cells_<dataset>`: (connection, contract, file, source, rows the dataset has already) → problems
# of the file, numbers in the dataset of its torn rows, and how many rows the file has
Reader = Callable[[duckdb.DuckDBPyConnection, Contract, str, str, int], tuple[list[Problem], list[int], int]]


@dataclass(frozen=True)
class RowFinding:
    """Something odd or wrong in one row (numbered in its dataset) that its contract cannot know."""

    dataset: str
    row_number: int
    rule: str
    column: str | None  # None: the row as a whole
    severity: Literal["warning", "error"] = "warning"


class HoldingRow(NamedTuple):
    """A row by which somebody is held."""

    hold: CheckHold
    dataset: str
    row: int  # row_number of the raw table


@dataclass(frozen=True)
class Statement:
    """What an extract says of itself, beside its rows. Most formats say nothing."""

    changes: frozenset[str] = frozenset()  # files that hold what changed, and not the whole
    is_applied: bool = (
        False  # changes were applied on an earlier extract: a whole again, whose rows may say what changed
    )
    applied_rows: Mapping[str, int] = field(default_factory=dict)  # file → how many rows at its beginning are changes
    problems: tuple[Problem, ...] = ()
    row_findings: tuple[RowFinding, ...] = ()
    holding_rows: tuple[HoldingRow, ...] = ()  # that are wrong, and of which no dataset was made


def never(_: object) -> bool:
    return False


def name_nothing(_name: PurePosixPath) -> str | None:
    return None


def no_delimiter(_text: str) -> str | None:
    return None


def refuse_nothing(_files: Sequence[SourceFile], _where: str) -> None:
    """The check says what is missing."""


def compose_nothing(files: Sequence[SourceFile], _base: Sequence[SourceFile]) -> list[SourceFile]:
    """Every extract is whole as it comes."""
    return list(files)


def create_nothing(_con: duckdb.DuckDBPyConnection) -> None:
    """Plain rows need no table beside their own."""


def say_nothing(
    _con: duckdb.DuckDBPyConnection, _contracts: Sequence[Contract], _present: Collection[str], _files: Collection[str]
) -> Statement:
    """There is nothing but rows."""
    return Statement()


@dataclass(frozen=True)
class Format:
    """One format and version. What a format does not say is as for plain CSV files with a header row, at the root."""

    package: str  # where its datasets.sql lies, if it needs one: it fills `cells_<dataset>` and `place_<dataset>`
    name: str  # "oneroster-csv"
    version: str  # "1.1"
    mapping: FormatMapping  # its datasets and columns against the contracts
    recognises: Callable[[Mapping[str, SourceFile]], bool]  # by name; told from names and first lines alone

    # packages whose datasets.sql is run one after another, where it is not its own alone
    scripts: tuple[str, ...] = ()
    has_instants: bool = False  # its days are told as instants in UTC, so the school's time zone decides them

    # what of a folder is part of an extract, beside CSV files at the root and in supplement/
    has_file: Callable[[PurePosixPath], bool] = never
    # files whose name is always the same; and of any other name the one it was meant to be, where it is nearly one
    names: frozenset[str] = frozenset()
    near_name: Callable[[PurePosixPath], str | None] = name_nothing
    # files that are of no use to a report: named as skipped, and not read
    is_unused: Callable[[str], bool] = never
    # raises InputError before anything is read; asked of every extract, whichever format it seems to be
    refuse: Callable[[Sequence[SourceFile], str], None] = refuse_nothing
    # an extract of changes, and the whole that it makes of the extract loaded last
    is_delta: Callable[[Sequence[SourceFile]], bool] = never
    compose: Callable[[Sequence[SourceFile], Sequence[SourceFile]], list[SourceFile]] = compose_nothing

    # what parts the cells of a file of this format, told from its beginning; None: not one of its files, or a comma
    delimiter: Callable[[str], str | None] = no_delimiter
    has_utf16: bool = False  # its system writes UTF-16; of any other, such a file has been through a spreadsheet
    # datasets whose files are no plain table, each with its reader; and the tables that readers fill beside the rows
    readers: Mapping[str, Reader] = field(default_factory=dict)
    create_tables: Callable[[duckdb.DuckDBPyConnection], None] = create_nothing
    statement: Callable[
        [duckdb.DuckDBPyConnection, Sequence[Contract], Collection[str], Collection[str]], Statement
    ] = say_nothing  # (connection, contracts, datasets that were read, files of the extract)

    @property
    def form(self) -> str:
        """What findings and landing name it by: "oneroster-csv/1.1"."""
        return f"{self.name}/{self.version}"
