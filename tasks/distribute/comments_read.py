"""Whether reports that are about to go out say what staff said last: comments that were read, and whom notices name."""

from collections.abc import Sequence

import duckdb
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.comments import SETTLED
from termpost.schemas.documents.prepared import PreparedReport, PreparedSchool
from termpost.tasks.home.comment_edits import CommentStanding, printed_digest, printed_of, standings
from termpost.tasks.home.home import Home
from termpost.tasks.lake.sql import sql
from termpost.tasks.stage.manifests import read_prepared
from termpost.tasks.stage.warned import refuse_changed_warnings


def refuse_unsaid(
    home: Home, lake: duckdb.DuckDBPyConnection, cycle_id: str, reports: Sequence[PreparedReport]
) -> None:
    """Lets a release through that says what staff said last.

    Raises:
        Refused: `warnings-changed`, or as `refuse_unread`.
    """
    refuse_changed_warnings(home, cycle_id)
    refuse_unread(home, lake, cycle_id, reports)


def refuse_unread(
    home: Home, lake: duckdb.DuckDBPyConnection, cycle_id: str, reports: Sequence[PreparedReport]
) -> None:
    """Lets a release through whose comments are as they were printed and, where the settings ask, settled.

    Raises:
        Refused: `comments-not-accepted`, `comments-changed`.
    """
    unread = changed = 0
    going = {(report.report, report.version) for report in reports}
    for school in read_prepared(home, cycle_id):
        mine = [report for report in school.reports if (report.report, report.version) in going]
        students = [PersonRef(report.student) for report in mine]
        found = standings(home, lake, school.extract_id, cycle_id, students)
        unread += _unread(lake, school, found)
        printed = printed_of(home, found)
        changed += sum(
            report.comments != printed_digest(home.people, student, printed.get(student))
            for report, student in zip(mine, students, strict=True)
        )
    shown = "comments" in home.settings.report.sections(home.calendar.cycle(cycle_id).kind)
    if unread and shown and home.settings.release.comments_accepted:
        raise Refused(
            "comments-not-accepted",
            f"{_of(unread, 'comment')} on these reports {_is(unread)} neither accepted nor declined",
            "termpost.toml [release] comments_accepted",
            "export them, have them read, import them (termpost comments), and prepare again where a text is another",
        )
    if changed:
        raise Refused(
            "comments-changed",
            f"{_of(changed, 'report')} {_is(changed)} not as the comments are now",
            f"cycle {cycle_id}",
            "prepare the cycle again",
        )


def _unread(lake: duckdb.DuckDBPyConnection, school: PreparedSchool, found: Sequence[CommentStanding]) -> int:
    """Of those that a report has: on one of its courses, or homeroom."""
    open_ones = [one for one in found if one.state not in SETTLED]
    if not open_ones:
        return 0
    values = {
        "cycle_id": school.cycle, "school_id": school.school, "extract_id": school.extract_id,
        "policy": school.policy, "cutoff": school.cutoff, "students": list({one.student for one in open_ones}),
    }  # fmt: skip
    on_reports = set(lake.execute(sql("termpost.tasks.distribute", "courses_on_reports"), values).fetchall())
    on_reports -= {(hold.student, hold.class_id) for hold in school.resolved if hold.decision == "omit-course"}
    return sum(one.class_id is None or (one.student, one.class_id) in on_reports for one in open_ones)


def _of(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
