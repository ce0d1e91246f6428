"""The median of a class: only where the settings ask for it, and only of classes that are large enough."""

from datetime import datetime
from decimal import Decimal

import duckdb
from termpost.schemas.base.refs import ClassId, Summaries
from termpost.schemas.settings.sections.privacy_settings import PrivacySettings
from termpost.tasks.lake.sql import execute_each, sql

PACKAGE = "termpost.tasks.summarise"
KEY = """cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff AND small_cell = $small_cell"""


def keep_as_asked(
    lake: duckdb.DuckDBPyConnection, summaries: Summaries, privacy: PrivacySettings, known_at: datetime
) -> None:
    """Keeps the medians where the settings ask for them."""
    if privacy.class_median:
        keep_medians(lake, summaries, privacy.small_cell, known_at)


def keep_medians(
    lake: duckdb.DuckDBPyConnection, summaries: Summaries, small_cell: int, known_at: datetime
) -> dict[ClassId, Decimal]:
    """Keeps what is shown of summaries that are in the lake, and nothing of what is suppressed.

    A median belongs to the `small_cell` it was kept under, so that another setting never shows an old one; those that
    are there already stay.

    Args:
        small_cell: least number of students with a grade.

    Returns:
        Class -> median in per cent.
    """
    if not (medians := section_medians(lake, summaries, small_cell)):
        values = {
            **summaries.key, "small_cell": small_cell, "known_at": known_at, "kind": summaries.cycle.kind,
        }  # fmt: skip
        execute_each(lake, sql(PACKAGE, "insert_section_median"), values)
        medians = section_medians(lake, summaries, small_cell)
    return medians


def section_medians(lake: duckdb.DuckDBPyConnection, summaries: Summaries, small_cell: int) -> dict[ClassId, Decimal]:
    """Class -> median in per cent, of classes that are shown under this setting."""
    query = f"SELECT class_id, median_percent FROM lake.out_section_median WHERE {KEY} ORDER BY class_id"
    return {
        ClassId(row[0]): row[1] for row in lake.execute(query, {**summaries.key, "small_cell": small_cell}).fetchall()
    }
