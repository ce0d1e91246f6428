"""The header row of a file against its contract."""

import csv
import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
from termpost.schemas.contracts.contract import Column, Contract
from termpost.schemas.contracts.rules import RULES
from termpost.schemas.documents.findings import Problem, Severity

# alike enough to be meant: prefferedGivenName for preferredGivenName, SourcedID for sourcedId
ALIKE = 0.8
DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "upright bars"}


@dataclass(frozen=True)
class Header:
    """Where each column of the contract lies in the file."""

    width: int  # cells in the header
    places: Mapping[str, int]  # column name → 0-based place
    problems: tuple[Problem, ...]


def file_problem(file: str, rule: str, severity: Severity, column: str | None = None, hint: str = "") -> Problem:
    """A problem of the file as a whole. `hint` holds nothing but words and places of ours."""
    message = RULES[rule].message + (f" ({hint})" if hint else "")
    return Problem(rule=rule, severity=severity, file=file, row=None, column=column, key=None, message=message,
                   remedy=RULES[rule].remedy)  # fmt: skip


def header_cells(con: duckdb.DuckDBPyConnection, source: str) -> list[str] | None:
    """The cells of the first line; None where the file has none.

    Raises:
        duckdb.InvalidInputException: not UTF-8, or a line break in the header; its message may repeat the line.
    """
    line = con.execute(
        "SELECT line FROM read_csv(?, auto_detect=false, header=false, delim=chr(31), quote='', escape='',"
        " strict_mode=false, hive_partitioning=false, columns={'line': 'VARCHAR'}) LIMIT 1",
        [source],
    ).fetchone()
    if line is None or line[0] is None:
        return None
    text = str(line[0]).lstrip("\ufeff")
    if text.count('"') % 2:  # the header goes on in the next line, and DuckDB would take all rows for a part of it
        raise duckdb.InvalidInputException
    return next(csv.reader([text]), [])


def other_delimiter(contract: Contract, cells: list[str]) -> str | None:
    """The name of what separates the cells, where it is no comma and the header shows it."""
    names = {column.header for column in contract.columns}
    if len(names.intersection(cells)) > 1:
        return None
    for delimiter, name in DELIMITERS.items():
        if len(names.intersection(cell.strip('"') for cell in ",".join(cells).split(delimiter))) > 1:
            return name
    return None


def _looks_like(column: Column, cells: list[str], unknown: list[int]) -> int | None:
    """The place of an unknown cell that is a near miss of the column's name."""
    wanted = column.header.casefold()
    scored = [
        (difflib.SequenceMatcher(None, wanted, cells[place].strip().casefold()).ratio(), place) for place in unknown
    ]
    ratio, place = max(scored, default=(0.0, 0))
    return place if ratio >= ALIKE else None


def _missing(contract: Contract, column: Column, place: int | None, file: str) -> Problem | None:
    """A column that is not there: fatal where rows need it, or where a near miss would lose what protects someone."""
    hint = "" if place is None else f"column {place + 1} looks like it, misspelt"
    if column.in_header:
        return file_problem(file, "missing-column", "fatal", column.header, hint)
    if place is not None and column.critical:
        return file_problem(file, "misspelt-column", "fatal", column.header, hint)
    if contract.presence == "required" and not column.may_lack:
        return file_problem(file, "missing-column", "warning", column.header, hint)
    return None


def judge_header(contract: Contract, cells: list[str], file: str) -> Header:
    """Finds the columns. A cell's own text is never repeated: in a file without a header it is somebody's data."""
    names = {column.header: column for column in contract.in_file}
    problems: list[Problem] = []
    places: dict[str, int] = {}
    unknown: list[int] = []
    for place, cell in enumerate(cells):
        if not cell.strip():
            problems.append(file_problem(file, "empty-header", "warning", hint=f"column {place + 1}"))
        elif cell not in names:
            unknown.append(place)
        elif cell in places:
            problems.append(file_problem(file, "duplicate-column", "fatal", cell, f"column {place + 1}"))
        else:
            places[cell] = place
    problems.extend(
        file_problem(file, "withdrawn-column", "warning", column.header)
        for column in contract.in_file
        if column.withdrawn and column.header in places
    )
    near: dict[int, str] = {}
    for column in contract.in_file:
        if column.keep and column.header not in places:
            place_of = _looks_like(column, cells, unknown)
            if place_of is not None:
                near[place_of] = column.header
            missing = _missing(contract, column, place_of, file)
            problems.extend([missing] if missing else [])
    for place in unknown:
        hint = f"column {place + 1}" + (f", did you mean {near[place]}?" if place in near else "")
        problems.append(file_problem(file, "unknown-column", "warning", hint=hint))
    found = list(places)
    if contract.ordered and found != [header for header in names if header in places]:
        problems.append(file_problem(file, "column-order", "warning"))
    by_name = {names[cell].name: place for cell, place in places.items()}
    return Header(len(cells), by_name, tuple(problems))
