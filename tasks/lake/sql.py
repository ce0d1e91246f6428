"""SQL lies beside its stage, one file per verb; this reads it."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

import duckdb


@cache
def sql(package: str, name: str) -> str:
    """The text of `<package>/sql/<name>.sql`."""
    return (resources.files(package) / "sql" / f"{name}.sql").read_text()


def literal(text: str) -> str:
    """As SQL has it, for statements that take no parameters: a folder may have an apostrophe in its name."""
    return "'" + text.replace("'", "''") + "'"


def execute_each(connection: duckdb.DuckDBPyConnection, script: str, values: Mapping[str, object]) -> None:
    """Runs the statements of a script in order, each with those of the values that it names."""
    for statement in connection.extract_statements(script):
        named = {name: values[name] for name in statement.named_parameters}
        connection.execute(statement, named)
