"""What an extract lacks that the one loaded last had. A bar that nobody exports any more would be lifted in silence.

Files and columns are compared, never single cells: that one bar is gone is the source's word, that all are gone at
once is more likely an export that was changed. Where rights hang on it the extract is refused until somebody says why.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

import duckdb
from termpost.schemas.base.counted import counted
from termpost.schemas.contracts.contract import Column, Contract
from termpost.schemas.documents.findings import ColumnCount, Problem, Severity
from termpost.tasks.check.last_extract import LastExtract
from termpost.tasks.check.tables import asked_at_once
from termpost.tasks.formats.datasets import SUPPLEMENT_FOLDER
from termpost.tasks.formats.header import file_problem, header_cells
from termpost.tasks.formats.read import RawTables

# bars, stops, consents: what no other file says. Their critical columns are worth a refusal
OF_BARS: Final = frozenset({"supplement_contacts", "supplement_students"})
MANY: Final = 10  # rows or values: of fewer, half is no sign of a cut
SOME: Final = 3  # values: the only two bars of a school may be lifted one day
ACCEPTED: Final = re.compile(r".+ after [0-9a-f]{12}")  # of `[checks] accept`: what names a loss


def count_columns(con: duckdb.DuckDBPyConnection, raw: RawTables) -> tuple[ColumnCount, ...]:
    """Of every column of the files in which some cell says something; before a format adds rows of its own."""
    read = [
        (contract, columns) for contract in raw.contracts
        if (columns := [column for column in contract.kept if column.in_file])
        and not contract.derived and _rows(contract, raw)
    ]  # fmt: skip
    said = asked_at_once(con, (
        (f"raw_{contract.dataset}", [f"count(nullif(trim(\"{column.name}\"), ''))" for column in columns])
        for contract, columns in read
    ))  # fmt: skip
    return tuple(
        ColumnCount(file=contract.file, column=column.header, values=int(count))
        for (contract, columns), counts in zip(read, said, strict=True)
        for column, count in zip(columns, counts, strict=True) if count
    )  # fmt: skip


def find_vanished(
    con: duckdb.DuckDBPyConnection, raw: RawTables, sources: Mapping[str, str], counts: Iterable[ColumnCount],
    last: LastExtract | None, form: str, *, is_part: bool,
) -> Iterator[Problem]:  # fmt: skip
    """A problem for each file that lacks something, and one more where the rights of somebody hang on it.

    Args:
        sources: what to open, by the name of the file.
        form: of the extract. Of two formats only the supplement can be compared, which is the same in all.
        is_part: changes alone, in which a file that did not change is not there.
    """
    if last is None:
        return
    now = {(count.file, count.column): count.values for count in counts}
    unread = {problem.file for problem in raw.problems if problem.severity == "fatal"}
    for contract in raw.contracts:
        rows, before = _rows(contract, raw), last.rows.get(contract.file, 0)
        is_supplement = contract.file.startswith(f"{SUPPLEMENT_FOLDER}/")
        if contract.derived or not before or contract.file in unread or not (is_supplement or form == last.form):
            continue
        if is_part and not (is_supplement and contract.dataset in raw.present):
            continue
        if not rows or _is_cut(before, rows):
            rule = "fewer-rows" if rows else "vanished-file"
            hint = f"{rows:,} and {counted(before, 'row')}" if rows else counted(before, "row")
            yield _problem(contract, rule, (), hint, f"{rows} rows", last, is_serious=contract.dataset in OF_BARS)
        if rows:
            yield from _columns(contract, now, last, _headers(con, contract, raw, sources))


def _columns(
    contract: Contract, now: Mapping[tuple[str, str], int], last: LastExtract, headers: Collection[str]
) -> Iterator[Problem]:
    """Those worth a refusal in one problem, those worth a word in another."""
    lost: dict[bool, list[tuple[str, int, int]]] = {True: [], False: []}
    for column in (column for column in contract.kept if column.in_file):
        before, count = last.values.get((contract.file, column.header), 0), now.get((contract.file, column.header), 0)
        is_there = column.header in headers
        if _is_lost(contract, column, before, count, is_there=is_there):
            is_serious = _is_of_bars(contract, column) and (not is_there or before >= SOME)
            lost[is_serious].append((column.header, before, count))
    for is_serious, columns in lost.items():
        if columns:
            hint = ", ".join(f"{header} {count:,} of {before:,}" for header, before, count in columns)
            name = ", ".join(f"{header} {count}" for header, _, count in columns)
            yield _problem(contract, "vanished-column", [header for header, _, _ in columns], hint, name, last,
                           is_serious=is_serious)  # fmt: skip


def _is_lost(contract: Contract, column: Column, before: int, now: int, *, is_there: bool) -> bool:
    if not before:
        return False
    if _is_of_bars(contract, column):
        return not now or _is_cut(before, now)
    return not now and (not is_there or before >= MANY)


def _is_of_bars(contract: Contract, column: Column) -> bool:
    return contract.dataset in OF_BARS and column.critical


def _is_cut(before: int, now: int) -> bool:
    return before >= MANY and 2 * now < before


def _rows(contract: Contract, raw: RawTables) -> int:
    return sum(rows for file, rows in raw.rows.items() if contract.describes(file))


def _headers(
    con: duckdb.DuckDBPyConnection, contract: Contract, raw: RawTables, sources: Mapping[str, str]
) -> frozenset[str]:
    files = [file for file in raw.rows if contract.describes(file)]
    return frozenset(cell for file in files for cell in header_cells(con, sources[file]) or ())


def _problem(
    contract: Contract, rule: str, columns: Collection[str], hint: str, name: str, last: LastExtract, *,
    is_serious: bool,
) -> Problem:  # fmt: skip
    """`name` says what is lost and how much, as an acceptance must: of another loss it says nothing."""
    accepts = f"{contract.file} {name} after {last.shown}"
    is_accepted = accepts in last.accepted
    severity: Severity = "fatal" if is_serious and not (is_accepted or last.is_let_in) else "warning"
    said = f"{hint}, extract {last.shown}" + ("; accepted" if is_serious and is_accepted else "")
    column = next(iter(columns)) if len(columns) == 1 else None
    found = file_problem(contract.file, rule, severity, column, said)
    if severity == "warning":
        return found
    remedy = f'export it as before; where nothing is lost, put "{accepts}" into accept under [checks] of termpost.toml,'
    return found.model_copy(update={"remedy": f"{remedy} and say why in accept_reason"})
