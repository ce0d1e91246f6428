"""A gradebook as a teacher exports it from Canvas: one file a course, a row a student, a column a piece of work."""

from collections.abc import Mapping

from termpost.tasks.formats.canvas_gradebook.delimiter import delimiter_of, is_gradebook
from termpost.tasks.formats.canvas_gradebook.mapping import MAPPING
from termpost.tasks.formats.canvas_gradebook.wide_gradebook import create_wide, read_wide
from termpost.tasks.formats.format import Format
from termpost.tasks.formats.source_file import SourceFile


def recognises(files: Mapping[str, SourceFile]) -> bool:
    if "users.csv" in files:
        return False
    return any(is_gradebook(file.beginning()) for name, file in files.items() if "/" not in name)


def delimiter(text: str) -> str | None:
    """Only of its own files: anywhere else a semicolon would be somebody's text."""
    return delimiter_of(text) if is_gradebook(text) else None


FORMAT = Format(
    package=__name__,
    name="canvas-gradebook",
    version="1",
    mapping=MAPPING,
    recognises=recognises,
    delimiter=delimiter,
    readers={"canvas_gradebook": read_wide},
    create_tables=create_wide,
)
