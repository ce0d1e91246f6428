"""The format of a system's gradebooks alone: one file a course, out of which SQL makes all datasets."""

from collections.abc import Callable, Mapping

from termpost.schemas.contracts.format_mapping import FormatMapping
from termpost.tasks.formats.datasets import columns, datasets_of
from termpost.tasks.formats.format import Format, Reader
from termpost.tasks.formats.gradebook import ALONE
from termpost.tasks.formats.gradebook.sheet import create_wide
from termpost.tasks.formats.source_file import SourceFile


def gradebook_format(
    package: str, name: str, delimiter: Callable[[str], str | None], reader: Reader, users: Mapping[str, str],
    *, has_utf16: bool = False,
) -> Format:  # fmt: skip
    """The format that gradebooks of one system are.

    Args:
        package: whose datasets.sql makes `gradebook_student` of the fixed columns.
        name: "canvas-gradebook"; its dataset is named alike.
        delimiter: what parts the cells, told from the beginning of a file; None where it is none of these gradebooks.
        users: column of `users` → the header of the cell it is made from, so that a problem names the cell to fix.
    """
    dataset = name.replace("-", "_")

    def recognises(files: Mapping[str, SourceFile]) -> bool:
        if "users.csv" in files:
            return False  # a roster
        return any(delimiter(file.beginning()) is not None for file in files.values() if "/" not in file.name)

    return Format(
        package=package,
        scripts=(package, *ALONE),
        name=name,
        version="1",
        mapping=_mapping(f"{name}/1", dataset, users),
        recognises=recognises,
        delimiter=delimiter,
        has_utf16=has_utf16,
        readers={dataset: reader},
        create_tables=create_wide,
    )


def _mapping(form: str, dataset: str, users: Mapping[str, str]) -> FormatMapping:
    files, filled = datasets_of([dataset], adds_to=["supplement_grades"])
    ids = {"sourced_id": users["sourced_id"], "user_sourced_id": users["sourced_id"]}
    return FormatMapping(
        form,
        files,
        filled,
        headers={"enrollments": ids, "users": dict(users)},
        added=columns(line_items="posted_by_hand"),
        optional=columns(
            classes="term_sourced_ids",
            line_items="assign_date due_date grading_period_sourced_id",
            results="score_date",
            supplement_grades="academic_session_sourced_id",
        ),
    )
