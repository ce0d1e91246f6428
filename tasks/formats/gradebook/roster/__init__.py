"""Gradebooks beside a roster of OneRoster: the marks of one; people, classes, sessions and contacts of the other."""

import csv
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.contracts.format_mapping import Columns, FormatMapping
from termpost.tasks.formats.datasets import datasets_of
from termpost.tasks.formats.format import Format, Statement
from termpost.tasks.formats.gradebook import MARKS
from termpost.tasks.formats.gradebook.roster.statement import file_problems, holding_rows, row_findings
from termpost.tasks.formats.oneroster.detect import UNUSED, version_of
from termpost.tasks.formats.oneroster.manifest import read_manifest
from termpost.tasks.formats.oneroster.required import ONEROSTER, REQUIRED, refuse_incomplete
from termpost.tasks.formats.source_file import SourceFile

# what the gradebooks say, so that the bundle must not say it too
MARK_FILES = frozenset({
    "categories.csv", "lineItems.csv", "results.csv", "scoreScales.csv", "lineItemScoreScales.csv",
    "resultScoreScales.csv", "lineItemLearningObjectiveIds.csv", "resultLearningObjectiveIds.csv",
})  # fmt: skip
TWICE = ("lineItems.csv", "results.csv")
MARK_DATASETS = frozenset({
    "categories", "line_items", "results", "score_scales", "line_item_score_scales", "result_score_scales",
    "line_item_learning_objective_ids", "result_learning_objective_ids",
})  # fmt: skip
OF_PEOPLE = tuple(name for name in REQUIRED if name not in MARK_FILES)


def with_roster(gradebook: Format, roster: Format) -> Format:
    """The format of gradebooks of one system beside a roster of one version of OneRoster.

    Args:
        gradebook: as it is by itself; its own script tells what its fixed columns are.
    """
    (dataset,) = gradebook.readers

    def recognises(files: Mapping[str, SourceFile]) -> bool:
        if "users.csv" not in files or not any(_is_gradebook(gradebook.delimiter, file) for file in files.values()):
            return False
        return version_of(files) == roster.version  # asked last, since it may be far away

    def is_unused(file: str) -> bool:
        return file in UNUSED or file in MARK_FILES

    def statement(
        con: duckdb.DuckDBPyConnection, contracts: Sequence[Contract], present: Collection[str], files: Collection[str]
    ) -> Statement:
        said = roster.statement(con, contracts, present, files)
        findings = (*said.row_findings, *row_findings(con, dataset))
        problems = (*said.problems, *file_problems(con))
        holding = (*said.holding_rows, *holding_rows(con, dataset))
        return replace(said, problems=problems, row_findings=findings, holding_rows=holding)

    name = f"{gradebook.name}-with-roster"
    return Format(
        package=__name__,
        scripts=(roster.package, gradebook.package, __name__, MARKS),
        name=name,
        version=roster.version,
        mapping=_mapping(f"{name}/{roster.version}", gradebook.mapping, roster.mapping, dataset),
        recognises=recognises,
        names=roster.names,
        is_unused=is_unused,
        refuse=partial(refuse_roster, gradebook.delimiter),
        delimiter=gradebook.delimiter,
        has_utf16=gradebook.has_utf16,
        readers=gradebook.readers,
        create_tables=gradebook.create_tables,
        statement=statement,
    )


def refuse_roster(delimiter: Callable[[str], str | None], files: Sequence[SourceFile], where: str) -> None:
    """Refuses a roster that is not whole, and marks that come twice.

    Raises:
        InputError: `missing-file`, `delta-roster`, `marks-twice`, `named-as-roster`.
    """
    names = {file.name for file in files}
    if read_manifest(files).deltas:
        what = "the roster beside the gradebooks holds changes, and not all people and classes"
        raise InputError("delta-roster", what, f"{where}, manifest.csv", "export the roster in bulk")
    for file in (file for file in files if file.name in ONEROSTER):
        if delimiter(file.beginning()) is not None:
            what = "a gradebook beside a roster has the name of one of the roster's files"
            raise InputError("named-as-roster", what, f"{where}, {file.name}", "call it after its course")
    refuse_incomplete(names, where, OF_PEOPLE)
    twice = next((file for file in files if file.name in TWICE and _has_rows(file)), None)
    if twice is not None:
        what = "marks come twice: in the files of OneRoster, and in gradebooks beside them"
        raise InputError("marks-twice", what, f"{where}, {twice.name}",
                         f"take {' and '.join(TWICE)} out, or else the gradebooks")  # fmt: skip


def _is_gradebook(delimiter: Callable[[str], str | None], file: SourceFile) -> bool:
    return "/" not in file.name and file.name not in ONEROSTER and delimiter(file.beginning()) is not None


def _has_rows(file: SourceFile) -> bool:
    rows = csv.reader(io.StringIO(file.beginning(), newline=""))
    try:
        return sum(1 for row in rows if any(cell.strip() for cell in row)) > 1
    except csv.Error:
        return True


def _mapping(form: str, gradebook: FormatMapping, roster: FormatMapping, dataset: str) -> FormatMapping:
    """People and classes as the roster has them, marks as the gradebook."""
    files, filled = datasets_of((roster.files - MARK_DATASETS) | {dataset}, adds_to=["supplement_grades"])
    of_marks = MARK_DATASETS | {"supplement_grades"}

    def both(of_roster: Columns, of_gradebook: Columns) -> Columns:
        kept = {name: cells for name, cells in of_roster.items() if name not in of_marks}
        return kept | {name: cells for name, cells in of_gradebook.items() if name in of_marks}

    return FormatMapping(
        form,
        files,
        filled,
        headers={name: cells for name, cells in roster.headers.items() if name not in of_marks}
        | {name: cells for name, cells in gradebook.headers.items() if name in of_marks},
        added=both(roster.added, gradebook.added),
        lacking=both(roster.lacking, gradebook.lacking),
        optional=both(roster.optional, gradebook.optional),
        open_lists=roster.open_lists,
    )
