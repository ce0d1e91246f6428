"""Sections that a law asks of a report: who lacks one is held; what no report could have is refused at once."""

from collections.abc import Iterator, Mapping
from typing import Final

import duckdb
from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef, Summaries
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.documents.prepared import NO_ATTENDANCE, NO_COMMENT, Hold
from termpost.schemas.settings.days.cycles import CycleDates
from termpost.schemas.settings.law.law_pack import RequiredSection
from termpost.tasks.home.comment_edits import comments_of
from termpost.tasks.home.home import Home
from termpost.tasks.render.verdict.warned_courses import warning_line
from termpost.tasks.summarise.summarise import students_of

SHOWN: Final[tuple[RequiredSection, ...]] = ("comments", "attendance")  # a report has sections of these names
HAS_ATTENDANCE = (
    "SELECT count(*) > 0 FROM lake.core_attendance WHERE extract_id = $extract_id AND school_id = $school_id"
)


def refuse_unshown(home: Home, cycle: CycleDates) -> None:
    """Before anything is read.

    Raises:
        InputError: `bad-setting`: the line of a warning is none.
        Refused: `lacks-section`: the settings leave out what reports of this kind must have.
    """
    warning_line(cycle, home.policy.steps)
    shown = home.settings.report.sections(cycle.kind)
    for section, source in home.law.required_sections(cycle.kind).items():
        if section == "discussion" and home.settings.institution.ask is None:
            raise Refused(
                "lacks-section", f"a {cycle.kind} report must say how to discuss it ({source})",
                "termpost.toml [institution] ask", "say whom families ask, with a phone number or e-mail",
            )  # fmt: skip
        if section in SHOWN and section not in shown:
            raise Refused("lacks-section", f"a {cycle.kind} report must have its {section} ({source})",
                          "termpost.toml [report]", f"show the section {section} again")  # fmt: skip


def lacking(
    lake: duckdb.DuckDBPyConnection, home: Home, summaries: Summaries, students: Mapping[PersonRef, StudentIdentity]
) -> Iterator[Hold]:  # fmt: skip
    """Holds of students who are due a report that would lack what the law asks of it.

    Of attendance it is asked whether the school keeps any: one that writes down absences alone has no row of many.
    """
    required = home.law.required_sections(summaries.cycle.kind)
    if not required:
        return
    due = students_of(lake, summaries, leavers=False)  # in the order of their references
    if "comments" in required:
        written = comments_of(home, summaries.cycle.id, {ref: students[ref] for ref in due if ref in students})
        yield from (Hold(student=ref, class_id=None, reason=NO_COMMENT) for ref in due if not written.get(ref))
    if "attendance" in required:
        values = {"extract_id": summaries.extract_id, "school_id": summaries.cycle.school}
        if not lake.execute(HAS_ATTENDANCE, values).fetchall()[0][0]:
            yield from (Hold(student=ref, class_id=None, reason=NO_ATTENDANCE) for ref in due)
