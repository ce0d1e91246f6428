"""Which columns hold text that a family may read, and of what kind; the rest are ids, dates, numbers and codes."""

from typing import Final, Literal

TextKind = Literal["name", "middle-name", "title", "comment", "address"]

TEXT_COLUMNS: Final[dict[str, dict[str, TextKind]]] = {
    "users": {"given_name": "name", "family_name": "name", "middle_name": "middle-name"},
    "supplement_students": {"preferred_name": "name"},
    "lms_users": {"name": "name"},
    "orgs": {"name": "title"},
    "academic_sessions": {"title": "title"},
    "courses": {"title": "title", "course_code": "title", "subjects": "title"},
    "classes": {"title": "title", "class_code": "title", "subjects": "title"},
    "categories": {"title": "title"},
    "line_items": {"title": "title", "description": "comment"},
    "results": {"comment": "comment", "text_score": "title"},
    "result_learning_objective_ids": {"text_score": "title"},
    "score_scales": {"score_scale_value": "comment"},
    "lms_sections": {"title": "title", "section_description": "title"},
    "lms_assignments": {"title": "title", "assignment_category": "title", "assignment_description": "comment"},
    "supplement_comments": {
        "author": "title", "comment": "comment", "strength": "comment", "next_step": "comment", "home_help": "comment",
        "student_says": "comment",
    },
    "supplement_contacts": {
        "relation": "title", "street": "address", "city": "address", "state": "address", "postal_code": "address",
        "country": "address",
    },
    "supplement_attendance": {"event": "comment", "reason": "comment"},
    "supplement_grades": {"grade": "title", "note": "title"},
}  # fmt: skip
# names by which a report is headed: of a student a garbled one waits for somebody who knows
NAME_COLUMNS: Final = {
    "users": ("given_name", "family_name", "middle_name"),
    "supplement_students": ("preferred_name",),
}
