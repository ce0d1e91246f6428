"""The files of a OneRoster 1.1 bundle. The contracts are written in its words, so that it departs from them nowhere."""

from termpost.schemas.contracts.format_mapping import FormatMapping
from termpost.tasks.formats.datasets import datasets_of

FILES, FILLED = datasets_of([
    "academic_sessions", "categories", "classes", "courses", "demographics", "enrollments", "line_items", "manifest",
    "orgs", "results", "users",
])  # fmt: skip
MAPPING = FormatMapping("oneroster-csv/1.1", FILES, FILLED)
