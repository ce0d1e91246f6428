"""A gradebook as Blackboard downloads it (full grade center): one file a course, a column a piece of work."""

from termpost.tasks.formats.blackboard_gradebook.columns import SYSTEM
from termpost.tasks.formats.gradebook.by_itself import gradebook_format
from termpost.tasks.formats.gradebook.named_points import reader_of

FORMAT = gradebook_format(
    __name__, "blackboard-gradebook", SYSTEM.delimiter, reader_of(SYSTEM),
    users={
        "sourced_id": "Student ID", "username": "Username", "given_name": "First Name", "family_name": "Last Name",
        "identifier": "Student ID",
    },
    has_utf16=True,
)  # fmt: skip
