"""The slow reader, for files that the fast one refuses: keeps every row and says which are torn."""

import csv
import io
from collections.abc import Iterator, Sequence

import duckdb

CHUNK = 20_000  # rows


class UnreadableError(Exception):
    """No row of the file can be trusted. `rule` is a code of tasks.check.rules."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def _text(con: duckdb.DuckDBPyConnection, source: str) -> str:
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


def _rows(text: str) -> Iterator[tuple[list[str], bool]]:
    """Cells of each row without the header, and whether its quotes are wrong; blank lines are no rows.

    A row with wrong quotes is read leniently: whose it is decides who is held.
    """
    taken: list[str] = []
    reader = csv.reader(_lines(text, taken), strict=True)
    header = True
    while True:
        taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "expected after" not in str(error):
                raise UnreadableError("unreadable") from None  # an open quote has swallowed the rest
            yield next(csv.reader(taken), []), True
            continue
        if cells and not header:
            yield cells, False
        header = False


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
    for number, (row, is_torn) in enumerate(_rows(_text(con, source)), start=first):
        # spreadsheets leave commas at the end of rows: blank cells left over lose nothing, as in the fast reader
        if is_torn or len(row) < width or any(row[width:]):
            ragged.append(number)
        chunk.append([row[p] or None if p is not None and p < len(row) else None for p in picks])
        if len(chunk) == CHUNK:
            flush()
    if chunk:
        flush()
    return ragged
