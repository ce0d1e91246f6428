"""A Canvas gradebook against the contracts: one file, out of which `datasets.sql` makes all of them.

Headers are of the cells that a dataset's column is made from, so that a problem names the cell to fix.
"""

from termpost.schemas.contracts.format_mapping import FormatMapping
from termpost.tasks.formats.datasets import columns, datasets_of

FILES, FILLED = datasets_of(["canvas_gradebook"], adds_to=["supplement_grades"])
MAPPING = FormatMapping(
    "canvas-gradebook/1",
    FILES,
    FILLED,
    headers={
        "enrollments": {"sourced_id": "ID", "user_sourced_id": "ID"},
        "users": {
            "sourced_id": "ID", "username": "SIS Login ID", "given_name": "Student", "family_name": "Student",
            "identifier": "SIS User ID",
        },
    },
    added=columns(line_items="posted_by_hand"),
    optional=columns(
        classes="term_sourced_ids",
        line_items="assign_date due_date grading_period_sourced_id",
        results="score_date",
        supplement_grades="academic_session_sourced_id",
    ),
)  # fmt: skip
