"""What the manifest of a OneRoster bundle says, against what lies in the bundle."""

from collections.abc import Collection

import duckdb

from schemas.findings import Problem
from tasks.check.contract import Contract
from tasks.check.header import file_problem

FILE = "manifest.csv"


def judge_manifest(
    con: duckdb.DuckDBPyConnection, contracts: Collection[Contract], files: Collection[str], form: str
) -> tuple[Problem, ...]:
    """Refuses what is read wrongly rather than not at all: another version, and deltas taken for the whole.

    Blank values are common in real bundles and say nothing.
    """
    if FILE not in files or not any(contract.file == FILE for contract in contracts):
        return ()
    said = {
        str(name): str(value)
        for name, value in con.execute("SELECT property_name, value FROM raw_manifest").fetchall()
        if name is not None and value is not None
    }
    problems: list[Problem] = []
    version, read = said.get("oneroster.version"), form.partition("/")[2]
    if version is not None and version != read and not version.startswith(read + "."):
        problems.append(file_problem(FILE, "unsupported-version", "fatal", "value", f"{read} is read"))
    for contract in contracts:
        mode = said.get(f"file.{contract.file.removesuffix('.csv')}")
        if mode == "delta":
            problems.append(file_problem(FILE, "delta", "fatal", "value", contract.file))
        elif (mode == "bulk" and contract.file not in files) or (mode == "absent" and contract.file in files):
            problems.append(file_problem(FILE, "manifest-mismatch", "warning", "value", contract.file))
    return tuple(problems)
