"""Files of an extract as raw tables in DuckDB: every cell text as it is, blank cells NULL, one row for each row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from schemas.findings import Problem, Severity
from tasks.check.contract import Contract, load_contracts
from tasks.check.header import Header, file_problem, header_cells, judge_header, other_delimiter
from tasks.check.ragged import UnreadableError, load_ragged

# of OneRoster 1.1, and of no use to a report: neither read nor worth a word
UNUSED = frozenset({"classResources.csv", "courseResources.csv", "resources.csv"})


@dataclass(frozen=True)
class Raw:
    """What was read: for each contract `raw_<dataset>` with `row_number` (1-based, no header, in file order)."""

    contracts: tuple[Contract, ...]
    present: frozenset[str]  # datasets whose file was read
    rows: Mapping[str, int]  # logical file name → rows, of the files that are in the extract
    ragged: tuple[tuple[str, int], ...]  # (dataset, row_number)
    problems: tuple[Problem, ...]

    @property
    def filled(self) -> frozenset[str]:
        """Datasets with at least one row."""
        return frozenset(contract.dataset for contract in self.contracts if self.rows.get(contract.file))

    @property
    def fatal(self) -> bool:
        return any(problem.severity == "fatal" for problem in self.problems)


def _weight(contract: Contract) -> Severity:
    """What it means that a file has nothing in it or is not there."""
    return "fatal" if contract.presence == "required" else "warning"


def _create(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    # temporary: whatever database the caller works in, nothing of a person is written to it in clear
    columns = ", ".join(f'"{column.name}" VARCHAR' for column in contract.kept)
    con.execute(f"CREATE OR REPLACE TEMP TABLE cells_{contract.dataset} ({columns})")
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW raw_{contract.dataset} AS"
        f" SELECT rowid + 1 AS row_number, * FROM cells_{contract.dataset}"
    )


def _load(con: duckdb.DuckDBPyConnection, contract: Contract, source: str, header: Header) -> list[int]:
    """Fills the table; gives the numbers of ragged rows."""
    picks = [header.places.get(column.name) for column in contract.kept]
    cells = ", ".join("NULL" if place is None else f"c{place}" for place in picks)
    types = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(header.width))
    try:
        con.execute(
            f"INSERT INTO cells_{contract.dataset} SELECT {cells} FROM read_csv(?, auto_detect=false, header=true,"
            f" delim=',', quote='\"', escape='\"', columns={{{types}}})",
            [source],
        )
    except duckdb.InvalidInputException:
        # its message repeats the line, so it ends here; the slow reader says which rows are to blame
        return load_ragged(con, f"cells_{contract.dataset}", source, header.width, picks)
    if not _rows(con, contract):
        # the fast reader has been seen to lose all rows without a word, so an empty file is read twice
        return load_ragged(con, f"cells_{contract.dataset}", source, header.width, picks)
    return []


def _rows(con: duckdb.DuckDBPyConnection, contract: Contract) -> int:
    found = con.execute(f"SELECT count(*) FROM cells_{contract.dataset}").fetchone()
    return int(found[0]) if found else 0


def _read_file(con: duckdb.DuckDBPyConnection, contract: Contract, source: str) -> tuple[list[Problem], list[int], int]:
    """Problems of the file, its ragged rows and its number of rows."""
    try:
        cells = header_cells(con, source)
    except duckdb.InvalidInputException as error:
        rule = "not-utf8" if "utf-8" in str(error) else "unreadable"
        return [file_problem(contract.file, rule, "fatal")], [], 0
    if cells is None or not any(cell.strip() for cell in cells):
        return [file_problem(contract.file, "empty-file", "fatal")], [], 0
    delimiter = other_delimiter(contract, cells)
    if delimiter is not None:
        return [file_problem(contract.file, "wrong-delimiter", "fatal", hint=f"it has {delimiter}")], [], 0
    header = judge_header(contract, cells)
    problems = list(header.problems)
    try:
        ragged = _load(con, contract, source, header)
    except UnreadableError as error:
        return [*problems, file_problem(contract.file, error.rule, "fatal")], [], 0
    count = _rows(con, contract)
    if count == 0:
        problems.append(file_problem(contract.file, "no-rows", _weight(contract)))
    return problems, ragged, count


def read_raw(
    con: duckdb.DuckDBPyConnection, sources: Mapping[str, str], contracts: Iterable[Contract] | None = None
) -> Raw:
    """Reads what the contracts describe.

    Args:
        con: gets temporary tables and views; a `memory://` source needs its filesystem registered there.
        sources: logical file name ("users.csv", "supplement/contacts.csv") → anything DuckDB's read_csv opens.
        contracts: those of OneRoster 1.1 unless given.
    """
    known = tuple(contracts) if contracts is not None else load_contracts()
    con.execute("SET preserve_insertion_order = true")  # a row's number is its place in the file
    problems: list[Problem] = []
    rows: dict[str, int] = {}
    ragged: list[tuple[str, int]] = []
    for contract in known:
        _create(con, contract)
        if contract.file in sources:
            found, torn, count = _read_file(con, contract, sources[contract.file])
            problems.extend(found)
            ragged.extend((contract.dataset, row) for row in torn)
            rows[contract.file] = count
        elif contract.presence != "optional":
            problems.append(file_problem(contract.file, "missing-file", _weight(contract)))
    unknown = sources.keys() - {contract.file for contract in known} - UNUSED
    problems.extend(file_problem(file, "unknown-file", "warning") for file in sorted(unknown))
    present = frozenset(contract.dataset for contract in known if contract.file in rows)
    return Raw(known, present, rows, tuple(ragged), tuple(problems))
