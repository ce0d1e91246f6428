"""OneRoster 1.2 as CSV: roles have a file of their own, and marks may stand on scales."""

from collections.abc import Collection, Mapping, Sequence

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.tasks.formats.format import Format, Statement
from termpost.tasks.formats.oneroster.delta import compose
from termpost.tasks.formats.oneroster.detect import is_delta, is_unused, version_of
from termpost.tasks.formats.oneroster.required import refuse
from termpost.tasks.formats.oneroster.statement import statement_of
from termpost.tasks.formats.oneroster_1_2.mapping import MAPPING
from termpost.tasks.formats.source_file import SourceFile

VERSION = "1.2"


def recognises(files: Mapping[str, SourceFile]) -> bool:
    """What its manifest says, or a file of roles."""
    return version_of(files) == VERSION


def statement(
    con: duckdb.DuckDBPyConnection, contracts: Sequence[Contract], present: Collection[str], files: Collection[str]
) -> Statement:
    return statement_of(con, contracts, present, files, VERSION)


FORMAT = Format(
    package=__name__,
    name="oneroster-csv",
    version=VERSION,
    mapping=MAPPING,
    recognises=recognises,
    is_unused=is_unused,
    refuse=refuse,
    is_delta=is_delta,
    compose=compose,
    statement=statement,
)
