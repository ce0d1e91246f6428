"""An extract whose files hold what changed: less can be asked of them, and each row says whether it stays."""

from collections.abc import Collection, Iterable

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.documents.findings import Problem
from termpost.tasks.check.contracts.specs import CheckSpec
from termpost.tasks.check.tables import failing
from termpost.tasks.formats.format import Statement
from termpost.tasks.formats.header import file_problem

ROW_STATE = ("status", "date_last_modified")  # blank in bulk, filled in delta


def of_a_part(problems: Iterable[Problem]) -> list[Problem]:
    """The problems of files where the bundle holds changes only: a file without any is absent or empty."""
    return [
        problem.model_copy(update={"severity": "warning"}) if problem.rule == "no-rows" else problem
        for problem in problems
        if problem.rule != "missing-file"
    ]


def within_rows(specs: Iterable[CheckSpec]) -> tuple[CheckSpec, ...]:
    """The checks that a bundle of changes can be held to by itself: those that need no row of another file."""
    return tuple(
        spec
        for spec in specs
        if spec.metric not in {"missing_references", "wrong_references"}
        and not set(spec.arguments.get("needs", ())) - {spec.dataset}
    )


def judge_bulk_rows(
    con: duckdb.DuckDBPyConnection, said: Statement, contracts: Iterable[Contract], files: Collection[str]
) -> list[Problem]:
    """A bulk file whose rows carry the marks of a delta: one warning a file and column, whatever the rows."""
    if said.is_applied:
        return []
    states = [
        (contract, column) for contract in contracts if contract.file in files and contract.file not in said.changes
        for column in contract.kept if column.name in ROW_STATE
    ]  # fmt: skip
    if not states:
        return []
    has = ", ".join(f"EXISTS (SELECT 1 FROM cells_{c.dataset} WHERE {column.name} IS NOT NULL)" for c, column in states)
    return [
        file_problem(contract.file, "bulk-status", "warning", column.header)
        for (contract, column), filled in zip(states, con.execute(f"SELECT {has}").fetchall()[0], strict=True)
        if filled
    ]


def judge_delta_rows(con: duckdb.DuckDBPyConnection, said: Statement, contracts: Iterable[Contract]) -> None:
    """A row of a delta says whether it stays and since when, else it is out; one that goes need say no more."""
    lacking = failing(con, "rule = 'required'")
    for contract in contracts:
        name = contract.dataset
        states = [column.name for column in contract.kept if column.name in ROW_STATE]
        applied = said.applied_rows.get(contract.file, 0)
        is_delta = contract.file in said.changes
        rows = "true" if is_delta else f"row_number <= {applied}"
        if contract.derived or not states:
            continue
        for column in states if is_delta or applied else ():
            con.execute(
                f"INSERT INTO check_failure SELECT '{name}', row_number, 'required', 'error', '{column}', false"
                f" FROM raw_{name} WHERE {column} IS NULL AND {rows}"
            )
        if name not in lacking:
            continue
        kept = ", ".join(f"'{column}'" for column in (*states, contract.key.name if contract.key else ""))
        con.execute(
            f"DELETE FROM check_failure WHERE dataset = '{name}' AND rule = 'required' AND column_name NOT IN ({kept})"
            f" AND row_number IN (SELECT row_number FROM gone_{name})"
        )


def note_findings(con: duckdb.DuckDBPyConnection, said: Statement) -> None:
    """What the format itself finds odd or wrong in a row."""
    for found in said.row_findings:
        con.execute(
            "INSERT INTO check_failure VALUES (?, ?, ?, ?, ?, false)",
            [found.dataset, found.row_number, found.rule, found.severity, found.column],
        )
