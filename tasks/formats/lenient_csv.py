"""The slow reader, for files that the fast one refuses: keeps every row and says which are torn."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice

import duckdb

CHUNK = 20_000  # rows


class UnreadableError(Exception):
    """No row of the file can be trusted. `rule` is a code of termpost.schemas.contracts.rules."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def file_text(con: duckdb.DuckDBPyConnection, source: str) -> str:
    """The whole file without its byte order mark.

    Raises:
        UnreadableError: not UTF-8.
    """
    try:
        found = con.execute("SELECT content FROM read_blob(?)", [source]).fetchone()
    except duckdb.InvalidInputException:
        raise UnreadableError("unreadable") from None
    try:
        return bytes(found[0]).decode("utf-8-sig") if found else ""
    except UnicodeDecodeError:
        raise UnreadableError("not-utf8") from None  # the cause holds the bytes


def _lines(text: str, taken: list[str]) -> Iterator[str]:
    """The lines of the text; each is noted in `taken` when it is given out."""
    for line in io.StringIO(text, newline=""):
        taken.append(line)
        yield line


def csv_rows(text: str, delimiter: str = ",") -> Iterator[tuple[list[str], bool]]:
    """Cells of each row, header first, and whether its quotes are wrong; blank lines are no rows.

    A row with wrong quotes is read leniently: whose it is decides who is held.

    Raises:
        UnreadableError: a quote that is never closed.
    """
    taken: list[str] = []
    reader = csv.reader(_lines(text, taken), delimiter=delimiter, strict=True)
    while True:
        taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "expected after" not in str(error):
                raise UnreadableError("unreadable") from None  # an open quote has swallowed the rest
            yield next(csv.reader(taken, delimiter=delimiter), []), True
            continue
        if cells:
            yield cells, False


def load_ragged(
    con: duckdb.DuckDBPyConnection, table: str, source: str, width: int, picks: Sequence[int | None]
) -> list[int]:
    """Fills `table` with the cells at `picks`; gives the 1-based numbers there of rows with cells missing or left over.

    Raises:
        UnreadableError: not UTF-8, or a quote that is never closed.
    """
    import pandas as pd  # noqa: PLC0415 - only a torn file pays for the import

    ragged: list[int] = []
    chunk: list[list[str | None]] = []

    def flush() -> None:
        frame = pd.DataFrame(chunk, columns=[f"c{i}" for i in range(len(picks))], dtype=object)
        con.register("torn_rows", frame)
        cells = ", ".join(f"CAST(c{i} AS VARCHAR)" for i in range(len(picks)))
        con.execute(f"INSERT INTO {table} SELECT {cells} FROM torn_rows")
        con.unregister("torn_rows")
        chunk.clear()

    before = con.execute(f"SELECT count(*) FROM {table}").fetchone()  # other files of the dataset
    first = 1 + (int(before[0]) if before else 0)
    for number, (row, is_torn) in enumerate(islice(csv_rows(file_text(con, source)), 1, None), start=first):
        # spreadsheets leave commas at the end of rows: blank cells left over lose nothing, as in the fast reader
        if is_torn or len(row) < width or any(row[width:]):
            ragged.append(number)
        chunk.append([row[p] or None if p is not None and p < len(row) else None for p in picks])
        if len(chunk) == CHUNK:
            flush()
    if chunk:
        flush()
    return ragged
