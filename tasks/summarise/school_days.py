"""The days of teaching around an extract's sessions, numbered for SQL."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
from termpost.schemas.base.refs import ExtractId
from termpost.tasks.lake.rows import make_table

IsSchoolDay = Callable[[date], bool]
BESIDE = timedelta(days=120)  # seats may begin before a session, and are asked about a little after it
LONGEST = timedelta(days=1500)


@dataclass(frozen=True)
class SchoolDays:
    """From when to when the table `school_day` goes; days outside count as its first and last."""

    first: date
    last: date


def is_weekday(day: date) -> bool:
    """What is known of teaching where there is no calendar: Monday to Friday."""
    return day.weekday() < 5  # noqa: PLR2004 - Saturday


def number_school_days(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, cutoff: date, is_school_day: IsSchoolDay
) -> SchoolDays:
    """Makes the tables `school_day` (day, n: school days up to it) and `school_day_number` (n, its first date)."""
    query = "SELECT min(start_date), max(end_date) FROM lake.core_academic_session WHERE extract_id = ?"
    first, last = lake.execute(query, [extract_id]).fetchall()[0]
    first, last = (first or cutoff) - BESIDE, (last or cutoff) + BESIDE
    if last - first > 2 * LONGEST:  # a session of a century: what lies around the cut-off is asked about
        first = max(first, min(cutoff, last) - LONGEST)
        last = min(last, first + 2 * LONGEST)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    numbers, n = [], 0
    for day in days:
        n += is_school_day(day)
        numbers.append(n)
    make_table(lake, "school_day", {"day": "DATE", "n": "BIGINT"}, zip(map(date.isoformat, days), numbers, strict=True))
    lake.execute("CREATE OR REPLACE TEMP TABLE school_day_number AS"
                 " SELECT n, min(day) AS first_date FROM school_day GROUP BY n")  # fmt: skip
    return SchoolDays(first, last)
