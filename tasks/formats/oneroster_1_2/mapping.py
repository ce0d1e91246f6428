"""The files of a OneRoster 1.2 bundle, and what 1.2 changed in their columns."""

from termpost.schemas.contracts.format_mapping import FormatMapping
from termpost.tasks.formats.datasets import COMMON, columns, datasets_of

FILES, FILLED = datasets_of([*COMMON, "manifest"])
MAPPING = FormatMapping(
    "oneroster-csv/1.2",
    FILES,
    FILLED,
    headers={"line_items": {"grading_period_sourced_id": "academicSessionSourcedId"}},
    added=columns(
        categories="weight",
        line_items="school_sourced_id",
        results="text_score class_sourced_id in_progress incomplete late missing",
        users="user_master_identifier resources preferred_given_name preferred_middle_name preferred_family_name"
        " primary_org_sourced_id pronouns",
    ),
    lacking=columns(users="org_sourced_ids role"),
    optional=columns(line_items="result_value_min result_value_max"),
    open_lists=columns(academic_sessions="type", classes="class_type", orgs="type"),
)
