"""The students of whom there will be meetings, each with their report and its trends."""

from collections import defaultdict

import duckdb

from schemas.refs import PersonRef
from tasks.home import Home
from tasks.papers.conference import Conference, Trend
from tasks.papers.prepared import PACKAGE, SchoolCycle, reports_in
from tasks.sql import sql


def conferences_in(
    home: Home, lake: duckdb.DuckDBPyConnection, school: SchoolCycle, only: PersonRef | None, class_id: str | None
) -> list[Conference]:
    """One student's, or those of everyone whose report has the class, in the order of a register."""
    wanted = school.students if only is None else [ref for ref in school.students if ref == only]
    reports = reports_in(home, lake, school, wanted)
    trends = _trends(lake, school, list(reports))
    return [
        Conference(report, trends[ref])
        for ref, report in reports.items()
        if class_id is None or any(course.class_id == class_id for course in report.courses)
    ]


def _trends(
    lake: duckdb.DuckDBPyConnection, school: SchoolCycle, students: list[PersonRef]
) -> defaultdict[str, dict[str, Trend]]:
    values = {**school.summaries.key, "students": list(students)}
    found: defaultdict[str, dict[str, Trend]] = defaultdict(dict)
    for ref, class_id, then, change in lake.execute(sql(PACKAGE, "course_trend"), values).fetchall():
        found[ref][class_id] = Trend(then, change)
    return found
