"""A version of OneRoster as CSV: its mapping and SQL are its own, all else is the same in every version."""

from collections.abc import Collection, Mapping, Sequence

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.contracts.format_mapping import FormatMapping
from termpost.tasks.formats.format import Format, Statement
from termpost.tasks.formats.oneroster.delta import compose
from termpost.tasks.formats.oneroster.detect import is_delta, is_unused, version_of
from termpost.tasks.formats.oneroster.required import USED, refuse
from termpost.tasks.formats.oneroster.statement import statement_of
from termpost.tasks.formats.source_file import SourceFile


def csv_format(package: str, version: str, mapping: FormatMapping) -> Format:
    """The format of one version.

    Args:
        package: where its `datasets.sql` lies.
        version: as the manifest says it: "1.1".
        mapping: its files and columns against the contracts.
    """

    def recognises(files: Mapping[str, SourceFile]) -> bool:
        return version_of(files) == version

    def statement(
        con: duckdb.DuckDBPyConnection, contracts: Sequence[Contract], present: Collection[str], files: Collection[str]
    ) -> Statement:
        return statement_of(con, contracts, present, files, version)

    return Format(
        package=package,
        name="oneroster-csv",
        version=version,
        mapping=mapping,
        recognises=recognises,
        names=USED,
        is_unused=is_unused,
        refuse=refuse,
        is_delta=is_delta,
        compose=compose,
        statement=statement,
    )
