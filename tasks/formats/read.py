"""Files of an extract as raw tables in DuckDB: every cell text as it is, blank cells NULL, one row for each row."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import duckdb
from termpost.schemas.base.counted import counted
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.documents.findings import Problem, Severity, SkippedFile
from termpost.tasks.formats.format import Format
from termpost.tasks.formats.header import Header, file_problem, header_cells, judge_header, other_delimiter
from termpost.tasks.formats.lenient_csv import UnreadableError, load_ragged
from termpost.tasks.formats.provenance import create_place, note_places
from termpost.tasks.formats.registry import FALLBACK, load_contracts


@dataclass(frozen=True)
class RawTables:
    """What was read: for each contract `raw_<dataset>` with `row_number` (1-based, no header, in file order).

    Where a dataset is derived or lies in many files, `where_<dataset>` says which file and row each row comes from.
    """

    contracts: tuple[Contract, ...]
    present: frozenset[str]  # datasets whose file was read
    rows: Mapping[str, int]  # logical file name → rows, of the files that are in the extract
    ragged: tuple[tuple[str, int], ...]  # (dataset, row_number)
    problems: tuple[Problem, ...]
    skipped: tuple[SkippedFile, ...] = ()  # files of the sources that were not read

    @property
    def fatal(self) -> bool:
        return any(problem.severity == "fatal" for problem in self.problems)


def _weight(contract: Contract) -> Severity:
    """What it means that a file has nothing in it or is not there."""
    return "fatal" if contract.presence == "required" else "warning"


def create_cells(con: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Makes the empty table of a dataset, and the views that number its rows and say where they come from."""
    # temporary: whatever database the caller works in, nothing of a person is written to it in clear
    columns = ", ".join(f'"{column.name}" VARCHAR' for column in contract.kept)
    con.execute(f"CREATE OR REPLACE TEMP TABLE cells_{contract.dataset} ({columns})")
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW raw_{contract.dataset} AS"
        f" SELECT rowid + 1 AS row_number, * FROM cells_{contract.dataset}"
    )
    create_place(con, contract)


def _load(con: duckdb.DuckDBPyConnection, contract: Contract, source: str, header: Header) -> tuple[list[int], int]:
    """Fills the table; gives the numbers of ragged rows, and how many rows it read."""
    picks = [header.places.get(column.name) for column in contract.kept]
    cells = ", ".join("NULL" if place is None else f"c{place}" for place in picks)
    types = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(header.width))
    try:
        read = con.execute(
            f"INSERT INTO cells_{contract.dataset} SELECT {cells} FROM read_csv(?, auto_detect=false, header=true,"
            f" delim=',', quote='\"', escape='\"', hive_partitioning=false, columns={{{types}}})",
            [source],
        ).fetchall()[0][0]
    except duckdb.InvalidInputException:
        read = 0  # its message repeats the line, so it ends here; the slow reader says which rows are to blame
    if read:
        return [], int(read)
    # the fast reader has been seen to lose all rows without a word, so an empty file is read twice
    before = _rows(con, contract)
    ragged = load_ragged(con, f"cells_{contract.dataset}", source, header.width, picks)
    return ragged, _rows(con, contract) - before


def read_table(
    con: duckdb.DuckDBPyConnection, contract: Contract, file: str, source: str, before: int
) -> tuple[list[Problem], list[int], int]:
    """A plain table: problems of the file, its ragged rows (numbered in the dataset) and its number of rows."""
    try:
        cells = header_cells(con, source)
    except duckdb.InvalidInputException as error:
        rule = "not-utf8" if "utf-8" in str(error) else "unreadable"
        return [file_problem(file, rule, "fatal")], [], 0
    if cells is None or not any(cell.strip() for cell in cells):
        return [file_problem(file, "empty-file", "fatal")], [], 0
    delimiter = other_delimiter(contract, cells)
    if delimiter is not None:
        return [file_problem(file, "wrong-delimiter", "fatal", hint=f"it has {delimiter}")], [], 0
    header = judge_header(contract, cells, file)
    problems = list(header.problems)
    try:
        ragged, count = _load(con, contract, source, header)
    except UnreadableError as error:
        return [*problems, file_problem(file, error.rule, "fatal")], [], 0
    note_places(con, contract, file, before)
    if count == 0:
        problems.append(file_problem(file, "no-rows", "warning" if contract.is_pattern else _weight(contract)))
    return problems, ragged, count


def _rows(con: duckdb.DuckDBPyConnection, contract: Contract) -> int:
    found = con.execute(f"SELECT count(*) FROM cells_{contract.dataset}").fetchone()
    return int(found[0]) if found else 0


def read_raw(
    con: duckdb.DuckDBPyConnection,
    sources: Mapping[str, str],
    form: Format = FALLBACK,
    contracts: Iterable[Contract] | None = None,
) -> RawTables:
    """Reads what the contracts of a format describe.

    Args:
        con: gets temporary tables and views; a `memory://` source needs its filesystem registered there.
        sources: logical file name ("users.csv", "supplement/contacts.csv") → anything DuckDB's read_csv opens.
        contracts: those of the format unless given.
    """
    known = tuple(contracts) if contracts is not None else load_contracts(form.form)
    con.execute("SET preserve_insertion_order = true")  # a row's number is its place in the file
    problems: list[Problem] = []
    rows: dict[str, int] = {}
    ragged: list[tuple[str, int]] = []
    present: set[str] = set()
    skipped: list[SkippedFile] = []
    form.create_tables(con)
    for contract in known:
        create_cells(con, contract)
        files, older = _newest(contract, [file for file in sources if not form.is_unused(file)])
        read = form.readers.get(contract.dataset, read_table)
        if older:
            problems.append(file_problem(contract.file, "superseded-file", "warning", hint=counted(len(older), "file")))
            skipped.extend(SkippedFile(name=file, why="older") for file in older)
        for number, file in enumerate(files):
            before = _rows(con, contract) if number else 0
            found, torn, rows[file] = read(con, contract, file, sources[file], before)
            problems.extend(found)
            ragged.extend((contract.dataset, row) for row in torn)
        if files or contract.shaped:
            present.add(contract.dataset)
        if _is_bare(con, contract, files) and not any(problem.severity == "fatal" for problem in problems):
            problems.append(file_problem(contract.file, "no-rows", "fatal"))
        if not files and not contract.derived and contract.presence != "optional":
            problems.append(file_problem(contract.file, "missing-file", _weight(contract)))
    unknown = {file for file in sources if not form.is_unused(file) and not any(c.describes(file) for c in known)}
    problems.extend(file_problem(file, "unknown-file", "warning") for file in sorted(unknown))
    skipped.extend(SkippedFile(name=file, why="unknown") for file in unknown)
    skipped.extend(SkippedFile(name=file, why="not-used") for file in sources if form.is_unused(file))
    return RawTables(known, frozenset(present), rows, tuple(ragged), tuple(problems), tuple(skipped))


def _is_bare(con: duckdb.DuckDBPyConnection, contract: Contract, files: Collection[str]) -> bool:
    """Whether many files together have no row, where there must be some."""
    return bool(files) and contract.is_pattern and contract.presence == "required" and not _rows(con, contract)


def _newest(contract: Contract, sources: Collection[str]) -> tuple[list[str], list[str]]:
    """The files to read, and the older snapshots of the same things beside them."""
    files = sorted(file for file in sources if contract.describes(file))
    if contract.snapshot is None:
        return files, []
    newest: dict[str, tuple[str, int, str]] = {}
    for file in files:
        parts = contract.snapshot_of(file)
        age = (parts["when"], int(parts["copy"]), file)
        newest[parts["of"]] = max(newest.get(parts["of"], age), age)
    read = sorted(file for _, _, file in newest.values())
    return read, sorted(set(files) - set(read))
