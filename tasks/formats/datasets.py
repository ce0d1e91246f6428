"""The datasets that every format ends in, whatever its files are."""

from collections.abc import Iterable

from termpost.schemas.contracts.format_mapping import Columns

COMMON = frozenset({
    "academic_sessions", "categories", "classes", "courses", "demographics", "enrollments",
    "line_item_learning_objective_ids", "line_item_score_scales", "line_items", "orgs", "result_learning_objective_ids",
    "result_score_scales", "results", "roles", "score_scales", "users",
})  # fmt: skip
# files of termpost's own, which may lie beside the files of any format
SUPPLEMENT = frozenset({
    "supplement_attendance", "supplement_comments", "supplement_contacts", "supplement_due_dates", "supplement_grades",
    "supplement_students",
})  # fmt: skip
SUPPLEMENT_FOLDER = "supplement"
SUPPLEMENT_FILES = frozenset(
    f"{SUPPLEMENT_FOLDER}/{name}.csv"
    for name in ("attendance", "comments", "contacts", "dueDates", "grades", "students")
)


def columns(**datasets: str) -> Columns:
    """`columns(users="role username")`: names of columns, by dataset."""
    return {dataset: frozenset(names.split()) for dataset, names in datasets.items()}


def datasets_of(files: Iterable[str], adds_to: Iterable[str] = ()) -> tuple[frozenset[str], frozenset[str]]:
    """Which datasets are files of a format and which its SQL fills, for its `FormatMapping`.

    Args:
        files: the datasets of its own files, those of the common ones that it has as they are among them.
        adds_to: datasets with files of their own to which its SQL adds rows.
    """
    own = frozenset(files)
    return own | SUPPLEMENT, (COMMON - own) | frozenset(adds_to)
