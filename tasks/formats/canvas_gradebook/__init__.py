"""A gradebook as a teacher exports it from Canvas: one file a course, a row a student, a column a piece of work."""

from termpost.tasks.formats.canvas_gradebook.delimiter import delimiter_of, is_gradebook
from termpost.tasks.formats.canvas_gradebook.wide_gradebook import read_wide
from termpost.tasks.formats.gradebook.by_itself import gradebook_format


def delimiter(text: str) -> str | None:
    """Only of its own files: anywhere else a semicolon would be somebody's text."""
    return delimiter_of(text) if is_gradebook(text) else None


FORMAT = gradebook_format(
    __name__, "canvas-gradebook", delimiter, read_wide,
    users={
        "sourced_id": "ID", "username": "SIS Login ID", "given_name": "Student", "family_name": "Student",
        "identifier": "SIS User ID",
    },
)  # fmt: skip
