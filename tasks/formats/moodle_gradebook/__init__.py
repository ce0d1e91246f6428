"""A gradebook as Moodle exports it (plain text file): one file a course, with the columns that were ticked."""

from termpost.tasks.formats.gradebook.by_itself import gradebook_format
from termpost.tasks.formats.gradebook.named_points import reader_of
from termpost.tasks.formats.moodle_gradebook.columns import SYSTEM

FORMAT = gradebook_format(
    __name__, "moodle-gradebook", SYSTEM.delimiter, reader_of(SYSTEM),
    users={
        "sourced_id": "ID number", "username": "Username", "given_name": "First name", "family_name": "Last name",
        "identifier": "ID number", "email": "Email address",
    },
)  # fmt: skip
