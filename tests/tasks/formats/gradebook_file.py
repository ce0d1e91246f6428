"""A gradebook file of any system, out of its cells, and what a check and a load make of it."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.findings import Findings
from termpost.tasks.check.accept import accept
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.registry import detect

from tests.tasks.formats.lms_book import check_sources

RESULTS = (
    "SELECT student_sourced_id, line_item_sourced_id, score_status, score::DOUBLE FROM accepted_results ORDER BY ALL"
)
ITEMS = "SELECT sourced_id, title, result_value_max::DOUBLE, category_sourced_id FROM accepted_line_items"


def text(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def written(path: Path, rows: Sequence[Sequence[str]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text(rows, delimiter).encode(encoding))
    return path.parent


def opened(folder: Path, to: Path) -> tuple[dict[str, str], str]:
    """The files as they are read, copied to `to`, and their format."""
    files = open_source(str(folder))
    to.mkdir(exist_ok=True)
    for file in files:
        with file.open() as source:
            (to / file.name).write_bytes(source.read())
    return {file.name: str(to / file.name) for file in files}, detect(files).form


def checked(folder: Path) -> Findings:
    sources, form = opened(folder, folder.parent / f"{folder.name}-read")
    return check_sources(sources, form)


def told(findings: Findings) -> set[tuple[str, int | None, str | None]]:
    return {(p.rule, p.row, p.column) for p in findings.problems if p.file != "supplement/contacts.csv"}


def held(findings: Findings) -> set[tuple[str, str | None, str]]:
    return {(hold.student, hold.class_id, hold.reason) for hold in findings.holds}


def accepted(folder: Path, query: str, findings: Findings | None = None) -> list[tuple[Any, ...]]:
    sources, form = opened(folder, folder.parent / f"{folder.name}-read")
    with duckdb.connect() as con:
        accept(con, sources, findings.rejected if findings else (), form)
        return con.execute(query).fetchall()


def refused(folder: Path) -> InputError:
    try:
        open_source(str(folder))
    except InputError as error:
        return error
    raise AssertionError("it was not refused")
