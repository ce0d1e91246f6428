"""The files of the Ed-Fi LMS Toolkit against the contracts; `datasets.sql` makes the common datasets of them.

Headers are of the cells that a dataset's column is made from, so that a problem names the cell to fix.
"""

from termpost.schemas.contracts.format_mapping import FormatMapping
from termpost.tasks.formats.datasets import columns, datasets_of

FILES, FILLED = datasets_of(
    [
        "lms_assignments", "lms_attendance_events", "lms_grades", "lms_section_associations", "lms_sections",
        "lms_submissions", "lms_users",
    ],
    adds_to=["supplement_attendance", "supplement_grades"],
)  # fmt: skip
MAPPING = FormatMapping(
    "lms-toolkit/1",
    FILES,
    FILLED,
    headers={
        "academic_sessions": {"sourced_id": "Term", "title": "Term", "start_date": "Term", "end_date": "Term"},
        "classes": {
            "sourced_id": "SourceSystemIdentifier", "title": "Title", "course_sourced_id": "Title",
            "class_code": "SISSectionIdentifier", "term_sourced_ids": "Term",
        },
        "courses": {"sourced_id": "Title", "title": "Title"},
        "enrollments": {
            "sourced_id": "SourceSystemIdentifier", "class_sourced_id": "LMSSectionSourceSystemIdentifier",
            "user_sourced_id": "LMSUserSourceSystemIdentifier", "role": "LMSUserSourceSystemIdentifier",
            "begin_date": "StartDate", "end_date": "EndDate",
        },
        "line_items": {
            "sourced_id": "SourceSystemIdentifier", "title": "Title", "assign_date": "StartDateTime",
            "due_date": "DueDateTime", "class_sourced_id": "LMSSectionSourceSystemIdentifier",
            "category_sourced_id": "AssignmentCategory", "result_value_max": "MaxPoints", "due_at": "DueDateTime",
        },
        "results": {
            "sourced_id": "SourceSystemIdentifier", "line_item_sourced_id": "AssignmentSourceSystemIdentifier",
            "student_sourced_id": "LMSUserSourceSystemIdentifier", "score_status": "SubmissionStatus",
            "score": "EarnedPoints", "score_date": "SubmissionDateTime", "submitted_at": "SubmissionDateTime",
        },
        "users": {
            "sourced_id": "SourceSystemIdentifier", "role": "UserRole", "username": "LocalUserIdentifier",
            "given_name": "Name", "family_name": "Name", "identifier": "SISUserIdentifier", "email": "EmailAddress",
        },
    },
    added=columns(line_items="due_at", results="submitted_at"),
    optional=columns(
        classes="term_sourced_ids",
        line_items="grading_period_sourced_id",
        supplement_grades="academic_session_sourced_id",
    ),
)  # fmt: skip
