"""A gradebook as Brightspace (D2L) exports it with Points grade: one file a course, a column a piece of work."""

from termpost.tasks.formats.brightspace_gradebook.columns import SYSTEM
from termpost.tasks.formats.gradebook.by_itself import gradebook_format
from termpost.tasks.formats.gradebook.named_points import reader_of

FORMAT = gradebook_format(
    __name__, "brightspace-gradebook", SYSTEM.delimiter, reader_of(SYSTEM),
    users={
        "sourced_id": "OrgDefinedId", "username": "Username", "given_name": "First Name", "family_name": "Last Name",
        "identifier": "OrgDefinedId", "email": "Email",
    },
)  # fmt: skip
